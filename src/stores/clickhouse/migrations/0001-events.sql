-- Every event of every recipient, as it was told. A repeat has the same id and goes when parts merge.
-- What is known of the message itself (source to click_tracked) stands on its SEND event only.
-- SES message ids begin with the time of sending, so the order of ids is the order of time.
CREATE TABLE IF NOT EXISTS events
(
    id UUID,
    message_id String,
    recipient String,
    type LowCardinality(String),
    at DateTime64(3, 'UTC'),
    sent_at DateTime64(3, 'UTC'),

    source String,
    subject String,
    isp LowCardinality(String),
    identity LowCardinality(String),
    configuration_set LowCardinality(String),
    tenant LowCardinality(String),
    tags Map(LowCardinality(String), Array(String)),
    destination Array(String),
    object_key LowCardinality(String),
    object_offset UInt64,
    object_length UInt64,
    -- Whether SES itself would show the mail in insights and metrics: one recipient, not the simulator.
    in_ses_scope Bool,
    feedback_loop Bool,
    open_tracked Bool,
    click_tracked Bool,

    bounce_type LowCardinality(String),
    bounce_sub_type LowCardinality(String),
    complaint_sub_type LowCardinality(String),
    complaint_feedback_type LowCardinality(String),
    diagnostic String,
    -- What else the event carries, as the JSON of its body in an SES event record.
    details String
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(sent_at)
ORDER BY (message_id, recipient, at, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- One row for each message and recipient: the state folded from its events. Every column folds by min or max,
-- so neither the order of events nor a repeat changes it.
--   last_delivery, last_engagement: rank << 56 | milliseconds << 8 | kind (src/events/fold.ts names the kinds), 0 for none:
--     SES ranks SEND < BOUNCE < DELIVERY < COMPLAINT and OPEN < CLICK; the latest of the highest rank wins.
--   last_bounce: when, and what the latest bounce said.
--   *_at: when it first happened, 2200-01-01 for never. A bounce or complaint that only says that the recipient
--     is suppressed doesn't count (SES leaves them out of its metrics).
CREATE TABLE IF NOT EXISTS message_states
(
    message_id String,
    recipient String,
    sent_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    source SimpleAggregateFunction(max, String),
    subject SimpleAggregateFunction(max, String),
    isp SimpleAggregateFunction(max, LowCardinality(String)),
    identity SimpleAggregateFunction(max, LowCardinality(String)),
    configuration_set SimpleAggregateFunction(max, LowCardinality(String)),
    tenant SimpleAggregateFunction(max, LowCardinality(String)),
    in_ses_scope SimpleAggregateFunction(max, UInt8),
    feedback_loop SimpleAggregateFunction(max, UInt8),
    open_tracked SimpleAggregateFunction(max, UInt8),
    click_tracked SimpleAggregateFunction(max, UInt8),
    last_delivery SimpleAggregateFunction(max, UInt64),
    last_engagement SimpleAggregateFunction(max, UInt64),
    last_bounce SimpleAggregateFunction(max, Tuple(at DateTime64(3, 'UTC'), sub_type String, diagnostic String)),
    delivered_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    bounced_permanently_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    bounced_transiently_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    complained_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    opened_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    clicked_at SimpleAggregateFunction(min, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(sent_at)
ORDER BY (message_id, recipient)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS fold_events TO message_states AS
WITH
    toDateTime64('2200-01-01 00:00:00', 3, 'UTC') AS never,
    bounce_sub_type IN ('OnAccountSuppressionList', 'OnTenantSuppressionList')
        OR complaint_sub_type IN ('OnAccountSuppressionList', 'OnTenantSuppressionList') AS suppressed,
    bitShiftLeft(toUInt64(toUnixTimestamp64Milli(at)), 8) AS clock
SELECT
    message_id, recipient, sent_at, source, subject, isp, identity, configuration_set, tenant,
    toUInt8(in_ses_scope) AS in_ses_scope,
    toUInt8(feedback_loop) AS feedback_loop,
    toUInt8(open_tracked) AS open_tracked,
    toUInt8(click_tracked) AS click_tracked,
    multiIf(
        type = 'SEND', bitOr(bitShiftLeft(toUInt64(1), 56), bitOr(clock, 1)),
        type = 'BOUNCE' AND bounce_type = 'Transient', bitOr(bitShiftLeft(toUInt64(2), 56), bitOr(clock, 2)),
        type = 'BOUNCE' AND bounce_type = 'Permanent', bitOr(bitShiftLeft(toUInt64(2), 56), bitOr(clock, 3)),
        type = 'BOUNCE', bitOr(bitShiftLeft(toUInt64(2), 56), bitOr(clock, 4)),
        type = 'DELIVERY', bitOr(bitShiftLeft(toUInt64(3), 56), bitOr(clock, 5)),
        type = 'COMPLAINT', bitOr(bitShiftLeft(toUInt64(4), 56), bitOr(clock, 6)),
        toUInt64(0)) AS last_delivery,
    multiIf(
        type = 'OPEN', bitOr(bitShiftLeft(toUInt64(1), 56), bitOr(clock, 1)),
        type = 'CLICK', bitOr(bitShiftLeft(toUInt64(2), 56), bitOr(clock, 2)),
        toUInt64(0)) AS last_engagement,
    if(type = 'BOUNCE',
        tuple(at, toString(bounce_sub_type), diagnostic),
        tuple(toDateTime64(0, 3, 'UTC'), '', '')) AS last_bounce,
    if(type = 'DELIVERY', at, never) AS delivered_at,
    if(type = 'BOUNCE' AND bounce_type = 'Permanent' AND NOT suppressed, at, never) AS bounced_permanently_at,
    if(type = 'BOUNCE' AND bounce_type = 'Transient', at, never) AS bounced_transiently_at,
    if(type = 'COMPLAINT' AND NOT suppressed, at, never) AS complained_at,
    if(type = 'OPEN', at, never) AS opened_at,
    if(type = 'CLICK', at, never) AS clicked_at
FROM events;
