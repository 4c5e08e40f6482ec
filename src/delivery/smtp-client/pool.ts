/**
 * Connections that are kept for the next message. Each belongs to a key: the server and what is demanded of its TLS. One
 * is either busy (leased, or being opened) or idle; both count against the bounds, of all and of one key. Who finds
 * neither an idle one nor room waits; the first in the line that can be served is served first. Where all room is taken, the idle
 * connection that has waited longest makes way for another key.
 *
 * A server that refuses one more connection while it holds others (421) gets no more than it holds, for a minute: the
 * mail waits for one of those instead of failing.
 */
import type { Failure } from "../transport.ts";
import type { Connection, Opened } from "./connection.ts";
import { isOverloaded } from "./failure.ts";

/** The bounds. */
export interface PoolOptions {
  /** Connections of all keys together. */
  readonly connections: number;
  /** Connections of one key. */
  readonly connectionsPerKey: number;
  /** How long one is kept idle, in milliseconds. */
  readonly idleMillis: number;
  /** After so many messages it is closed. */
  readonly messages: number;
  readonly clock: () => Date;
  /** Ends the connections that are busy or being opened, at once. */
  readonly abort: () => void;
}

/** A connection for one message. */
export interface Lease {
  readonly connection: Connection;
  /** Whether it has carried messages before, so that the server may have closed it meanwhile. */
  readonly reused: boolean;
  /** Gives it back, to be called once. */
  release(): void;
}

/** A lease, or why the server could not be connected to. */
export type Leased =
  | { readonly lease: Lease; readonly failure?: undefined }
  | { readonly failure: Failure; readonly lease?: undefined };

/** The pool. */
export interface Pool {
  /** A connection of that key: an idle one, or what `open` makes once there is room. */
  lease(key: string, open: () => Promise<Opened>): Promise<Leased>;
  /**
   * Ends the idle ones, and each other when it is given back, or after that time. Who waits or comes gets none any more.
   * Resolves when all have been given back.
   */
  close(graceMillis: number): Promise<void>;
}

interface Pooled {
  readonly connection: Connection;
  readonly group: Group;
  messages: number;
  idleTimer: NodeJS.Timeout | undefined;
}

interface Group {
  readonly key: string;
  /** Busy, idle and being opened. */
  open: number;
  /** Busy and idle. */
  established: number;
  /** The one used last at the end. */
  readonly idle: Pooled[];
  /** How many it may have until that time. */
  limit: { connections: number; until: number } | undefined;
}

/** A connection, the right to open one, or neither ever. */
type Turn = Pooled | "open" | "closed";

interface Waiting {
  readonly key: string;
  readonly resolve: (turn: Turn) => void;
}

const limitMillis = 60_000;

/** System not accepting messages (RFC 3463, 3.4): this one. */
const stopping: Failure = {
  stage: "connect",
  permanent: false,
  reply: undefined,
  message: "Delivery stops.",
  status: "4.3.2",
  host: undefined,
  affectsDomain: false,
};

/** Makes an empty one. */
export function createPool(options: PoolOptions): Pool {
  const groups = new Map<string, Group>();
  /** In the order in which they became idle. */
  const idle = new Set<Pooled>();
  const waiting: Waiting[] = [];
  let open = 0;
  let closing: (() => void) | undefined;

  /** Known while it has connections; a new one is known once it has its first. */
  function groupOf(key: string): Group {
    return groups.get(key) ?? { key, open: 0, established: 0, idle: [], limit: undefined };
  }

  function limitOf({ limit }: Group): number {
    if (limit === undefined || limit.until <= options.clock().getTime()) return options.connectionsPerKey;
    return Math.min(limit.connections, options.connectionsPerKey);
  }

  function takeFromIdle(pooled: Pooled): void {
    idle.delete(pooled);
    clearTimeout(pooled.idleTimer);
    pooled.group.idle.splice(pooled.group.idle.indexOf(pooled), 1);
  }

  /** A connection or the right to open one, counted already; undefined where there is neither. */
  function turn(group: Group): Pooled | "open" | undefined {
    const ready = group.idle.at(-1);
    if (ready !== undefined) {
      takeFromIdle(ready);
      return ready;
    }
    if (group.open >= limitOf(group)) return undefined;
    if (open >= options.connections) {
      const [oldest] = idle;
      if (oldest === undefined) return undefined;
      takeFromIdle(oldest);
      uncount(oldest.group, "established");
      oldest.connection.quit();
    }
    open += 1;
    group.open += 1;
    groups.set(group.key, group);
    return "open";
  }

  function serveWaiting(): void {
    for (let index = 0; index < waiting.length; ) {
      const next = waiting[index];
      const given = next && turn(groupOf(next.key));
      if (next === undefined || given === undefined) {
        index += 1;
      } else {
        waiting.splice(index, 1);
        next.resolve(given);
      }
    }
  }

  function inLine(key: string): Promise<Turn> {
    return new Promise((resolve) => waiting.push({ key, resolve }));
  }

  function uncount(group: Group, was: "established" | "opening"): void {
    open -= 1;
    group.open -= 1;
    if (was === "established") group.established -= 1;
    if (group.open === 0) groups.delete(group.key);
  }

  function ended(group: Group, was: "established" | "opening"): void {
    uncount(group, was);
    serveWaiting();
    if (open === 0) closing?.();
  }

  function add(connection: Connection, group: Group): Pooled {
    group.established += 1;
    const pooled: Pooled = { connection, group, messages: 0, idleTimer: undefined };
    connection.onLost(() => {
      if (!idle.has(pooled)) return;
      takeFromIdle(pooled);
      ended(group, "established");
    });
    return pooled;
  }

  function giveBack(pooled: Pooled): void {
    const { connection, group } = pooled;
    pooled.messages += 1;
    const worn = closing !== undefined || pooled.messages >= options.messages;
    if (worn) connection.quit();
    if (worn || !connection.usable) {
      ended(group, "established");
      return;
    }
    group.idle.push(pooled);
    idle.add(pooled);
    serveWaiting();
    if (idle.has(pooled)) pooled.idleTimer = setTimeout(() => connection.quit(), options.idleMillis);
  }

  /** Whether to wait for the connections that the server holds already. */
  function lowered(group: Group, failure: Failure): boolean {
    if (failure.reply === undefined || !isOverloaded(failure.reply) || group.established === 0) return false;
    group.limit = { connections: group.established, until: options.clock().getTime() + limitMillis };
    return true;
  }

  return {
    async lease(key, openOne) {
      for (;;) {
        const given = closing !== undefined ? "closed" : (turn(groupOf(key)) ?? (await inLine(key)));
        if (given === "closed") return { failure: stopping };
        if (given !== "open") return { lease: leaseOf(given) };
        const group = groupOf(key);
        const opened = await openOne().catch((error: unknown) => {
          ended(group, "opening");
          throw error;
        });
        if (opened.failure === undefined) return { lease: leaseOf(add(opened.connection, group)) };
        const wait = lowered(group, opened.failure);
        ended(group, "opening");
        if (!wait) return { failure: opened.failure };
      }
    },
    async close(graceMillis) {
      const { promise, resolve } = Promise.withResolvers<void>();
      closing = resolve;
      for (const { resolve } of waiting.splice(0)) resolve("closed");
      for (const { connection } of [...idle]) connection.quit();
      if (open === 0) resolve();
      const timer = setTimeout(() => options.abort(), graceMillis);
      await promise;
      clearTimeout(timer);
    },
  };

  function leaseOf(pooled: Pooled): Lease {
    return {
      connection: pooled.connection,
      reused: pooled.messages > 0,
      release: () => giveBack(pooled),
    };
  }
}
