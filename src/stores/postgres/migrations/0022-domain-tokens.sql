-- The TXT record that verifies a domain beside its DKIM key, once it was asked for (VerifyDomainIdentity of the SES API
-- v1). The columns about its checks are those of dkim_keys.
CREATE TABLE domain_tokens (
  scope integer NOT NULL,
  identity text COLLATE "C" NOT NULL,
  -- The value of the record.
  token text NOT NULL,
  status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'SUCCESS', 'FAILED', 'TEMPORARY_FAILURE')),
  since timestamptz,
  checked_at timestamptz,
  succeeded_at timestamptz,
  error text,
  next_check_at timestamptz,
  PRIMARY KEY (scope, identity),
  FOREIGN KEY (scope, identity) REFERENCES email_identities (scope, name) ON DELETE CASCADE
);
CREATE INDEX domain_tokens_due ON domain_tokens (next_check_at) WHERE next_check_at IS NOT NULL;
