-- A reset gives an account in a region a new, empty scope. The old one is retired: nobody asks for it any more, and what
-- belongs to it is deleted in the background. Its row stays, because late events can refer to it.
ALTER TABLE scopes ADD COLUMN retired_at timestamptz, ADD COLUMN emptied boolean NOT NULL DEFAULT false;
ALTER TABLE scopes DROP CONSTRAINT scopes_account_region_key;
CREATE UNIQUE INDEX scopes_account_region ON scopes (account, region) WHERE retired_at IS NULL;
