-- Templates of verification mail (CreateCustomVerificationEmailTemplate).
CREATE TABLE custom_verification_templates (
  scope integer NOT NULL REFERENCES scopes (id),
  name text COLLATE "C" NOT NULL,
  -- As they were given.
  from_address text NOT NULL,
  subject text NOT NULL,
  content text NOT NULL,
  success_url text NOT NULL,
  failure_url text NOT NULL,
  tags jsonb NOT NULL,
  PRIMARY KEY (scope, name)
);

-- The links in verification mail made from templates. A row outlives its identity and its template: the link then leads
-- to the failure URL.
CREATE TABLE custom_verification_links (
  -- The SHA-256 of the token in the link.
  token_hash bytea PRIMARY KEY,
  scope integer NOT NULL REFERENCES scopes (id),
  address text COLLATE "C" NOT NULL,
  sent_at timestamptz NOT NULL,
  -- Those of the template when the mail was sent.
  success_url text NOT NULL,
  failure_url text NOT NULL
);
CREATE INDEX custom_verification_links_address ON custom_verification_links (scope, address);
CREATE INDEX custom_verification_links_sent ON custom_verification_links (sent_at);
