-- Who gets no mail, and why. Addresses are as SES keeps them: the domain in lower case, the local part as given.
-- Besides the primary key there is no index: an import writes a million rows, and sending looks addresses up by the key.
CREATE TABLE suppressed_destinations (
  -- '' for the account's own list.
  tenant text COLLATE "C" NOT NULL,
  address text COLLATE "C" NOT NULL,
  reason text NOT NULL CHECK (reason IN ('BOUNCE', 'COMPLAINT')),
  updated_at timestamptz NOT NULL,
  -- The message and the feedback that led here; null where a person or an import did.
  message_id text,
  feedback_id text,
  PRIMARY KEY (tenant, address)
);

CREATE TABLE contact_lists (
  name text COLLATE "C" PRIMARY KEY,
  description text,
  -- An array of Topic as on the wire, in the order given.
  topics jsonb NOT NULL,
  -- An array of {Key, Value}, in the order given.
  tags jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE contacts (
  list text COLLATE "C" NOT NULL REFERENCES contact_lists (name) ON DELETE CASCADE,
  address text COLLATE "C" NOT NULL,
  unsubscribe_all boolean NOT NULL,
  -- The caller's JSON text, byte for byte.
  attributes text,
  -- An object: the name of a topic to OPT_IN or OPT_OUT. A topic without a preference has its default.
  preferences jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (list, address)
);
