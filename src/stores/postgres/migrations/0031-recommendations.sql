-- The recommendations about the DNS records of domains and about the server's addresses. Those about rates are alerts.
CREATE TABLE recommendations (
  id uuid PRIMARY KEY,
  scope integer NOT NULL REFERENCES scopes (id),
  -- The domain; NULL for an address of the server.
  identity text COLLATE "C",
  type text NOT NULL CHECK (type IN ('DKIM', 'SPF', 'DMARC', 'BIMI', 'IP_LISTING')),
  -- What is wrong, such as 'dkim-record-missing'. For an address on a list: the address and the list.
  finding text COLLATE "C" NOT NULL,
  impact text NOT NULL CHECK (impact IN ('LOW', 'HIGH')),
  -- A sentence.
  description text NOT NULL,
  opened_at timestamptz NOT NULL,
  -- When it was last found, or fixed.
  updated_at timestamptz NOT NULL,
  fixed_at timestamptz,
  FOREIGN KEY (scope, identity) REFERENCES email_identities (scope, name) ON DELETE CASCADE
);
CREATE UNIQUE INDEX recommendations_open ON recommendations (scope, coalesce(identity, ''), type, finding)
  WHERE fixed_at IS NULL;
CREATE INDEX recommendations_of_identities ON recommendations (scope, identity);
CREATE INDEX recommendations_fixed ON recommendations (fixed_at) WHERE fixed_at IS NOT NULL;

-- When domains are checked again.
CREATE TABLE identity_checks (
  scope integer NOT NULL,
  identity text COLLATE "C" NOT NULL,
  -- The settings of the domain at its last check: if they differ now, it is due.
  settings text NOT NULL,
  next_check_at timestamptz NOT NULL,
  PRIMARY KEY (scope, identity),
  FOREIGN KEY (scope, identity) REFERENCES email_identities (scope, name) ON DELETE CASCADE
);

-- Addresses of the server on DNSBLs. A DNSBL doesn't say since when it lists an address.
CREATE TABLE dnsbl_listings (
  address text COLLATE "C" NOT NULL,
  list text COLLATE "C" NOT NULL,
  -- The list's own text; may be empty.
  description text NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  -- When the list no longer had the address.
  gone_at timestamptz,
  PRIMARY KEY (address, list)
);
