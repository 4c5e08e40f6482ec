/** Decides which targets get which events of a few rows of the publications table, and renders them. */

import { DamagedData } from "../common/damaged-data.ts";
import { MalformedData, UnknownVersion } from "../common/parse-data.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { Publication } from "../stores/postgres/publications.ts";
import { readAccountEvents } from "./account-events.ts";
import type { MessageRenderers } from "./message-renderers.ts";
import { readPublication } from "./publication-events.ts";
import type { PublishedEvent } from "./published-event.ts";
import type { MessageRenderer } from "./renderer.ts";
import { isNotified, isPublishedOncePerMessage } from "./ses-event/event-names.ts";
import { accountEventWantedBy, type Subscriptions, wantedBy } from "./subscriptions.ts";

/** The events for a target, oldest first. */
export interface TargetEvents {
  /** The scope of the target, and of all events but those of mail that other accounts sent with an identity. */
  readonly scope: number;
  readonly events: PublishedEvent[];
}

/** By the name of the target. */
export type RoutedEvents = ReadonlyMap<string, TargetEvents>;

export interface Routed {
  /** The rows whose events are all in `targets`. */
  readonly routed: readonly Publication[];
  readonly targets: RoutedEvents;
  /** The rows that can't be routed at the moment, with the reason. None of their events is in `targets`. */
  readonly failed: readonly { readonly row: Publication; readonly error: unknown }[];
}

/** How many events are looked up and rendered together. Fewer than `MessageRenderers` keeps in memory. */
const sliceSize = 500;

interface ReadRow {
  readonly row: Publication;
  readonly events: readonly EventRow[];
}

export async function routeEvents(
  rows: readonly Publication[],
  { subscriptionsOf, renderers }: RoutingServices,
): Promise<Routed> {
  const failed: { row: Publication; error: unknown }[] = [];
  const collected = new Map<Publication, Map<string, TargetEvents>>();
  const read: ReadRow[] = [];
  for (const row of rows) {
    try {
      if (row.kind === "account") collected.set(row, await routeAccountEvents(row, subscriptionsOf(row.scope)));
      else read.push({ row, events: firstOfMessage(await readPublication(row)) });
    } catch (error) {
      failed.push({ row, error });
    }
  }
  for (const slice of slicesOf(read)) {
    for (const { events } of slice) renderers.note(events);
    await renderers.find(slice.flatMap(({ events }) => events.map((event) => event.message_id)));
    for (const { row, events } of slice) {
      if (failed.some((one) => one.row === row)) continue;
      const targets = collected.get(row) ?? new Map<string, TargetEvents>();
      collected.set(row, targets);
      try {
        for (const event of events) await routeEvent(event, row, { subscriptionsOf, renderers, targets });
      } catch (error) {
        collected.delete(row);
        failed.push({ row, error });
      }
    }
  }
  const targets = new Map<string, TargetEvents>();
  for (const row of rows) {
    for (const [target, { scope, events }] of collected.get(row) ?? []) {
      const all = targets.get(target);
      // A row may have more events than a call takes arguments.
      if (all) for (const event of events) all.events.push(event);
      else targets.set(target, { scope, events: [...events] });
    }
  }
  return { routed: rows.filter((row) => collected.has(row)), targets, failed };
}

/** Of the events that SES publishes once per message, the first: all of them are in one commit. */
function firstOfMessage(events: readonly EventRow[]): EventRow[] {
  const seen = new Set<string>();
  return events.filter(({ type, message_id }) => {
    if (!isPublishedOncePerMessage(type)) return true;
    const key = `${type} ${message_id}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function* slicesOf(rows: readonly ReadRow[]): Generator<ReadRow[]> {
  let slice: ReadRow[] = [];
  let size = 0;
  for (const { row, events } of rows) {
    for (let at = 0; at < events.length; at += sliceSize) {
      const part = events.slice(at, at + sliceSize);
      slice.push({ row, events: part });
      size += part.length;
      if (size < sliceSize) continue;
      yield slice;
      slice = [];
      size = 0;
    }
  }
  if (slice.length > 0) yield slice;
}

interface RoutingServices {
  /** Who wants the events of a scope. */
  subscriptionsOf: (scope: number) => Subscriptions;
  renderers: MessageRenderers;
}

interface EventRouting extends RoutingServices {
  targets: Map<string, TargetEvents>;
}

async function routeEvent(
  event: EventRow,
  row: Publication,
  { subscriptionsOf, renderers, targets }: EventRouting,
): Promise<void> {
  const message = await messageOf(event, renderers);
  if (!message) return;
  const { configurationSet, identity } = message;
  const { scope } = event;
  const subscriptions = subscriptionsOf(scope);
  const wanting = wantedBy(subscriptions, { type: event.type, configurationSet });
  const base = {
    id: event.id,
    type: event.type,
    publication: row.id,
    messageId: event.message_id,
    at: event.at,
    identity,
  };
  if (wanting.length > 0) {
    const published = { ...base, body: message.event(event) };
    for (const { target } of wanting) add(targets, { scope, target }, published);
  }
  // The identity's owner is notified, even if another account sent the message.
  const owner = message.identityScope ?? scope;
  const { notifications } = subscriptionsOf(owner);
  if (notifications.isEmpty || !isNotified(event.type)) return;
  const notified = notifications.of(event.type, message);
  if (!notified) return;
  const { target, headers } = notified;
  add(targets, { scope: owner, target }, { ...base, body: message.notification(event, { headers }) });
}

/**
 * A message whose own data is damaged has no events to publish. A store that is away, and data of a newer version of the
 * program, keep the row waiting.
 */
async function messageOf(event: EventRow, renderers: MessageRenderers): Promise<MessageRenderer | undefined> {
  try {
    return await renderers.of(event.message_id);
  } catch (error) {
    const isLost = error instanceof DamagedData || error instanceof MalformedData;
    if (isLost && !(error instanceof UnknownVersion)) return undefined;
    throw error;
  }
}

async function routeAccountEvents(row: Publication, subscriptions: Subscriptions): Promise<Map<string, TargetEvents>> {
  const targets = new Map<string, TargetEvents>();
  const { scope } = row;
  for (const event of await readAccountEvents(row)) {
    for (const { target } of accountEventWantedBy(subscriptions, event.type)) add(targets, { scope, target }, event);
  }
  return targets;
}

function add(
  targets: Map<string, TargetEvents>,
  { scope, target }: { scope: number; target: string },
  event: PublishedEvent,
): void {
  const known = targets.get(target);
  if (known) known.events.push(event);
  else targets.set(target, { scope, events: [event] });
}
