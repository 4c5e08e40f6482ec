/** Converts a source's records into our events: finds their account and region, and separates unreadable records. */
import type { Scopes } from "../accounts/scopes.ts";
import { ServiceError } from "../contract/errors/service-error.ts";
import type { EventType, MailEvent } from "../events/event.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import type { TextPart } from "./json-objects.ts";
import type { MirrorSource } from "./mirror-source.ts";
import { type MirroredEvent, mailEventsOf, readMirroredEvent } from "./mirrored-event.ts";
import type { Tracked } from "./tracked-mail.ts";
import { UnreadableEvent } from "./unreadable-event.ts";
import { type Unwrapped, unwrap, unwrapAll } from "./unwrap.ts";

/** An unreadable record. */
export interface Unread {
  readonly text: string;
  /** A sentence for people. */
  readonly reason: string;
}

/** An SES event that was read, for the source's counts by type. */
export interface Seen {
  readonly scope: number;
  readonly configurationSet: string;
  readonly type: EventType;
  /** The time of the event. */
  readonly at: Date;
}

/** The result of reading records. */
export interface Reading {
  readonly events: MailEvent[];
  readonly seen: Seen[];
  readonly setAside: Unread[];
  /** How many records were SES's confirmation that a topic is set up. */
  validations: number;
  /** How many records were CloudWatch metrics, which are not events. */
  metrics: number;
}

export interface RecordReader {
  /** Reads records in any envelope; each may contain several events. Rejects only if the database does. */
  read(source: MirrorSource, records: Iterable<Uint8Array>): Promise<Reading>;
  /** Reads parts of a text that is too long to be in memory as a whole. Rejects only if the database does. */
  readParts(source: MirrorSource, parts: Iterable<TextPart>): Promise<Reading>;
}

/** A parsed event with its account and region. */
interface NamedEvent {
  readonly mirrored: MirroredEvent;
  readonly account: string;
  readonly region: string;
  /** The event as received, in case it is set aside. */
  readonly text: string;
}

export function createRecordReader(services: {
  scopes: Pick<Scopes, "of" | "inMemory">;
  tracked: Tracked;
}): RecordReader {
  const { scopes, tracked } = services;

  return {
    async read(source, records) {
      const reading = nothing();
      for (const record of records) await addAll(source, unwrapAll(record), reading);
      return reading;
    },
    async readParts(source, parts) {
      const reading = nothing();
      for (const part of parts) {
        const waiting = addAll(source, unwrap(part), reading);
        // Usually there is nothing to wait for, and awaiting each part would take a tenth of the time.
        if (waiting) await waiting;
      }
      return reading;
    },
  };

  /** Adds records; returns a promise only if a scope is not in memory. */
  function addAll(source: MirrorSource, records: readonly Unwrapped[], reading: Reading): Promise<void> | undefined {
    for (const [index, record] of records.entries()) {
      const named = add(source, record, reading);
      if (named) return addWithScope(source, named, records.slice(index + 1), reading);
    }
    return undefined;
  }

  async function addWithScope(
    source: MirrorSource,
    named: NamedEvent,
    others: readonly Unwrapped[],
    reading: Reading,
  ): Promise<void> {
    try {
      addEvent(source, named, await scopes.of(named.account, named.region), reading);
    } catch (error) {
      // A ServiceError means that the account has too many regions.
      if (!(error instanceof ServiceError)) throw error;
      reading.setAside.push({ text: named.text, reason: error.message });
    }
    await addAll(source, others, reading);
  }

  /** Adds a record; returns an event whose scope is not in memory. */
  function add(source: MirrorSource, unwrapped: Unwrapped, reading: Reading): NamedEvent | undefined {
    if (unwrapped.kind === "metric") {
      reading.metrics++;
      return undefined;
    }
    const event = unwrapped.kind === "event" ? namedEvent(source, unwrapped) : refusalOf(source, unwrapped);
    if (typeof event === "string") {
      reading.setAside.push({ text: withTopic(unwrapped), reason: event });
      return undefined;
    }
    if (event === undefined) {
      reading.validations++;
      return undefined;
    }
    const scope = scopes.inMemory(event.account, event.region);
    if (!scope) return event;
    addEvent(source, event, scope, reading);
    return undefined;
  }

  function addEvent(
    source: MirrorSource,
    { mirrored, account, text }: NamedEvent,
    scope: Scope | undefined,
    reading: Reading,
  ): void {
    if (!scope) return void reading.setAside.push({ text, reason: `There is no account ${account} here.` });
    const { message, type } = mirrored;
    const configurationSet = message.configurationSet ?? "";
    const recording = {
      scope: scope.id,
      account,
      suppresses: source.suppresses,
      ...tracked.of(scope.id, configurationSet),
    };
    try {
      const events = mailEventsOf(mirrored, recording);
      for (const event of events) reading.events.push(event);
      reading.seen.push({ scope: scope.id, configurationSet, type, at: events[0]?.at ?? message.sentAt });
      tracked.saw(scope.id, configurationSet, type);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      reading.setAside.push({ text, reason: error.message });
    }
  }
}

/** Why a record that is not an event is set aside; undefined if it is SES's confirmation of a topic. */
function refusalOf(source: MirrorSource, record: Exclude<Unwrapped, { kind: "event" | "metric" }>): string | undefined {
  if (record.kind === "unreadable") return record.reason;
  if (record.kind === "account-event") return `The event ${JSON.stringify(record.detailType)} is not about mail.`;
  return topicRefusal(source, record.topicArn);
}

/** The event, or the reason why it is set aside. */
function namedEvent(source: MirrorSource, record: Extract<Unwrapped, { kind: "event" }>): NamedEvent | string {
  const { event, topicArn } = record;
  const refusal = topicRefusal(source, topicArn);
  if (refusal !== undefined) return refusal;
  try {
    const mirrored = readMirroredEvent(event);
    const { account = source.accounts[0] ?? "", region = source.region } = mirrored.message;
    if (!source.accounts.includes(account)) return `Its account ${account} is not one of this source's.`;
    return { mirrored, account, region, text: withTopic(record) };
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    return error.message;
  }
}

/** The text of a set-aside record, wrapped with its topic if known: the topic is checked again at a replay. */
function withTopic(record: Unwrapped): string {
  if (!("topicArn" in record) || record.topicArn === undefined) return record.text;
  return JSON.stringify({ Type: "Notification", TopicArn: record.topicArn, Message: record.text });
}

function topicRefusal({ settings }: MirrorSource, topicArn: string | undefined): string | undefined {
  if (topicArn === undefined || (settings.kind !== "sns" && settings.kind !== "sqs")) return undefined;
  if (settings.topicArns.length === 0 || settings.topicArns.includes(topicArn)) return undefined;
  return `Its topic ${topicArn} is not one of this source's.`;
}

function nothing(): Reading {
  return { events: [], seen: [], setAside: [], validations: 0, metrics: 0 };
}
