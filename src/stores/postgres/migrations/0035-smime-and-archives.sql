-- S/MIME certificates with their keys, and the addresses that they sign for.
CREATE TABLE smime_certificates (
  id uuid PRIMARY KEY,
  scope integer NOT NULL REFERENCES scopes (id),
  -- PEM: the certificate, then those that certify it.
  chain text NOT NULL,
  -- PKCS #8, sealed with the master key.
  private_key bytea NOT NULL,
  -- The rfc822Names of the certificate, in lower case.
  addresses text[] COLLATE "C" NOT NULL,
  not_before timestamptz NOT NULL,
  not_after timestamptz NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX smime_certificates_of_scope ON smime_certificates (scope, created_at, id);

-- Which certificate signs mail from an address.
CREATE TABLE identity_certificates (
  scope integer NOT NULL,
  from_address text COLLATE "C" NOT NULL,
  identity text COLLATE "C" NOT NULL,
  -- As it was given.
  certificate_arn text NOT NULL,
  -- NULL: there was no such certificate, as in SES the association has failed.
  certificate uuid REFERENCES smime_certificates (id),
  PRIMARY KEY (scope, from_address),
  FOREIGN KEY (scope, identity) REFERENCES email_identities (scope, name) ON DELETE CASCADE
);
CREATE INDEX identity_certificates_of_identity ON identity_certificates (scope, identity, from_address);
CREATE INDEX identity_certificates_of_certificate ON identity_certificates (certificate);

-- Archives keep mail beyond the retention of stored mail.
CREATE TABLE archives (
  -- `a-` and 30 characters, as in the ARN.
  id text COLLATE "C" PRIMARY KEY,
  scope integer NOT NULL REFERENCES scopes (id),
  name text COLLATE "C" NOT NULL,
  retention_days integer NOT NULL CHECK (retention_days > 0),
  created_at timestamptz NOT NULL,
  UNIQUE (scope, name)
);

-- Archives that were deleted: their files are still to be.
CREATE TABLE ended_archives (
  id text COLLATE "C" PRIMARY KEY,
  ended_at timestamptz NOT NULL
);

-- The mail of archives. Message IDs sort by time.
CREATE TABLE archived_mail (
  archive text COLLATE "C" NOT NULL REFERENCES archives (id) ON DELETE CASCADE,
  message_id text COLLATE "C" NOT NULL,
  scope integer NOT NULL,
  sent_at timestamptz NOT NULL,
  sender text NOT NULL,
  -- The recipients to whom the mail was to be delivered.
  recipients text[] NOT NULL,
  subject text NOT NULL,
  object_key text NOT NULL,
  object_offset bigint NOT NULL,
  object_length bigint NOT NULL,
  PRIMARY KEY (archive, message_id)
);

-- The signing scheme as on the wire, {DefaultScheme} or {SmimeScheme}; NULL if none was given.
ALTER TABLE configuration_sets ADD COLUMN signing_scheme jsonb;
-- The archive of the configuration set's mail.
ALTER TABLE configuration_sets ADD COLUMN archive text COLLATE "C" REFERENCES archives (id);
CREATE INDEX configuration_sets_of_archive ON configuration_sets (archive) WHERE archive IS NOT NULL;
