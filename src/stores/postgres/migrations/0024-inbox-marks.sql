-- What clients of Mailpit's API have marked messages of the inbox with. A message without a row is unread and has the
-- tags that its mail names.
CREATE TABLE inbox_marks (
  -- IDs begin with the time of sending.
  message_id text COLLATE "C" PRIMARY KEY,
  scope integer NOT NULL REFERENCES scopes (id) ON DELETE CASCADE,
  read boolean NOT NULL DEFAULT false,
  -- Null: those that the mail names.
  tags text[]
);
CREATE INDEX inbox_marks_scope ON inbox_marks (scope);
