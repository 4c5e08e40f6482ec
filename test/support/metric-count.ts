/**
 * How often something happened, counted in the events themselves (docs/metrics.md), machines kept apart: what all answers
 * must equal.
 */
import type { Metric } from "@aws-sdk/client-sesv2";
import type { MailEvent, MessageFacts, SendEvent } from "../../src/events/event.ts";
import type { MetricDimension } from "../../src/insights/metrics/dimensions.ts";
import { isOfMachine } from "./message-model.ts";

/** What to count of. */
export interface Counted {
  start: Date;
  /** Not included. */
  end: Date;
  dimensions: Readonly<Partial<Record<MetricDimension, string>>>;
  scope: "all" | "ses";
}

const day = 24 * 3600 * 1000;

/** The count of each day that has one, by its midnight (UTC) in milliseconds, oldest first. Events may be told twice. */
export function countDaily(told: readonly MailEvent[], metric: Metric, counted: Counted): [number, number][] {
  const events = new Map(told.map((event) => [event.id, event])).values();
  const days = new Map<number, number>();
  for (const own of Map.groupBy(events, ({ messageId, recipient }) => `${messageId} ${recipient}`).values()) {
    const sent = own.find((event) => event.type === "SEND");
    if (!sent || !isAskedFor(sent, counted)) continue;
    const times = own.filter((event) => counts(event, metric, sent.message)).map(({ at }) => at.getTime());
    const first = Math.min(...times);
    const at = Math.max(first, sent.sentAt.getTime());
    if (times.length === 0 || first >= sent.sentAt.getTime() + 60 * day) continue;
    if (at < counted.start.getTime() || at >= counted.end.getTime()) continue;
    const midnight = Math.floor(at / day) * day;
    days.set(midnight, (days.get(midnight) ?? 0) + 1);
  }
  return [...days].sort(([a], [b]) => a - b);
}

function isAskedFor({ message }: SendEvent, { dimensions, scope }: Counted): boolean {
  const { EMAIL_IDENTITY: identity, CONFIGURATION_SET: set, ISP: isp, TENANT_NAME: tenant } = dimensions;
  const { source } = message;
  return (
    (scope === "all" || message.inSesScope) &&
    (identity === undefined ||
      identity === source ||
      source.endsWith(`@${identity}`) ||
      identity === message.identity) &&
    (set === undefined || set === message.configurationSet) &&
    (isp === undefined || isp === message.isp) &&
    (tenant === undefined || tenant === message.tenant)
  );
}

function counts(event: MailEvent, metric: Metric, facts: MessageFacts): boolean {
  switch (metric) {
    case "PERMANENT_BOUNCE":
      return event.type === "BOUNCE" && event.bounceType === "Permanent" && !isSuppression(event.bounceSubType);
    case "TRANSIENT_BOUNCE":
      return event.type === "BOUNCE" && event.bounceType === "Transient";
    case "COMPLAINT":
      return event.type === "COMPLAINT" && !isSuppression(event.complaintSubType);
    case "DELIVERY_OPEN":
      return event.type === "DELIVERY" && facts.openTracked;
    case "DELIVERY_CLICK":
      return event.type === "DELIVERY" && facts.clickTracked;
    case "DELIVERY_COMPLAINT":
      return event.type === "DELIVERY" && facts.feedbackLoop;
    default:
      return event.type === metric && !isOfMachine(event);
  }
}

function isSuppression(subType: string | undefined): boolean {
  const suppressions = ["OnAccountSuppressionList", "OnTenantSuppressionList", "EmailValidationSuppressed"];
  return subType !== undefined && suppressions.includes(subType);
}
