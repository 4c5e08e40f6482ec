-- The operator's mailboxes at mail providers, to which inbox placement tests send. They belong to the installation.
CREATE TABLE seed_mailboxes (
  id uuid PRIMARY KEY,
  address text COLLATE "C" NOT NULL UNIQUE,
  -- The name of the provider in reports.
  isp text COLLATE "C" NOT NULL,
  host text NOT NULL,
  port integer NOT NULL,
  -- How the IMAP connection is secured: TLS from the start, or STARTTLS.
  security text NOT NULL CHECK (security IN ('tls', 'starttls')),
  username text NOT NULL,
  -- Sealed.
  password bytea NOT NULL,
  -- NULL: the folder that the server marks as \Junk.
  junk_folder text,
  -- The authserv-id of the Authentication-Results to read; NULL: that of the topmost one.
  authserv_id text,
  -- Certificates in PEM to trust instead of the public authorities; NULL: the public ones.
  ca text,
  enabled boolean NOT NULL,
  created_at timestamptz NOT NULL,
  -- When the server last logged in or tried to, and what went wrong then; NULL: nothing.
  checked_at timestamptz,
  error text
);

-- Inbox placement tests: what CreateDeliverabilityTestReport creates.
CREATE TABLE deliverability_tests (
  id text COLLATE "C" PRIMARY KEY,
  scope integer NOT NULL REFERENCES scopes (id),
  -- The order of creation.
  position bigint GENERATED ALWAYS AS IDENTITY,
  name text,
  subject text,
  from_address text NOT NULL,
  created_at timestamptz NOT NULL,
  -- When mail that was not found counts as missing.
  due_at timestamptz NOT NULL,
  -- NULL: in progress.
  completed_at timestamptz,
  tags jsonb NOT NULL
);
CREATE INDEX deliverability_tests_listed ON deliverability_tests (scope, position);
CREATE INDEX deliverability_tests_open ON deliverability_tests (scope) WHERE completed_at IS NULL;

-- The mail of a test: one message to each seed mailbox. Rows are written before the mail is sent.
CREATE TABLE deliverability_test_mails (
  test text COLLATE "C" NOT NULL REFERENCES deliverability_tests (id) ON DELETE CASCADE,
  address text COLLATE "C" NOT NULL,
  -- NULL: the mailbox was deleted since.
  seed uuid REFERENCES seed_mailboxes (id) ON DELETE SET NULL,
  isp text COLLATE "C" NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  -- NULL: not known yet.
  placement text CHECK (placement IN ('inbox', 'junk', 'missing', 'unknown')),
  -- Where it was found.
  folder text,
  -- What the receiving server's Authentication-Results say; NULL: nothing.
  spf boolean,
  dkim boolean,
  -- Why the placement is missing or unknown, or what went wrong in the latest search.
  note text,
  concluded_at timestamptz,
  PRIMARY KEY (test, address)
);
CREATE INDEX deliverability_test_mails_open ON deliverability_test_mails (seed) WHERE placement IS NULL;

-- What PutDeliverabilityDashboardOption stores. Without a row, the dashboard is disabled.
CREATE TABLE deliverability_dashboards (
  scope integer PRIMARY KEY REFERENCES scopes (id),
  enabled boolean NOT NULL,
  -- DomainDeliverabilityTrackingOptions with times in ISO 8601.
  domains jsonb NOT NULL
);
