-- What belongs to the account as a whole. The one row is made here, so that every statement may count on it.
-- Virtual Deliverability Manager starts enabled: unlike in SES, insights cost nothing here.
CREATE TABLE account (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  sending_enabled boolean NOT NULL DEFAULT true,
  vdm_enabled boolean NOT NULL DEFAULT true,
  engagement_metrics boolean NOT NULL DEFAULT false,
  optimized_shared_delivery boolean NOT NULL DEFAULT false,
  -- SES starts accounts with both; an empty array means that nothing is suppressed.
  suppressed_reasons text[] NOT NULL DEFAULT '{BOUNCE,COMPLAINT}',
  -- AccountDetails as on the wire; null until given.
  details jsonb
);
INSERT INTO account DEFAULT VALUES;

-- Recipients sent to in each hour (UTC), for the quota of 24 hours. What is still in the outbox is not counted here yet.
CREATE TABLE sending_hours (
  hour timestamptz PRIMARY KEY,
  recipients bigint NOT NULL
);

-- Names sort by bytes ("C"), so that pages are in the same order on every server.
-- The jsonb columns hold the option's structure as on the wire; null where it wasn't given.
CREATE TABLE configuration_sets (
  name text COLLATE "C" PRIMARY KEY,
  sending_enabled boolean NOT NULL,
  reputation_metrics_enabled boolean NOT NULL,
  last_fresh_start timestamptz,
  tracking_options jsonb,
  delivery_options jsonb,
  suppression_options jsonb,
  vdm_options jsonb,
  -- An array of {Key, Value}, in the order given.
  tags jsonb NOT NULL
);

CREATE TABLE email_identities (
  -- A domain in lower case and ASCII, or an address whose domain is.
  name text COLLATE "C" PRIMARY KEY,
  type text NOT NULL CHECK (type IN ('EMAIL_ADDRESS', 'DOMAIN')),
  -- The set that mail from here gets by default. No foreign key: SES lets the set be deleted and then refuses the mail.
  configuration_set_name text,
  next_signing_key_length text,
  tags jsonb NOT NULL
);
