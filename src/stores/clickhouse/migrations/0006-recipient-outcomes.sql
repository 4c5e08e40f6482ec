-- Whether a bounce is too uncertain to suppress its address: its reason is a guess, or its report can't be trusted.
ALTER TABLE events ADD COLUMN IF NOT EXISTS doubtful Bool;

-- The latest outcomes of mail to an address, which tell whether its mailbox exists: when mail to it was last delivered, and
-- when it last hard-bounced; 1970-01-01 for never. One row for each address of a scope and month of sending, after merges.
-- The key makes the lookup of an address cheap: the other tables are in the order of message IDs. Events from before this
-- migration are not included, because reading all of them would delay the start of a large installation.
--   recipient: in lower case.
CREATE TABLE IF NOT EXISTS recipient_outcomes
(
    scope UInt32,
    recipient String,
    sent_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    delivered_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    bounced_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(sent_at)
ORDER BY (scope, recipient)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Only bounces that say something about the mailbox: as for the suppression list.
CREATE MATERIALIZED VIEW IF NOT EXISTS fold_recipient_outcomes TO recipient_outcomes AS
WITH toDateTime64(0, 3, 'UTC') AS never
SELECT
    scope, lowerUTF8(events.recipient) AS recipient, sent_at,
    if(type = 'DELIVERY', at, never) AS delivered_at,
    if(type = 'BOUNCE', at, never) AS bounced_at
FROM events
WHERE events.recipient != '' AND (type = 'DELIVERY'
    OR (type = 'BOUNCE' AND bounce_type = 'Permanent' AND bounce_sub_type IN ('General', 'NoEmail') AND NOT doubtful));

-- The fold as before, except that a bounce caused by Auto Validation doesn't count, as one caused by a suppression list
-- doesn't. As in 0002-machine-engagement.sql, the new view is created beside the old one.
CREATE MATERIALIZED VIEW IF NOT EXISTS fold_events_with_validation TO message_states AS
WITH
    toDateTime64('2200-01-01 00:00:00', 3, 'UTC') AS never,
    bounce_sub_type IN ('OnAccountSuppressionList', 'OnTenantSuppressionList', 'EmailValidationSuppressed')
        OR complaint_sub_type IN ('OnAccountSuppressionList', 'OnTenantSuppressionList') AS suppressed,
    bitShiftLeft(toUInt64(toUnixTimestamp64Milli(at)), 8) AS clock,
    multiIf(
        type = 'OPEN', bitOr(bitShiftLeft(toUInt64(1), 56), bitOr(clock, 1)),
        type = 'CLICK', bitOr(bitShiftLeft(toUInt64(2), 56), bitOr(clock, 2)),
        toUInt64(0)) AS engagement
SELECT
    message_id, recipient, scope, sent_at, source, subject, isp, identity, configuration_set, tenant,
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
    engagement AS last_engagement,
    if(type = 'BOUNCE',
        tuple(at, toString(bounce_sub_type), diagnostic),
        tuple(toDateTime64(0, 3, 'UTC'), '', '')) AS last_bounce,
    if(type = 'DELIVERY', at, never) AS delivered_at,
    if(type = 'BOUNCE' AND bounce_type = 'Permanent' AND NOT suppressed, at, never) AS bounced_permanently_at,
    if(type = 'BOUNCE' AND bounce_type = 'Transient', at, never) AS bounced_transiently_at,
    if(type = 'COMPLAINT' AND NOT suppressed, at, never) AS complained_at,
    if(type = 'OPEN', at, never) AS opened_at,
    if(type = 'CLICK', at, never) AS clicked_at,
    if(machine = '', engagement, toUInt64(0)) AS last_engagement_by_person,
    if(type = 'OPEN' AND machine = '', at, never) AS opened_by_person_at,
    if(type = 'CLICK' AND machine = '', at, never) AS clicked_by_person_at,
    toUInt8(type = 'SEND') AS send_seen
FROM events WHERE recipient != '';

DROP VIEW IF EXISTS fold_events_with_send;
