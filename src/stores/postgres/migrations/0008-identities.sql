-- What proves that an identity is its owner's, what its mail is signed with, and where its bounces come back to.
ALTER TABLE email_identities
  ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
  -- Of a domain: whether mail is signed with its key. An address goes by its domain.
  ADD COLUMN dkim_signing_enabled boolean NOT NULL DEFAULT true,
  ADD COLUMN feedback_forwarding boolean NOT NULL DEFAULT true,
  -- Of an address: when the mail with the link was handed over, the SHA-256 of the link's token, when it was followed.
  ADD COLUMN proof_requested_at timestamptz,
  ADD COLUMN proof_token_hash bytea UNIQUE,
  ADD COLUMN proven_at timestamptz;
CREATE INDEX email_identities_unasked ON email_identities (name)
  WHERE type = 'EMAIL_ADDRESS' AND proof_requested_at IS NULL AND proven_at IS NULL;

-- The keys of a domain: the one that it signs with, and the one that is to follow as soon as its record is found.
-- Both this table and the next hold what is known of a DNS record that is looked for:
--   status       as SES names it
--   since        when it got its status; null until it was first looked for
--   checked_at, succeeded_at, error   the last look, the last one that found it, and what was wrong with the last one
--   next_check_at   null where it is not looked for any more
CREATE TABLE dkim_keys (
  identity text COLLATE "C" NOT NULL REFERENCES email_identities (name) ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('current', 'next')),
  origin text NOT NULL CHECK (origin IN ('AWS_SES', 'EXTERNAL')),
  selector text NOT NULL,
  bits integer NOT NULL,
  -- The private key in PKCS#8, sealed for `dkim:<identity>:<selector>`, and the public one as p= has it. Null until made.
  private_key bytea,
  public_key text,
  generated_at timestamptz,
  status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'SUCCESS', 'FAILED', 'TEMPORARY_FAILURE')),
  since timestamptz,
  checked_at timestamptz,
  succeeded_at timestamptz,
  error text,
  next_check_at timestamptz,
  PRIMARY KEY (identity, role),
  UNIQUE (identity, selector)
);
CREATE INDEX dkim_keys_due ON dkim_keys (next_check_at) WHERE next_check_at IS NOT NULL;

CREATE TABLE mail_from_domains (
  identity text COLLATE "C" PRIMARY KEY REFERENCES email_identities (name) ON DELETE CASCADE,
  domain text NOT NULL,
  behavior text NOT NULL CHECK (behavior IN ('USE_DEFAULT_VALUE', 'REJECT_MESSAGE')),
  status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'SUCCESS', 'FAILED', 'TEMPORARY_FAILURE')),
  since timestamptz,
  checked_at timestamptz,
  succeeded_at timestamptz,
  error text,
  next_check_at timestamptz
);
CREATE INDEX mail_from_domains_due ON mail_from_domains (next_check_at) WHERE next_check_at IS NOT NULL;

-- The domains that there are get a key: its selector here, the key itself when it is first needed.
INSERT INTO dkim_keys (identity, role, origin, selector, bits, next_check_at)
  SELECT name, 'current', 'AWS_SES', replace(gen_random_uuid()::text, '-', ''),
    CASE next_signing_key_length WHEN 'RSA_1024_BIT' THEN 1024 ELSE 2048 END, now()
  FROM email_identities WHERE type = 'DOMAIN';
ALTER TABLE email_identities DROP COLUMN next_signing_key_length;
