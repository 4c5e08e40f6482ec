-- Events that are acknowledged but not yet in the event database. One row for each commit, not for each event:
-- payload is zstd-compressed JSONEachRow, just as the event database reads it. The range of message ids finds the
-- rows that may hold a message's events without opening them.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  first_message_id text COLLATE "C" NOT NULL,
  last_message_id text COLLATE "C" NOT NULL,
  events integer NOT NULL,
  -- How many recipients its messages count towards the sending quota, until the recorder moves that to sending_hours.
  recipients integer NOT NULL,
  committed_at timestamptz NOT NULL,
  payload bytea NOT NULL,
  -- Set when the event database refuses the row for good: it is kept for people to look at, and passed over.
  refused_because text
);
-- Compressed already.
ALTER TABLE outbox ALTER COLUMN payload SET STORAGE EXTERNAL;

-- Work that one process at a time does for all: who does it, and until when.
CREATE TABLE leases (
  name text PRIMARY KEY,
  holder text NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE TABLE export_jobs (
  id uuid PRIMARY KEY,
  -- The order of creation, for newest first.
  position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  source_type text NOT NULL CHECK (source_type IN ('METRICS_DATA', 'MESSAGE_INSIGHTS')),
  status text NOT NULL CHECK (status IN ('CREATED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  data_format text NOT NULL CHECK (data_format IN ('CSV', 'JSON')),
  -- ExportDataSource as on the wire; json, not jsonb, since the order of dimensions is the order of columns.
  data_source json NOT NULL,
  -- The request's S3Url, where the settings allow one; NULL for a file to download.
  destination text,
  created_at timestamptz NOT NULL,
  completed_at timestamptz,
  processed_records bigint,
  exported_records bigint,
  error_message text,
  object_key text,
  file_name text,
  -- Which run of which worker has the job; a run that is no longer this one must not touch it.
  run uuid,
  run_expires_at timestamptz,
  runs integer NOT NULL DEFAULT 0,
  -- The run is giving its file the name that the caller chose: too late to cancel.
  finishing boolean NOT NULL DEFAULT false
);
CREATE INDEX export_jobs_open ON export_jobs (position) WHERE status IN ('CREATED', 'PROCESSING');

-- Keys that this installation made for itself, such as the one that signs download URLs.
CREATE TABLE secrets (
  name text PRIMARY KEY,
  value bytea NOT NULL
);
