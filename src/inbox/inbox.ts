/**
 * The inbox: all mail that was sent in an account and region, whether it was delivered or not. Messages stay in it until
 * they are taken out, or until their events or their mail are deleted by age.
 */
import type { CommitFeed } from "../events/commit-feed.ts";
import { readHistory } from "../events/history.ts";
import { firstMessageIdAt, sentAtOf } from "../events/message-id.ts";
import type { EventReader } from "../insights/event-reader.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import { type Database, inScope } from "../stores/postgres/database.ts";
import {
  insertInboxRemovals,
  lowerInboxFloor,
  raiseInboxFloor,
  selectInboxFloors,
  selectInboxRemovals,
} from "../stores/postgres/inbox.ts";
import { selectScopesToEmpty } from "../stores/postgres/retired-scopes.ts";
import { compileFilter, type InboxFilter } from "./inbox-filter.ts";
import { type InboxMessage, messageOfRow } from "./inbox-message.ts";
import { createInboxRemovals, type InboxRemoval } from "./inbox-removals.ts";
import { createInboxWatch } from "./inbox-watch.ts";
import { scanSent } from "./scan-sent.ts";
import { createUnrecordedSends } from "./unrecorded-sends.ts";

/** A part of the inbox, in the order of the messages' IDs, which begin with the time of sending. */
export interface InboxRange {
  readonly order: "newest" | "oldest";
  /** Sent at this time or later. */
  readonly since?: Date | undefined;
  /** Sent after the message with this ID. */
  readonly after?: string | undefined;
}

/** `scope` is the account and region; undefined for all. */
export interface Inbox {
  /**
   * Everything acknowledged before the call, but what was taken out, a part at a time. Ends with the reason of `signal`
   * if that aborts.
   */
  scan(scope: number | undefined, range: InboxRange, signal?: AbortSignal): AsyncIterable<InboxMessage[]>;
  /**
   * The first messages of a scan that match.
   * @throws PatternError, SlowPattern
   */
  list(
    scope: number | undefined,
    options: InboxRange & { limit: number; matching?: InboxFilter; signal?: AbortSignal },
  ): Promise<InboxMessage[]>;
  /** Undefined if there is no such message, or if it was taken out. */
  find(scope: number | undefined, id: string): Promise<InboxMessage | undefined>;
  /** Those of some messages that are in the inbox, in any order. */
  findAll(scope: number | undefined, ids: readonly string[]): Promise<InboxMessage[]>;
  /**
   * Takes messages out, or all that were acknowledged before the call. Their events and their mail stay. Returns how
   * many there were.
   */
  remove(scope: number | undefined, ids: readonly string[] | "all"): Promise<number>;
  /**
   * Passes new messages to `told` as soon as they are committed, those of other processes within seconds; on a database
   * server, also some that were sent just before. Returns a function that stops this.
   */
  watch(scope: number | undefined, told: (messages: readonly InboxMessage[]) => void): () => void;
  /**
   * Passes to `told` what was taken out, once it is, by calls of this process. Returns a function that stops this.
   */
  watchRemovals(told: (removal: InboxRemoval) => void): () => void;
  /**
   * To be called after the server's clock was set back: messages that are sent now have smaller IDs than some that were
   * taken out.
   */
  clockSetBack(): Promise<void>;
  /** To be called after a scope was replaced: whoever watches it watches the new one, which is empty. */
  scopeReplaced(retired: number, scope: number): void;
  stop(): void;
}

export interface InboxServices {
  database: Database;
  events: EventDatabase;
  reader: EventReader;
  objects: ObjectStore;
  commits: CommitFeed;
  clock: () => Date;
  log: { warn(details: object, message: string): void };
}

/** For more messages, one scan from the oldest of them on is faster than finding each. */
const mostFoundSingly = 8;

/**
 * How long after its ID was made a message may be committed, and how far the clocks of servers may differ, in
 * milliseconds. What was sent longer ago than this is taken out by a floor.
 */
const settledMs = 60_000;

export function createInbox(given: InboxServices): Inbox {
  const services = { ...given, unrecordedSends: createUnrecordedSends(given) };
  const { database, objects, clock } = services;
  const removals = createInboxRemovals();
  const watch = createInboxWatch(services);

  async function* scan(scope: number | undefined, range: InboxRange, signal?: AbortSignal) {
    const floors = await selectInboxFloors(database, scope);
    const hidden = await resetScopes(scope);
    const from = latest(
      scope === undefined ? undefined : floors.get(scope),
      range.since && firstMessageIdAt(range.since.getTime()),
      // Less than every larger ID: all have the same length.
      range.after === undefined ? undefined : `${range.after}!`,
    );
    for await (const sent of scanSent(services, { scope, order: range.order, from }, signal)) {
      const ids = sent.map(({ id }) => id);
      const removed = await selectInboxRemovals(database, scope, ids);
      const left = sent.filter(
        ({ id, scope }) => id >= (floors.get(scope) ?? "") && !removed.has(id) && !hidden.has(scope),
      );
      if (left.length > 0) yield left;
    }
  }

  async function list(
    scope: number | undefined,
    { limit, matching = {}, signal, ...range }: Parameters<Inbox["list"]>[1],
  ): Promise<InboxMessage[]> {
    const matches = compileFilter(matching);
    const found: InboxMessage[] = [];
    for await (const messages of scan(scope, range, signal)) {
      found.push(...(await matches(messages)).slice(0, limit - found.length));
      if (found.length >= limit) break;
    }
    return found;
  }

  /** Scopes that were reset, whose messages are being deleted. Who names a scope names none of these. */
  async function resetScopes(scope: number | undefined): Promise<ReadonlySet<number>> {
    return new Set(scope === undefined ? await selectScopesToEmpty(database) : []);
  }

  async function isRemoved({ scope, id }: Pick<InboxMessage, "scope" | "id">): Promise<boolean> {
    const floor = (await selectInboxFloors(database, scope)).get(scope) ?? "";
    return id < floor || (await selectInboxRemovals(database, scope, [id])).has(id);
  }

  async function find(scope: number | undefined, id: string): Promise<InboxMessage | undefined> {
    const history = await readHistory(services, id, scope);
    const sent = history.find(({ type }) => type === "SEND");
    const message = sent && messageOfRow(sent, objects);
    if (!message || (await resetScopes(scope)).has(message.scope)) return undefined;
    return (await isRemoved(message)) ? undefined : message;
  }

  async function findAll(scope: number | undefined, ids: readonly string[]): Promise<InboxMessage[]> {
    const wanted = new Set(ids);
    if (wanted.size <= mostFoundSingly) {
      const found = await Promise.all([...wanted].map((id) => find(scope, id)));
      return found.filter((message) => message !== undefined);
    }
    const times = ids.map((id) => sentAtOf(id).getTime()).filter((time) => !Number.isNaN(time));
    const since = new Date(times.reduce((first, time) => Math.min(first, time), clock().getTime()));
    const found: InboxMessage[] = [];
    for await (const messages of scan(scope, { order: "newest", since })) {
      found.push(...messages.filter(({ id }) => wanted.has(id)));
      if (found.length === wanted.size) break;
    }
    return found;
  }

  async function remove(scope: number | undefined, ids: readonly string[] | "all"): Promise<number> {
    if (ids === "all") {
      const byScope = new Map<number, string[]>();
      for await (const messages of scan(scope, { order: "newest" })) collect(messages, byScope);
      const floor = firstMessageIdAt(clock().getTime() - settledMs);
      for (const [scope, removed] of byScope) await raiseInboxFloor(database, { scope, floor, removed });
      removals.tell({ scope, ids });
      return countOf(byScope);
    }
    const byScope = new Map<number, string[]>();
    collect(await findAll(scope, ids), byScope);
    for (const [scope, removed] of byScope) {
      await insertInboxRemovals(inScope(database, scope), removed);
      removals.tell({ scope, ids: removed });
    }
    return countOf(byScope);
  }

  /** Takes out one by one what was taken out by a floor that is in the future. */
  async function clockSetBack(): Promise<void> {
    const now = firstMessageIdAt(clock().getTime());
    for (const [scope, floor] of await selectInboxFloors(database, undefined)) {
      if (floor <= now) continue;
      const removed: string[] = [];
      for await (const sent of scanSent(services, { scope, order: "newest", from: now })) {
        removed.push(...sent.map(({ id }) => id).filter((id) => id < floor));
      }
      await lowerInboxFloor(database, { scope, floor: now, removed });
    }
  }

  return {
    ...{ scan, list, find, findAll, remove, clockSetBack },
    ...watch,
    watchRemovals: removals.watch,
    scopeReplaced(retired, scope) {
      watch.scopeReplaced(retired, scope);
      removals.tell({ scope, ids: "all", retired });
    },
  };
}

function collect(messages: readonly InboxMessage[], byScope: Map<number, string[]>): void {
  for (const { scope, id } of messages) {
    const ids = byScope.get(scope);
    if (ids) ids.push(id);
    else byScope.set(scope, [id]);
  }
}

function countOf(byScope: ReadonlyMap<number, readonly string[]>): number {
  return byScope.values().reduce((sum, ids) => sum + ids.length, 0);
}

function latest(...ids: (string | undefined)[]): string | undefined {
  return ids
    .filter((id) => id !== undefined)
    .sort()
    .at(-1);
}
