-- Mail that waits to be delivered: a row for each message and recipient, since each goes with a return path of its own.
-- A row is `due` (any worker may claim it), `waiting` (until due_at, after a try that failed for now) or `claimed` (by a
-- worker, which has it for as long as its own row in queue_workers lives). It goes in the transaction of its last event.
CREATE TABLE send_queue (
  -- The order of acceptance.
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- NULL for mail of the server itself (verification, forwarded feedback), of which there are no events.
  message_id text COLLATE "C",
  recipient text NOT NULL,
  -- Its place among the message's recipients, from 0.
  recipient_index integer NOT NULL,
  -- Where it goes: the recipient's domain in lower case.
  domain text COLLATE "C" NOT NULL,
  configuration_set text,
  sent_at timestamptz NOT NULL,
  -- Tried no longer than this.
  expires_at timestamptz NOT NULL,
  -- What is the same for all recipients of the message, as JSON: src/stores/postgres/send-queue.ts says what.
  envelope text NOT NULL,
  state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'waiting', 'claimed')),
  due_at timestamptz,
  claimed_by uuid,
  -- Tries that failed for now, and what the last one failed by.
  tries integer NOT NULL DEFAULT 0,
  last_status text,
  last_diagnostic text
);
CREATE INDEX send_queue_due ON send_queue (domain, id) WHERE state = 'due';
CREATE INDEX send_queue_waiting ON send_queue (due_at) WHERE state = 'waiting';
CREATE INDEX send_queue_claimed ON send_queue (claimed_by) WHERE state = 'claimed';

-- The processes that deliver, and until when they are taken to be alive.
CREATE TABLE queue_workers (
  id uuid PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
