-- Pools of dedicated IP addresses. The pool ses-default-dedicated-pool, which every scope has, has no row.
CREATE TABLE dedicated_ip_pools (
  scope integer NOT NULL REFERENCES scopes (id),
  name text COLLATE "C" NOT NULL,
  -- An array of {Key, Value}, in the order given.
  tags jsonb NOT NULL,
  PRIMARY KEY (scope, name)
);

-- Local addresses that mail leaves from, registered by the operator for a scope.
CREATE TABLE dedicated_ips (
  -- In the form of RFC 5952. An address is registered once in the installation.
  address text COLLATE "C" PRIMARY KEY,
  scope integer NOT NULL REFERENCES scopes (id),
  -- The name that EHLO gives on connections from this address.
  ehlo_name text NOT NULL,
  -- NULL: ses-default-dedicated-pool.
  pool text COLLATE "C",
  registered_at timestamptz NOT NULL,
  -- The warm-up percentage on the day warmup_since (UTC), from where it grows by the plan. At 100 the address is warmed up.
  warmup_percentage integer NOT NULL CHECK (warmup_percentage BETWEEN 0 AND 100),
  warmup_since date NOT NULL,
  FOREIGN KEY (scope, pool) REFERENCES dedicated_ip_pools (scope, name)
);
CREATE INDEX dedicated_ips_scope ON dedicated_ips (scope, address);

-- How many messages of a day (UTC) processes were allowed to send from an address that warms up. No foreign key: an
-- address that is registered again the same day continues its count.
CREATE TABLE dedicated_ip_days (
  address text COLLATE "C" NOT NULL,
  day date NOT NULL,
  granted integer NOT NULL,
  PRIMARY KEY (address, day)
);

-- Whether addresses that are registered from now on begin to warm up.
ALTER TABLE account ADD COLUMN dedicated_ip_auto_warmup boolean NOT NULL DEFAULT true;
