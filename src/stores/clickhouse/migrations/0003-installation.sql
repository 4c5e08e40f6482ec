-- Which installation the events belong to: the ID in PostgreSQL's table of that name.
CREATE TABLE IF NOT EXISTS installation (id String) ENGINE = ReplacingMergeTree ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
