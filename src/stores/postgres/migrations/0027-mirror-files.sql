-- The ledger of the files in a source's bucket. Each is read once, and again if its content changes.
CREATE TABLE mirror_files (
  source uuid NOT NULL REFERENCES mirror_sources (id) ON DELETE CASCADE,
  key text COLLATE "C" NOT NULL,
  -- S3's identifier of the content.
  etag text NOT NULL,
  size bigint NOT NULL,
  found_at timestamptz NOT NULL,
  -- When all its events were recorded; NULL if it is unread.
  read_at timestamptz,
  -- How many of its events and set-aside records are stored so far.
  events bigint NOT NULL DEFAULT 0,
  set_aside bigint NOT NULL DEFAULT 0,
  -- Why it can't be read.
  error text,
  -- When reading is retried; NULL with an error: not before the content changes.
  retry_at timestamptz,
  PRIMARY KEY (source, key)
);
CREATE INDEX mirror_files_unread ON mirror_files (source, key) WHERE read_at IS NULL;
CREATE INDEX mirror_files_read ON mirror_files (source, read_at) WHERE read_at IS NOT NULL;
