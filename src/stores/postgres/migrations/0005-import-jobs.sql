CREATE TABLE import_jobs (
  id uuid PRIMARY KEY,
  -- The order of creation, for newest first.
  position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  destination_type text NOT NULL CHECK (destination_type IN ('SUPPRESSION_LIST', 'CONTACT_LIST')),
  action text NOT NULL CHECK (action IN ('PUT', 'DELETE')),
  -- No foreign key: a job outlives its list.
  contact_list text,
  s3_url text NOT NULL,
  data_format text NOT NULL CHECK (data_format IN ('CSV', 'JSON')),
  status text NOT NULL CHECK (status IN ('CREATED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  created_at timestamptz NOT NULL,
  completed_at timestamptz,
  processed_records bigint NOT NULL DEFAULT 0,
  -- Of the processed.
  failed_records bigint NOT NULL DEFAULT 0,
  error_message text,
  -- The file of failed records in the object store.
  failed_key text,
  -- Which file the checkpoint is of. Null until the file has been read through once.
  file_size bigint,
  file_modified timestamptz,
  -- The checkpoint: bytes and line breaks of the (unpacked) file whose records have taken effect.
  done_bytes bigint NOT NULL DEFAULT 0,
  done_lines bigint NOT NULL DEFAULT 0,
  -- Which run of which worker has the job; a run that is no longer this one must not touch anything.
  run uuid,
  run_expires_at timestamptz,
  runs integer NOT NULL DEFAULT 0
);
CREATE INDEX import_jobs_open ON import_jobs (position) WHERE status IN ('CREATED', 'PROCESSING');

-- The failed records of jobs under way; when a job completes they go to a file.
CREATE TABLE import_failures (
  job uuid NOT NULL REFERENCES import_jobs (id) ON DELETE CASCADE,
  -- The record's number in the file, from 1.
  record bigint NOT NULL,
  line bigint NOT NULL,
  reason text NOT NULL,
  content text NOT NULL,
  PRIMARY KEY (job, record)
);
