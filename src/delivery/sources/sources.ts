/**
 * Chooses the addresses that a message may leave from: those of the pool that its configuration set names, or of the
 * default pool. Mail is spread evenly over them, and each message keeps its address when it is tried again, since some
 * receivers defer the first mail from an address (greylisting). The choice needs no query: the registered addresses are kept in memory, and the worker
 * reads them again about once a second.
 */
import { isIPv6 } from "node:net";
import { defaultPool, sharedPool } from "../../dedicated-ips/pool-names.ts";
import { dailyCap, utcDay, warmupPercentage } from "../../dedicated-ips/warmup-plan.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { selectSetsWithPools } from "../../stores/postgres/dedicated-ip-pools.ts";
import { type DedicatedIp, grantWarmup, registeredAddresses } from "../../stores/postgres/dedicated-ips.ts";
import type { QueuedMail } from "../../stores/postgres/send-queue.ts";
import type { Source, Taken } from "./source.ts";
import { type Allowance, createAllowance } from "./warmup-allowance.ts";

/** What decides about the address. */
type Sender = Pick<QueuedMail, "id" | "scope" | "configurationSet">;

export interface Sources {
  /** Reads the registered addresses again, if that is due. */
  refresh(): Promise<void>;
  /** The addresses for a message, in the order to try them; undefined for the server's own address. */
  of(mail: Sender): readonly Source[] | undefined;
  /**
   * What mail shares the state of a destination with: its account and configuration set, if the account has addresses.
   * Undefined for all other mail. Has the form `<scope> <configuration set>`.
   */
  laneOf(mail: Omit<Sender, "id">): string | undefined;
}

export interface SourceServices {
  database: Queryable;
  /** The time whose days warm-up counts. */
  clock: () => Date;
  log: { warn(details: object, message: string): void };
}

const lifetimeMs = 1_000;
/** How often an address that this machine lacks is logged at most, in milliseconds. */
const logEveryMs = 60_000;

/** The addresses of a scope: by pool, and the pools that its configuration sets name. */
interface ScopeSources {
  readonly pools: ReadonlyMap<string, readonly Source[]>;
  readonly poolOfSet: ReadonlyMap<string, string>;
}

/** Multiples of the golden ratio spread numbers evenly, also if a pool has only every second one of them. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;

/** For counts that need not be undone. */
const uncounted: Taken = { giveBack() {} };

/** Begins without addresses: `refresh` must be called before the first mail is claimed. */
export function createSources({ database, clock, log }: SourceServices): Sources {
  let scopes: ReadonlyMap<number, ScopeSources> = new Map();
  let dueAt = 0;
  /** Of all addresses that were registered since the start, so that a move into another pool keeps what is counted. */
  const allowances = new Map<string, Allowance>();
  const loggedAt = new Map<string, number>();

  function sourceOf({ address, ehloName, warmupPercentage: percentage, warmupSince: since }: DedicatedIp): Source {
    let allowance = allowances.get(address);
    if (!allowance) {
      allowance = createAllowance(address, (wanted) => grantWarmup(database, wanted));
      allowances.set(address, allowance);
    }
    const { take } = allowance;
    return {
      address,
      family: isIPv6(address) ? 6 : 4,
      ehloName,
      take() {
        if (percentage >= 100) return uncounted;
        const day = utcDay(clock());
        const cap = dailyCap(warmupPercentage({ percentage, since }, day));
        return cap === undefined ? uncounted : take(day, cap);
      },
      unavailable(reason) {
        const now = performance.now();
        if (now - (loggedAt.get(address) ?? -logEveryMs) < logEveryMs) return;
        loggedAt.set(address, now);
        log.warn({ address, reason }, "mail can't leave from a dedicated IP address: this machine does not have it");
      },
    };
  }

  async function load(): Promise<ReadonlyMap<number, ScopeSources>> {
    const addresses = await registeredAddresses(database);
    if (addresses.length === 0) return new Map();
    const sets = await selectSetsWithPools(database);
    const byScope = Map.groupBy(addresses, ({ scope }) => scope);
    const setsOf = Map.groupBy(sets, ({ scope }) => scope);
    const read = [...byScope].map(([scope, own]): [number, ScopeSources] => {
      const pools = [...Map.groupBy(own, ({ pool }) => pool ?? defaultPool)];
      const poolOfSet = new Map((setsOf.get(scope) ?? []).map(({ name, pool }) => [name, pool]));
      return [scope, { pools: new Map(pools.map(([name, ips]) => [name, ips.map(sourceOf)])), poolOfSet }];
    });
    return new Map(read);
  }

  return {
    async refresh() {
      if (performance.now() < dueAt) return;
      scopes = await load();
      dueAt = performance.now() + lifetimeMs;
    },
    of({ id, scope, configurationSet }) {
      const own = scopes.get(scope);
      if (!own) return undefined;
      const named = configurationSet === undefined ? undefined : own.poolOfSet.get(configurationSet);
      if (named === sharedPool) return undefined;
      // A pool without addresses leaves its mail to the default pool.
      const sources = (named === undefined ? undefined : own.pools.get(named)) ?? own.pools.get(defaultPool);
      if (!sources) return undefined;
      const first = Math.floor(((id * goldenRatio) % 1) * sources.length);
      return [...sources.slice(first), ...sources.slice(0, first)];
    },
    laneOf: ({ scope, configurationSet }) => (scopes.has(scope) ? `${scope} ${configurationSet ?? ""}` : undefined),
  };
}
