-- Counts of metrics by day, so that a query needn't read every message. docs/metrics.md describes them.

-- Which messages have changed. A message belongs to the range of IDs that begin as its own does: with a prefix and the first
-- six digits of the time of sending, which is 4 hours and 40 minutes of mail. '' has the IDs that are not in SES's form.
-- An insert of events adds 1 to `changes` of each range that it touches, and so does a deletion.
CREATE TABLE IF NOT EXISTS metric_changes
(
    message_range String,
    changes SimpleAggregateFunction(sum, UInt64),
    changed_at SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY message_range
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- LIMIT BY takes about half of the time of GROUP BY here.
CREATE MATERIALIZED VIEW IF NOT EXISTS note_metric_changes TO metric_changes AS
SELECT
    if(substring(message_id, 17, 1) = '-' AND substring(message_id, 10, 1) < 'g' AND isValidUTF8(substring(message_id, 1, 10)),
        substring(message_id, 1, 10), '') AS message_range,
    toUInt64(1) AS changes,
    now('UTC') AS changed_at
FROM events WHERE recipient != '' LIMIT 1 BY message_range;

-- Whether `metric_changes` has all ranges: one row once those from before this migration have been added, which happens
-- in the background.
CREATE TABLE IF NOT EXISTS metric_coverage (complete UInt8) ENGINE = ReplacingMergeTree ORDER BY complete
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The counts of a range of messages, as one row, so that they appear at once. They hold while `changes` is the sum of the
-- range's `changes` in `metric_changes`. Earlier counts of a range stay for a while, for queries that have decided to use
-- them. The arrays have an element for each combination of dimensions and day of
-- counting (days since 1970, UTC); times are in milliseconds since 1970.
--   too_many: the combinations are too many to store, so the messages are counted each time.
--   begins, ends: the earliest and the latest counted time.
--   MESSAGES: by the time of sending, whether their SEND has arrived or not; BY_PERSON: machines left out.
CREATE TABLE IF NOT EXISTS metric_counts
(
    message_range String,
    changes UInt64,
    counted_at DateTime('UTC') DEFAULT now('UTC'),
    too_many UInt8,
    begins Int64,
    ends Int64,
    scope Array(UInt32),
    isp Array(LowCardinality(String)),
    source Array(String),
    identity Array(LowCardinality(String)),
    configuration_set Array(LowCardinality(String)),
    tenant Array(LowCardinality(String)),
    in_ses_scope Array(UInt8),
    day Array(Int32),
    first_at Array(Int64),
    last_at Array(Int64),
    MESSAGES Array(UInt32),
    SEND Array(UInt32),
    DELIVERY Array(UInt32),
    PERMANENT_BOUNCE Array(UInt32),
    TRANSIENT_BOUNCE Array(UInt32),
    COMPLAINT Array(UInt32),
    OPEN Array(UInt32),
    CLICK Array(UInt32),
    OPEN_BY_PERSON Array(UInt32),
    CLICK_BY_PERSON Array(UInt32),
    DELIVERY_OPEN Array(UInt32),
    DELIVERY_CLICK Array(UInt32),
    DELIVERY_COMPLAINT Array(UInt32)
)
ENGINE = ReplacingMergeTree
ORDER BY (message_range, changes)
SETTINGS index_granularity = 16, fsync_after_insert = 1, fsync_part_directory = 1;
