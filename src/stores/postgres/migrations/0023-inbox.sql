-- The inbox shows the messages that were sent, but those that were taken out of it: these. Insights keep their events.
CREATE TABLE inbox_removals (
  scope integer NOT NULL REFERENCES scopes (id),
  message_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (scope, message_id)
);

-- Every message with a smaller ID was taken out, too, so that a scope has few rows in inbox_removals.
CREATE TABLE inbox_floors (
  scope integer PRIMARY KEY REFERENCES scopes (id),
  message_id text COLLATE "C" NOT NULL
);
