-- Whether the message's SEND has arrived. A mirrored account may publish only bounces: then some of its mail is known,
-- but not how much there is. States from before this migration had their SEND.
ALTER TABLE message_states ADD COLUMN IF NOT EXISTS send_seen SimpleAggregateFunction(max, UInt8) DEFAULT 1;

-- As in 0002-machine-engagement.sql, the new view is created beside the old one, which fills the new column with its
-- default. Opens and clicks of mail with several recipients, whose recipient is unknown and '', are in no state.
CREATE MATERIALIZED VIEW IF NOT EXISTS fold_events_with_send TO message_states AS
WITH
    toDateTime64('2200-01-01 00:00:00', 3, 'UTC') AS never,
    bounce_sub_type IN ('OnAccountSuppressionList', 'OnTenantSuppressionList')
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

DROP VIEW IF EXISTS fold_events_by_scope;
