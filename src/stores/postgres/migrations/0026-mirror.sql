-- The sources of real SES accounts' events.
CREATE TABLE mirror_sources (
  id uuid PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind IN ('sqs', 'sns', 'firehose', 's3', 'eventbridge')),
  enabled boolean NOT NULL DEFAULT true,
  -- The accounts whose events are accepted. Events that name no account belong to the first one.
  accounts text[] NOT NULL CHECK (cardinality(accounts) > 0),
  -- The region of events that don't name one.
  region text NOT NULL,
  -- JSON with the settings of its kind; src/mirror/source-settings.ts describes it.
  settings text NOT NULL,
  -- Sealed: the secret that the sender must present. NULL: the kind needs none, or the master key was lost.
  secret bytea,
  -- Whether its hard bounces and complaints add addresses to our suppression lists.
  suppresses boolean NOT NULL DEFAULT false,
  -- The seconds without an event after which an alert opens; NULL: never.
  silence_seconds integer CHECK (silence_seconds > 0),
  created_at timestamptz NOT NULL,
  -- When a topic's subscription was last confirmed, and when SES's validation text, any request or message, and any
  -- event last arrived.
  confirmed_at timestamptz,
  validated_at timestamptz,
  received_at timestamptz,
  event_at timestamptz,
  -- The last error; NULL after a success.
  error text,
  error_at timestamptz,
  -- How many messages were waiting in its queue when the service was last asked.
  waiting bigint,
  -- The number of unreadable records that were not stored, because too many are stored already.
  dropped bigint NOT NULL DEFAULT 0
);

-- How many events of each type a source has received, by configuration set. Repeated events are counted again.
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

-- Unreadable records. They can be read again after an upgrade or a change of the source.
CREATE TABLE mirror_set_aside (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source uuid NOT NULL REFERENCES mirror_sources (id) ON DELETE CASCADE,
  -- The SHA-256 of the text. A repeated record has the same row.
  digest bytea NOT NULL,
  reason text NOT NULL,
  received_at timestamptz NOT NULL,
  times integer NOT NULL DEFAULT 1,
  -- Compressed with zstd.
  payload bytea NOT NULL,
  UNIQUE (source, digest)
);
ALTER TABLE mirror_set_aside ALTER COLUMN payload SET STORAGE EXTERNAL;

-- The four digits with which message IDs of mirrored accounts begin. They differ by SES region, and the time of sending
-- follows them.
CREATE TABLE message_id_prefixes (prefix text COLLATE "C" PRIMARY KEY);
