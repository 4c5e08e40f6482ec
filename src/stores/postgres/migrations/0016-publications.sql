-- Events that somebody may want published: a row per commit of the outbox that has some, written in its transaction.
-- A row is routed once (its events go to publication_batches) and then kept: for replays, and because later events
-- of its messages need what their SENDs say.
CREATE TABLE publications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  committed_at timestamptz NOT NULL,
  -- 'mail': lines of the outbox's format; 'account': events that are not about mail.
  kind text NOT NULL CHECK (kind IN ('mail', 'account')),
  -- When the messages whose SEND is in the row were sent, in milliseconds since 1970; NULL without one.
  sent int8range,
  events integer NOT NULL,
  -- Compressed with zstd.
  payload bytea NOT NULL,
  -- The layout of the events.
  version smallint NOT NULL,
  routed_at timestamptz,
  -- Why the row can't be routed at the moment, and when to try again.
  failure text,
  retry_at timestamptz
);
-- Compressed already.
ALTER TABLE publications ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX publications_unrouted ON publications (id) WHERE routed_at IS NULL;
CREATE INDEX publications_sent ON publications USING gist (sent) WHERE sent IS NOT NULL;
CREATE INDEX publications_committed ON publications (committed_at);

-- Events on their way to a target: an event destination, a webhook or the topic of an identity.
-- A row is `due` (any process may claim it), `waiting` (until due_at) or `claimed` (by a process that is registered in
-- queue_workers). It is deleted once its events were delivered or given up.
CREATE TABLE publication_batches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- `destination:UUID`, `webhook:UUID`, `identity:NAME:TYPE`, `bus`.
  target text COLLATE "C" NOT NULL,
  events integer NOT NULL,
  -- Uncompressed.
  bytes integer NOT NULL,
  -- A JSON line per event, compressed with zstd.
  payload bytea NOT NULL,
  created_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'waiting', 'claimed')),
  due_at timestamptz,
  claimed_by uuid,
  -- Failed tries.
  tries integer NOT NULL DEFAULT 0
);
-- Compressed already.
ALTER TABLE publication_batches ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX publication_batches_due ON publication_batches (target, id) WHERE state = 'due';
CREATE INDEX publication_batches_waiting ON publication_batches (due_at) WHERE state = 'waiting';
CREATE INDEX publication_batches_claimed ON publication_batches (claimed_by) WHERE state = 'claimed';

-- How publishing to a target goes. A row is added with the first result.
CREATE TABLE publication_targets (
  target text COLLATE "C" PRIMARY KEY,
  delivered bigint NOT NULL DEFAULT 0,
  -- Given up: refused by the target, too old, or beyond the limit of what waits.
  discarded bigint NOT NULL DEFAULT 0,
  last_delivered_at timestamptz,
  -- Since when every try has failed; NULL after a success.
  failing_since timestamptz,
  last_failed_at timestamptz,
  last_error text
);
