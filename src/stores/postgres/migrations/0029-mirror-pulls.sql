-- The state of what is fetched from a source's real account besides events.
CREATE TABLE mirror_pulls (
  source uuid PRIMARY KEY REFERENCES mirror_sources (id) ON DELETE CASCADE,
  -- When the real account's suppression list was last copied here, and until when entries added here were copied there.
  -- NULL: never.
  pulled_until timestamptz,
  pushed_until timestamptz,
  -- The last error; NULL after a success.
  error text,
  error_at timestamptz
);
