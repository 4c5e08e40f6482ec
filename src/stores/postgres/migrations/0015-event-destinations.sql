-- Where the events of a configuration set's mail are published. At most 10 per set.
CREATE TABLE event_destinations (
  -- Names the destination in publication_batches and publication_targets: an update keeps it.
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  configuration_set text COLLATE "C" NOT NULL REFERENCES configuration_sets (name) ON DELETE CASCADE,
  name text COLLATE "C" NOT NULL,
  enabled boolean NOT NULL,
  -- SES's event types in the order given: Terraform compares them as a list.
  event_types text[] NOT NULL,
  -- The one destination, as in SES's EventDestination: {"SnsDestination": {"TopicArn": "..."}}.
  target jsonb NOT NULL,
  -- The order in which a set's destinations are listed.
  position bigint GENERATED ALWAYS AS IDENTITY,
  UNIQUE (configuration_set, name)
);

-- The notifications that SES sends for an identity's mail without a configuration set: topics by type, and whether
-- a type's notifications contain the mail's headers.
CREATE TABLE identity_notifications (
  identity text COLLATE "C" NOT NULL REFERENCES email_identities (name) ON DELETE CASCADE,
  type text NOT NULL CHECK (type IN ('Bounce', 'Complaint', 'Delivery')),
  -- NULL: none. An address then uses its domain's.
  topic_arn text,
  headers boolean NOT NULL DEFAULT false,
  PRIMARY KEY (identity, type)
);
