/**
 * Finds what the events of a message share. A message's SEND stands in the publications table as long as the settings
 * keep it there; only older messages need the event database.
 */
import { BoundedMap } from "../common/bounded-map.ts";
import { MalformedData, UnknownVersion } from "../common/parse-data.ts";
import { sentAtOf } from "../events/message-id.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import { type Publication, selectPublicationsOfSends } from "../stores/postgres/publications.ts";
import { readPublication } from "./publication-events.ts";
import type { MessageRenderer, RenderMessage } from "./renderer.ts";

export interface MessageSources {
  readonly database: Queryable;
  readonly render: RenderMessage;
  /** All events of a message, from the outbox and the event database. */
  readonly history: (messageId: string) => Promise<readonly EventRow[]>;
}

export interface MessageRenderers {
  /** Notes the messages whose SENDs are among these events. */
  note(events: readonly EventRow[]): void;
  /** Finds messages in the publications table that are not noted yet. */
  find(messageIds: Iterable<string>): Promise<void>;
  /** What the events of a message share; undefined if nobody knows the message any more. */
  of(messageId: string): Promise<MessageRenderer | undefined>;
}

/** The number of messages in memory: a message's delivery mostly follows within seconds. */
const capacity = 5_000;
/** How many messages one query looks up. */
const lookupSize = 200;

export function createMessageRenderers({ database, render, history }: MessageSources): MessageRenderers {
  const known = new BoundedMap<string, Promise<MessageRenderer>>({ capacity, evicts: "oldest" });
  /** The messages that may be in a row of a newer version of the program: their events wait for it. */
  const unreadable = new BoundedMap<string, UnknownVersion>({ capacity, evicts: "oldest" });

  return {
    note,
    async find(messageIds) {
      const missing = [...new Set(messageIds)].filter((id) => known.get(id) === undefined);
      for (let at = 0; at < missing.length; at += lookupSize) await lookUp(missing.slice(at, at + lookupSize));
    },
    async of(messageId) {
      const found = known.get(messageId);
      if (found) return found;
      const send = (await history(messageId)).find(({ type }) => type === "SEND");
      if (send) return keep(send);
      const version = unreadable.get(messageId);
      if (version) throw version;
      return undefined;
    },
  };

  function note(events: readonly EventRow[], wanted?: ReadonlySet<string>): void {
    for (const row of events) {
      const id = row.message_id;
      if (row.type !== "SEND" || known.get(id) !== undefined || (wanted && !wanted.has(id))) continue;
      void keep(row);
    }
  }

  async function lookUp(messageIds: readonly string[]): Promise<void> {
    const times = messageIds.map((id) => sentAtOf(id).getTime()).filter((time) => Number.isFinite(time));
    if (times.length === 0) return;
    const wanted = new Set(messageIds);
    for (const row of await selectPublicationsOfSends(database, [...new Set(times)])) {
      const events = await readable(row);
      if (!(events instanceof MalformedData)) note(events, wanted);
      else if (events instanceof UnknownVersion) for (const id of messageIds) unreadable.set(id, events);
    }
  }

  /** One row that can't be read must not keep the events of all others waiting. */
  async function readable(row: Publication): Promise<EventRow[] | MalformedData> {
    try {
      return await readPublication(row);
    } catch (error) {
      if (error instanceof MalformedData) return error;
      throw error;
    }
  }

  function keep(send: EventRow): Promise<MessageRenderer> {
    const prepared = render(send);
    known.set(send.message_id, prepared);
    // The caller that needs it gets the failure; a later one tries again.
    prepared.catch(() => known.delete(send.message_id));
    return prepared;
  }
}
