-- What is wrong, or was lately: rates of bounces and complaints, and sources of the mirror.
CREATE TABLE alerts (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('bounce-rate', 'complaint-rate', 'source-silent', 'source-queue', 'source-failing')),
  -- The account and region of a rate; NULL for a source, which may bring the mail of many.
  scope integer REFERENCES scopes (id),
  source uuid REFERENCES mirror_sources (id) ON DELETE CASCADE,
  -- What the rate is of: an identity, a configuration set or a tenant; or 'source', and its name when it was noticed.
  subject_type text NOT NULL CHECK (subject_type IN ('identity', 'configuration-set', 'tenant', 'source')),
  subject text COLLATE "C" NOT NULL,
  -- When it was first noticed.
  since timestamptz NOT NULL,
  -- NULL: it must go on for longer until there is an alert.
  opened_at timestamptz,
  -- Since when it is over; it may come back, until it is closed.
  clear_since timestamptz,
  closed_at timestamptz,
  -- A sentence, and JSON with its numbers; src/alerts/alert.ts describes it.
  text text NOT NULL,
  details text NOT NULL,
  CHECK ((scope IS NULL) <> (source IS NULL))
);
-- There is one at a time of each.
CREATE UNIQUE INDEX alerts_of_rates ON alerts (scope, kind, subject_type, subject)
  WHERE closed_at IS NULL AND scope IS NOT NULL;
CREATE UNIQUE INDEX alerts_of_sources ON alerts (source, kind) WHERE closed_at IS NULL AND source IS NOT NULL;
CREATE INDEX alerts_closed ON alerts (closed_at) WHERE closed_at IS NOT NULL;
