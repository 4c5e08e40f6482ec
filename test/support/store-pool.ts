/**
 * Stores that a test worker opens once and lends to one test file after another: opening one takes up to half a second
 * of CPU, emptying one takes 20 ms. What a file does not give back by its end is a leak and fails the file.
 */

/** A store that can be lent again. */
export interface PooledStore<Store> {
  readonly store: Store;
  /** Removes all that was stored. Resolves to false where the store is not as a new one would be: it is discarded. */
  empty(): Promise<boolean>;
  /** Closes it for good. */
  discard(): Promise<void>;
}

/** A store that is on loan. */
export interface Loan<Store> {
  readonly store: Store;
  /** Whether it was given back. */
  readonly ended: boolean;
  /** Runs a call on the store. Rejects once the loan has ended: the store may be somebody else's by then. */
  call<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Waits for the calls under way, empties the store and puts it back. */
  end(): Promise<void>;
}

/** Lends stores. */
export interface StorePool<Store> {
  lend(): Promise<Loan<Store>>;
  /** The stack of each loan that has not ended: where it began. They are not reported again. */
  takeLeaks(): string[];
}

const pools: StorePool<unknown>[] = [];

/** A pool of the stores that `open` makes, empty ones. `what` names them to people. */
export function createStorePool<Store>(what: string, open: () => Promise<PooledStore<Store>>): StorePool<Store> {
  const idle: PooledStore<Store>[] = [];
  const lent = new Map<Loan<Store>, string>();
  const pool: StorePool<Store> = {
    async lend() {
      const { stack = "" } = new Error(`${what} was not closed; it was opened`);
      const pooled = idle.pop() ?? (await open());
      const loan = beginLoan(what, pooled, async () => {
        lent.delete(loan);
        if (await pooled.empty().catch(() => false)) idle.push(pooled);
        else await pooled.discard();
      });
      lent.set(loan, stack);
      return loan;
    },
    takeLeaks() {
      const leaks = [...lent.values()];
      lent.clear();
      return leaks;
    },
  };
  pools.push(pool);
  return pool;
}

/** Where the stores were opened that the file has not closed. They are lost to the pools, and not reported again. */
export function takeLeakedStores(): string[] {
  return pools.flatMap((pool) => pool.takeLeaks());
}

function beginLoan<Store>(what: string, { store }: PooledStore<Store>, giveBack: () => Promise<void>): Loan<Store> {
  const calls = new Set<Promise<unknown>>();
  let ending: Promise<void> | undefined;
  return {
    store,
    get ended() {
      return ending !== undefined;
    },
    async call(work) {
      if (ending) throw new Error(`${what} is closed`);
      const running = work();
      calls.add(running);
      try {
        return await running;
      } finally {
        calls.delete(running);
      }
    },
    end() {
      ending ??= Promise.allSettled(calls).then(giveBack);
      return ending;
    },
  };
}
