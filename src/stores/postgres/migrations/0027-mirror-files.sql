-- The files that a source has found in its bucket. Each is read once; a file with another content is read again.
CREATE TABLE mirror_files (
  source uuid NOT NULL REFERENCES mirror_sources (id) ON DELETE CASCADE,
  key text COLLATE "C" NOT NULL,
  -- S3's name of the content.
  etag text NOT NULL,
  size bigint NOT NULL,
  found_at timestamptz NOT NULL,
  -- When all its events were recorded.
  read_at timestamptz,
  -- How much of it is recorded so far.
  events bigint NOT NULL DEFAULT 0,
  set_aside bigint NOT NULL DEFAULT 0,
  -- Why it can't be read.
  error text,
  -- When it is tried again; NULL with an error: not before its content changes.
  retry_at timestamptz,
  PRIMARY KEY (source, key)
);
CREATE INDEX mirror_files_unread ON mirror_files (source, key) WHERE read_at IS NULL;
CREATE INDEX mirror_files_read ON mirror_files (source, read_at) WHERE read_at IS NOT NULL;
