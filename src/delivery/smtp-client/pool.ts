/**
 * A connection pool. Each connection belongs to a key: the server and its TLS requirements. A connection is either busy
 * (leased or being opened) or idle. Both count against the total limit and the limit per key. A caller that gets
 * neither an idle connection nor permission to open one waits; the first waiting caller that can be served is served
 * first. If the total limit is reached, the connection that has been idle longest is closed in favor of another key.
 *
 * If a server refuses a connection (421) while others to it are open, their number is its limit for a minute: mail
 * waits for one of them instead of failing.
 */
import type { Failure } from "../transport.ts";
import type { Connection, Opened } from "./connection.ts";
import { isOverloaded } from "./failure.ts";

export interface PoolOptions {
  /** Maximum connections of all keys together. */
  readonly connections: number;
  /** Maximum connections per key. */
  readonly connectionsPerKey: number;
  /** How long a connection is kept idle, in milliseconds. */
  readonly idleMillis: number;
  /** How many messages a connection carries before it is closed. */
  readonly messages: number;
  /** Immediately ends the connections that are busy or being opened. */
  readonly abort: () => void;
}

/** A connection for one message. */
export interface Lease {
  readonly connection: Connection;
  /** Whether the connection has carried messages before. The server may have closed it in the meantime. */
  readonly reused: boolean;
  /** Returns the connection to the pool. Must be called once. */
  release(): void;
}

/** A lease, or why the connection failed. */
export type Leased =
  | { readonly lease: Lease; readonly failure?: undefined }
  | { readonly failure: Failure; readonly lease?: undefined };

export interface Pool {
  /** Leases an idle connection of that key, or calls `open` once the limits allow another one. */
  lease(key: string, open: () => Promise<Opened>): Promise<Leased>;
  /**
   * Closes idle connections immediately and busy ones when they are released, or after `graceMillis`. Waiting and later
   * callers get a failure. Resolves when all connections have been released.
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
  /** Ordered by last use, the most recent last. */
  readonly idle: Pooled[];
  /** A temporary limit; `until` is in milliseconds since the epoch. */
  limit: { connections: number; until: number } | undefined;
}

/** An idle connection, permission to open one, or neither because the pool is closed. */
type Turn = Pooled | "open" | "closed";

interface Waiting {
  readonly key: string;
  readonly resolve: (turn: Turn) => void;
}

const limitMillis = 60_000;

/** "System not accepting network messages" (RFC 3463, 3.4): here it is this system. */
const stopping: Failure = {
  stage: "connect",
  permanent: false,
  reply: undefined,
  message: "Delivery stops.",
  status: "4.3.2",
  host: undefined,
  affectsDomain: false,
};

export function createPool(options: PoolOptions): Pool {
  const groups = new Map<string, Group>();
  /** In the order in which the connections became idle. */
  const idle = new Set<Pooled>();
  const waiting: Waiting[] = [];
  let open = 0;
  let closing: (() => void) | undefined;

  /** A group is in `groups` while it has connections. A new group is added with its first one. */
  function groupOf(key: string): Group {
    return groups.get(key) ?? { key, open: 0, established: 0, idle: [], limit: undefined };
  }

  function limitOf({ limit }: Group): number {
    if (limit === undefined || limit.until <= performance.now()) return options.connectionsPerKey;
    return Math.min(limit.connections, options.connectionsPerKey);
  }

  function takeFromIdle(pooled: Pooled): void {
    idle.delete(pooled);
    clearTimeout(pooled.idleTimer);
    pooled.group.idle.splice(pooled.group.idle.indexOf(pooled), 1);
  }

  /** An idle connection or permission to open one (already counted), or undefined if the limits allow neither. */
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

  /** Lowers the group's limit after a 421. Returns whether to wait for one of the server's open connections. */
  function lowered(group: Group, failure: Failure): boolean {
    if (failure.reply === undefined || !isOverloaded(failure.reply) || group.established === 0) return false;
    group.limit = { connections: group.established, until: performance.now() + limitMillis };
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
