/** A message with all that happened to it, built from its events. */

import type { MessageDetails, MessageEvent, MessageRecipient } from "../admin-api/message.ts";
import type { LastDelivery } from "../admin-api/message-search.ts";
import { byRecipient } from "../events/history.ts";
import { deliveryKinds, type MachineEngagement } from "../events/message-state.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import { messageEvent } from "./message-event.ts";

/** Assembles the events of one message, as returned by `readHistory`; undefined if there are none. */
export function messageDetails(history: readonly EventRow[], machines: MachineEngagement): MessageDetails | undefined {
  const sent = history.filter(({ type }) => type === "SEND");
  // A mirrored message may lack its SEND: then what its other events tell, some of which tell less.
  const telling = sent.length > 0 ? sent : history;
  const facts = telling.find((row) => row.subject) ?? telling[0];
  if (!facts) return undefined;
  const { message_id: messageId, configuration_set: configurationSet, identity, tenant, object_key: key } = facts;
  return {
    messageId,
    sentAt: new Date(facts.sent_at).toISOString(),
    sender: facts.source ?? "",
    subject: facts.subject ?? "",
    tags: tagsOf(telling),
    ...(configurationSet && { configurationSet }),
    ...(identity && { identity }),
    ...(tenant && { tenant }),
    openTracked: facts.open_tracked ?? false,
    clickTracked: facts.click_tracked ?? false,
    ...(key && { size: Number(facts.object_length ?? 0) }),
    recipients: recipientsOf(history, machines),
  };
}

/** The tags without duplicates: a message has the tags of all its recipients. */
function tagsOf(sent: readonly EventRow[]): MessageDetails["tags"] {
  const tags = new Map<string, { name: string; value: string }>();
  for (const { tags: own = {} } of sent) {
    for (const [name, values] of Object.entries(own)) {
      for (const value of values) tags.set(JSON.stringify([name, value]), { name, value });
    }
  }
  return [...tags.values()];
}

function recipientsOf(history: readonly EventRow[], machines: MachineEngagement): MessageRecipient[] {
  return [...byRecipient(history)].map(([recipient, rows]) => {
    const isp = rows.find((row) => row.isp)?.isp;
    const events = rows.map(messageEvent);
    const lastDelivery = lastDeliveryOf(events);
    const engaging = events.filter((event) => machines === "count" || !("machine" in event));
    const lastEngagement = (["CLICK", "OPEN"] as const).find((kind) => engaging.some(({ type }) => type === kind));
    return {
      recipient,
      ...(isp && { isp }),
      ...(lastDelivery && { lastDelivery }),
      ...(lastEngagement && { lastEngagement }),
      events,
    };
  });
}

const bounceKinds = {
  Transient: "TRANSIENT_BOUNCE",
  Permanent: "PERMANENT_BOUNCE",
  Undetermined: "UNDETERMINED_BOUNCE",
} as const;

/** All bounces share a rank, in which the latest counts; at the same time, the kind listed last counts. */
const rankOf: Readonly<Record<LastDelivery, number>> = {
  SEND: 1,
  TRANSIENT_BOUNCE: 2,
  PERMANENT_BOUNCE: 2,
  UNDETERMINED_BOUNCE: 2,
  DELIVERY: 3,
  COMPLAINT: 4,
};

/** Aggregates events as the event database does (see its first migration). */
function lastDeliveryOf(events: readonly MessageEvent[]): LastDelivery | undefined {
  let last: Told | undefined;
  for (const event of events) {
    const kind = kindOf(event);
    if (kind && (!last || follows({ kind, at: event.at }, last))) last = { kind, at: event.at };
  }
  return last?.kind;
}

function kindOf(event: MessageEvent): LastDelivery | undefined {
  if (event.type === "BOUNCE") return bounceKinds[event.bounceType];
  return deliveryKinds.find((kind) => kind === event.type);
}

interface Told {
  kind: LastDelivery;
  at: string;
}

function follows(one: Told, other: Told): boolean {
  if (rankOf[one.kind] !== rankOf[other.kind]) return rankOf[one.kind] > rankOf[other.kind];
  if (one.at !== other.at) return one.at > other.at;
  return deliveryKinds.indexOf(one.kind) > deliveryKinds.indexOf(other.kind);
}
