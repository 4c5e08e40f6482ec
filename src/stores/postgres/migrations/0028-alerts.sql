-- Open alerts and recently closed ones: of bounce and complaint rates, and of sources of the mirror.
CREATE TABLE alerts (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('bounce-rate', 'complaint-rate', 'source-silent', 'source-queue', 'source-failing')),
  -- The account and region of a rate; NULL for a source, which may have many.
  scope integer REFERENCES scopes (id),
  source uuid REFERENCES mirror_sources (id) ON DELETE CASCADE,
  -- The identity, configuration set or tenant of the rate; or 'source', and its name when first noticed.
  subject_type text NOT NULL CHECK (subject_type IN ('identity', 'configuration-set', 'tenant', 'source')),
  subject text COLLATE "C" NOT NULL,
  -- When the condition was first noticed.
  since timestamptz NOT NULL,
  -- NULL: the condition has not lasted long enough for an alert yet.
  opened_at timestamptz,
  -- Since when the condition is clear; it may return until the alert closes.
  clear_since timestamptz,
  closed_at timestamptz,
  -- A sentence, and JSON with its data; src/alerts/alert.ts describes it.
  text text NOT NULL,
  details text NOT NULL,
  CHECK ((scope IS NULL) <> (source IS NULL))
);
-- Each subject has at most one alert of a kind that is not closed.
CREATE UNIQUE INDEX alerts_of_rates ON alerts (scope, kind, subject_type, subject)
  WHERE closed_at IS NULL AND scope IS NOT NULL;
CREATE UNIQUE INDEX alerts_of_sources ON alerts (source, kind) WHERE closed_at IS NULL AND source IS NOT NULL;
CREATE INDEX alerts_closed ON alerts (closed_at) WHERE closed_at IS NOT NULL;
