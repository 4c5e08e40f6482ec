/** What becomes of messages by their events, said as simply as it can be: what the fold in the database must equal. */
import type { MailEvent, MessageFacts } from "../../src/events/event.ts";
import type { MachineEngagement } from "../../src/events/message-state.ts";

/** A message to one recipient, folded. */
export interface MessageState {
  messageId: string;
  recipient: string;
  sentAt: Date;
  facts: MessageFacts | undefined;
  lastDelivery: { name: string; at: Date } | undefined;
  lastEngagement: { name: string; at: Date } | undefined;
  lastBounce: { subType: string; diagnostic: string; at: Date } | undefined;
  /** When each of what metrics count first happened. */
  first: ReadonlyMap<"DELIVERY" | "PERMANENT_BOUNCE" | "TRANSIENT_BOUNCE" | "COMPLAINT" | "OPEN" | "CLICK", Date>;
}

const bounceNames = {
  Transient: "TRANSIENT_BOUNCE",
  Permanent: "PERMANENT_BOUNCE",
  Undetermined: "UNDETERMINED_BOUNCE",
} as const;

/** SES's ranks; among bounces at the same instant a permanent one counts before a transient one. */
const deliveryRanks = [
  ["SEND"],
  ["TRANSIENT_BOUNCE", "PERMANENT_BOUNCE", "UNDETERMINED_BOUNCE"],
  ["DELIVERY"],
  ["COMPLAINT"],
];

function nameOf(event: MailEvent): string {
  return event.type === "BOUNCE" ? bounceNames[event.bounceType] : event.type;
}

/** The latest of the highest rank. */
function highest(events: readonly MailEvent[], ranks: readonly (readonly string[])[]) {
  for (const names of ranks.toReversed()) {
    const [last] = events
      .map((event) => ({ name: nameOf(event), at: event.at }))
      .filter(({ name }) => names.includes(name))
      .sort((a, b) => b.at.getTime() - a.at.getTime() || names.indexOf(b.name) - names.indexOf(a.name));
    if (last) return last;
  }
  return undefined;
}

function isSuppression(event: MailEvent): boolean {
  const subType =
    event.type === "BOUNCE" ? event.bounceSubType : event.type === "COMPLAINT" ? event.complaintSubType : undefined;
  const suppressions = ["OnAccountSuppressionList", "OnTenantSuppressionList", "EmailValidationSuppressed"];
  return subType !== undefined && suppressions.includes(subType);
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Whether it was an open or a click that no person made. */
export function isOfMachine(event: MailEvent): boolean {
  return (event.type === "OPEN" || event.type === "CLICK") && event.machine !== undefined;
}

/** Folds the events of one message to one recipient; opens and clicks of machines count only where they are to. */
export function foldMessage(all: readonly MailEvent[], machines: MachineEngagement = "apart"): MessageState {
  const [any] = all;
  if (!any) throw new Error("a message has events");
  const events = machines === "count" ? all : all.filter((event) => !isOfMachine(event));
  const sent = events.find((event) => event.type === "SEND");
  const [lastBounce] = events
    .filter((event) => event.type === "BOUNCE")
    .map(({ at, bounceSubType: subType, diagnosticCode: diagnostic = "" }) => ({ at, subType, diagnostic }))
    .sort(
      (a, b) => b.at.getTime() - a.at.getTime() || byBytes(b.subType, a.subType) || byBytes(b.diagnostic, a.diagnostic),
    );
  const counted = ["DELIVERY", "PERMANENT_BOUNCE", "TRANSIENT_BOUNCE", "COMPLAINT", "OPEN", "CLICK"] as const;
  const first = new Map(
    counted.flatMap((name) => {
      const times = events
        .filter((event) => nameOf(event) === name && !isSuppression(event))
        .map(({ at }) => at.getTime());
      return times.length > 0 ? [[name, new Date(Math.min(...times))] as const] : [];
    }),
  );
  return {
    messageId: any.messageId,
    recipient: any.recipient,
    sentAt: any.sentAt,
    facts: sent?.message,
    lastDelivery: highest(events, deliveryRanks),
    lastEngagement: highest(events, [["OPEN"], ["CLICK"]]),
    lastBounce,
    first,
  };
}
