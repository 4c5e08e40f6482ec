-- Policies of identities (sending authorization): who may send with an identity, and when.
CREATE TABLE identity_policies (
  scope integer NOT NULL,
  identity text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  -- JSON without white space between tokens, as it is returned.
  text text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (scope, identity, name),
  FOREIGN KEY (scope, identity) REFERENCES email_identities (scope, name) ON DELETE CASCADE
);

-- What a key may do: an array of {right, identity?}. NULL: everything.
ALTER TABLE access_keys ADD COLUMN rights jsonb;
