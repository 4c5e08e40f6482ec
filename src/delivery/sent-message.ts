/** Looks up a message to one recipient, as needed for a later bounce or complaint. */
import { readHistory } from "../events/history.ts";
import { identityOwnerOf } from "../events/recorded-details.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { Database } from "../stores/postgres/database.ts";

/** A message to one recipient. */
export interface SentMessage {
  /** The account and region. */
  readonly scope: number;
  readonly messageId: string;
  readonly sentAt: Date;
  /** As in the message's events. */
  readonly recipient: string;
  /** The sender's bare address. */
  readonly source: string;
  readonly subject: string | undefined;
  /** The identity under which it was sent. */
  readonly identity: string;
  /** The scope of the identity if another account owns it. */
  readonly identityScope?: number | undefined;
  readonly configurationSet: string | undefined;
  readonly tenant: string | undefined;
  /** The address for bounces that the message specifies; undefined if it specifies none. */
  readonly feedbackAddress: string | undefined;
  /** The events of this recipient, including SEND. */
  readonly events: readonly EventRow[];
}

/** The stores that contain events. */
export interface EventStores {
  readonly database: Database;
  readonly events: EventDatabase;
}

/** Finds a message by the recipient's index or address; undefined if it is unknown or no longer stored. */
export async function findSentMessage(
  stores: EventStores,
  messageId: string,
  recipient: number | string,
): Promise<SentMessage | undefined> {
  const history = await readHistory(stores, messageId);
  const destination = history.find(({ type }) => type === "SEND")?.destination ?? [];
  const address = typeof recipient === "number" ? destination[recipient] : recipient;
  const events = history.filter((row) => row.recipient === address);
  const sent = events.find(({ type }) => type === "SEND");
  if (sent === undefined) return undefined;
  return {
    scope: sent.scope,
    messageId,
    sentAt: new Date(sent.sent_at),
    recipient: sent.recipient,
    source: sent.source ?? "",
    subject: sent.subject || undefined,
    identity: sent.identity ?? "",
    identityScope: identityOwnerOf(sent)?.scope,
    configurationSet: sent.configuration_set || undefined,
    tenant: sent.tenant || undefined,
    feedbackAddress: feedbackAddressIn(sent.details),
    events,
  };
}

/** `events/record.ts` writes it. */
function feedbackAddressIn(details: string | undefined): string | undefined {
  if (!details) return undefined;
  const value: unknown = JSON.parse(details);
  if (typeof value !== "object" || value === null || !("feedbackAddress" in value)) return undefined;
  return typeof value.feedbackAddress === "string" ? value.feedbackAddress : undefined;
}
