-- Where events of real SES accounts come from.
CREATE TABLE mirror_sources (
  id uuid PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind IN ('sqs', 'sns', 'firehose', 's3', 'eventbridge')),
  enabled boolean NOT NULL DEFAULT true,
  -- The accounts whose events it may bring. Events that name no account belong to the first one.
  accounts text[] NOT NULL CHECK (cardinality(accounts) > 0),
  -- The region of events that name none.
  region text NOT NULL,
  -- JSON with what its kind needs; src/mirror/source-settings.ts describes it.
  settings text NOT NULL,
  -- Sealed: what the sender of its requests must know. NULL: the kind needs none, or the master key was lost.
  secret bytea,
  -- Whether hard bounces and complaints that it brings add addresses to our own suppression lists.
  suppresses boolean NOT NULL DEFAULT false,
  -- After how many seconds without an event there is an alert; NULL: never.
  silence_seconds integer CHECK (silence_seconds > 0),
  created_at timestamptz NOT NULL,
  -- When a topic's subscription was confirmed, SES's validation text came, a request or message last came, an event came.
  confirmed_at timestamptz,
  validated_at timestamptz,
  received_at timestamptz,
  event_at timestamptz,
  -- What last went wrong, until something goes well.
  error text,
  error_at timestamptz,
  -- How many messages wait in its queue, as its service last said.
  waiting bigint,
  -- Records that could not be read and were not kept, because too many are.
  dropped bigint NOT NULL DEFAULT 0
);

-- Which types of events a source has brought, of which mail. A repeat counts again.
CREATE TABLE mirror_types (
  source uuid NOT NULL REFERENCES mirror_sources (id) ON DELETE CASCADE,
  scope integer NOT NULL REFERENCES scopes (id) ON DELETE CASCADE,
  configuration_set text COLLATE "C" NOT NULL,
  type text NOT NULL,
  events bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (source, scope, configuration_set, type)
);

-- Records that could not be read, to be read again after an upgrade or a change of the source.
CREATE TABLE mirror_set_aside (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source uuid NOT NULL REFERENCES mirror_sources (id) ON DELETE CASCADE,
  -- The SHA-256 of the text: a repeat is the same row.
  digest bytea NOT NULL,
  reason text NOT NULL,
  received_at timestamptz NOT NULL,
  times integer NOT NULL DEFAULT 1,
  -- Compressed with zstd.
  payload bytea NOT NULL,
  UNIQUE (source, digest)
);
ALTER TABLE mirror_set_aside ALTER COLUMN payload SET STORAGE EXTERNAL;

-- The four digits that message IDs of mirrored accounts begin with: SES has others in each region. The time of sending
-- follows them.
CREATE TABLE message_id_prefixes (prefix text COLLATE "C" PRIMARY KEY);
