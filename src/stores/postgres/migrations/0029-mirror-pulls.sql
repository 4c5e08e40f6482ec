-- What was last fetched from the real account of a source, besides events.
CREATE TABLE mirror_pulls (
  source uuid PRIMARY KEY REFERENCES mirror_sources (id) ON DELETE CASCADE,
  -- The suppression list there was copied as it was then; what was added here until then was added there. NULL: never.
  pulled_until timestamptz,
  pushed_until timestamptz,
  -- What last went wrong; NULL since something went well.
  error text,
  error_at timestamptz
);
