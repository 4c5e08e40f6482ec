-- The layout of a row's events, as src/events/record.ts counts it: a process of an older version puts rows aside that it
-- does not know. Rows from before are of the first.
ALTER TABLE outbox ADD COLUMN version smallint NOT NULL DEFAULT 1;
