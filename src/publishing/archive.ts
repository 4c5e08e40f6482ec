/** Published events that are kept: shows one, and publishes one or all of a period once more. */
import { type Database, inScope, type ScopedQueryable } from "../stores/postgres/database.ts";
import { insertPublicationBatches } from "../stores/postgres/publication-batches.ts";
import { type Publication, selectPublication, selectRouted } from "../stores/postgres/publications.ts";
import type { MessageRenderers } from "./message-renderers.ts";
import type { PublishedEvent } from "./published-event.ts";
import { accountEventTypes, mailEventTypes } from "./published-event.ts";
import { routeEvents } from "./route-events.ts";
import { batchesFor } from "./router.ts";
import type { EventFilter, Subscriptions } from "./subscriptions.ts";

/** A published event: its ID and the row of the publications table that has it. */
export interface ArchivedEvent {
  readonly id: string;
  readonly publication: number;
}

/** Committed from `from` until before `to`. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** A target and its scope: it gets no events of others. */
export interface ScopedTarget {
  readonly scope: number;
  readonly target: string;
}

export interface PublicationArchive {
  /** The event of a scope as it is published; undefined if it isn't kept any more. */
  find(scope: number, event: ArchivedEvent): Promise<PublishedEvent | undefined>;
  /** Publishes an event once more, with the same ID; false if it isn't kept any more. */
  resend(target: ScopedTarget, event: ArchivedEvent): Promise<boolean>;
  /** Publishes the events of a period that the target wants once more, with the same IDs; resolves to their number. */
  replay(target: ScopedTarget, period: Period): Promise<number>;
}

const rowsPerRound = 50;

const everything: EventFilter = {
  configurationSet: undefined,
  types: new Set([...mailEventTypes, ...accountEventTypes]),
};

export function createArchive(services: {
  database: Database;
  renderers: MessageRenderers;
  /** What a target wants at present. */
  filtersOf: (target: ScopedTarget) => Promise<readonly EventFilter[]>;
  /** Called when batches were added. */
  queued: () => void;
  clock: () => Date;
}): PublicationArchive {
  const { database, renderers, filtersOf, queued, clock } = services;

  return {
    find: (scope, event) => find(inScope(database, scope), event),
    async resend(target, event) {
      const found = await find(inScope(database, target.scope), event);
      if (found) await add(target, [found]);
      return found !== undefined;
    },
    async replay(target, { from, to }) {
      const filters = await filtersOf(target);
      const own = inScope(database, target.scope);
      let count = 0;
      let after = 0;
      for (;;) {
        const rows = await selectRouted(own, { from, to, after, limit: rowsPerRound });
        const last = rows.at(-1);
        if (!last) break;
        after = last.id;
        const events = await eventsOf(rows, filters);
        if (events.length > 0) await add(target, events);
        count += events.length;
      }
      return count;
    },
  };

  async function find(own: ScopedQueryable, { id, publication }: ArchivedEvent): Promise<PublishedEvent | undefined> {
    const row = await selectPublication(own, publication);
    const events = row ? await eventsOf([row], [everything]) : [];
    return events.find((event) => event.id === id);
  }

  /** The events of rows that match one of the filters, each once. */
  async function eventsOf(rows: readonly Publication[], filters: readonly EventFilter[]): Promise<PublishedEvent[]> {
    const target = "archive";
    const subscriptionsOf = (scope: number): Subscriptions => ({
      list: filters.map((filter) => ({ ...filter, scope, target, byMinute: false })),
      notifications: { isEmpty: true, of: () => undefined },
    });
    const { targets, failed } = await routeEvents(rows, { subscriptionsOf, renderers });
    const [failure] = failed;
    if (failure) throw failure.error;
    const events = new Map((targets.get(target)?.events ?? []).map((event) => [event.id, event]));
    return [...events.values()];
  }

  async function add(target: ScopedTarget, events: readonly PublishedEvent[]): Promise<void> {
    const batches = await batchesFor(target, events, { dueAt: undefined, createdAt: clock() });
    await database.transaction((transaction) => insertPublicationBatches(transaction, batches));
    queued();
  }
}
