-- Opens and clicks that no person made. Of events, what it was: proxy, prefetch, scanner, bot; '' for a person, as far as
-- one can tell, and for all that was told before.
ALTER TABLE events ADD COLUMN IF NOT EXISTS machine LowCardinality(String);

-- Of states, what people did: the columns of the same name without by_person, machines left out. What was folded before
-- was done by people, so its columns are those.
ALTER TABLE message_states
    ADD COLUMN IF NOT EXISTS last_engagement_by_person SimpleAggregateFunction(max, UInt64) DEFAULT last_engagement,
    ADD COLUMN IF NOT EXISTS opened_by_person_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) DEFAULT opened_at,
    ADD COLUMN IF NOT EXISTS clicked_by_person_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) DEFAULT clicked_at;

-- A view can't be replaced in one statement that is harmless twice. While there are both, what is inserted is folded twice
-- to the same state; the old one fills the new columns by their defaults, and those who still use it tell of no machines.
CREATE MATERIALIZED VIEW IF NOT EXISTS fold_events_by_person TO message_states AS
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
    if(type = 'CLICK' AND machine = '', at, never) AS clicked_by_person_at
FROM events;

DROP VIEW IF EXISTS fold_events;
