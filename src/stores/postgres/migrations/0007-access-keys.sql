-- The keys that calls are signed with. There are at most a thousand, and each process reads all of them at once.
CREATE TABLE access_keys (
  id text COLLATE "C" PRIMARY KEY,
  -- The secret access key, sealed under the master key: src/auth/access-keys.ts says for which context.
  secret bytea NOT NULL,
  -- The SHA-256 of the session token that a temporary key goes with; null for a long-term key.
  session_token_hash bytea,
  -- Of a temporary key.
  expires_at timestamptz,
  active boolean NOT NULL DEFAULT true,
  description text NOT NULL,
  created_at timestamptz NOT NULL,
  -- Written once a minute at most; null until its first use.
  last_used_at timestamptz,
  CHECK ((session_token_hash IS NULL) = (expires_at IS NULL))
);
