-- URLs that events are posted to.
CREATE TABLE webhooks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- Unique; the last part of its topic ARN.
  name text COLLATE "C" NOT NULL UNIQUE,
  url text NOT NULL,
  envelope text NOT NULL CHECK (envelope IN ('sns', 'event')),
  -- SNS's SignatureVersion: '1' is SHA-1, '2' is SHA-256. Used by the envelope `sns` only.
  signature_version text NOT NULL DEFAULT '1' CHECK (signature_version IN ('1', '2')),
  -- Its own subscription. NULL: all mail. Event destinations with its topic ARN publish to it besides.
  configuration_set text COLLATE "C",
  -- SES's event types and those of account events. Empty: only what event destinations publish.
  event_types text[] NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  -- Why the server itself disabled it.
  disabled_because text,
  -- Envelope `sns`: NULL until the receiver has confirmed the subscription.
  confirmed_at timestamptz,
  -- Sealed. NULL: the envelope `sns` is signed with a certificate, or the master key was lost. The previous secret is
  -- valid until previous_until.
  secret bytea,
  previous_secret bytea,
  previous_until timestamptz,
  created_at timestamptz NOT NULL
);

-- The log of deliveries: a row per group of events that were posted together.
CREATE TABLE webhook_deliveries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  webhook uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  ended_at timestamptz NOT NULL,
  failures integer NOT NULL,
  -- A JSON line per post, compressed with zstd.
  payload bytea NOT NULL
);
-- Compressed already.
ALTER TABLE webhook_deliveries ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries (webhook, id);
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ended_at);
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (webhook, id) WHERE failures > 0;
