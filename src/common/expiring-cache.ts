/** A read-through cache whose values are never older than a set time. */

import { BoundedMap } from "./bounded-map.ts";

export interface ExpiringCacheOptions<Value> {
  /** Loads a value. Undefined (no such thing) is cached like any other value. */
  load: (key: string) => Promise<Value>;
  /** How long a value is used, in milliseconds from the start of its load. */
  lifetime: number;
  /** The maximum number of values; those loaded longest ago are evicted first. */
  capacity: number;
  clock: () => Date;
}

export interface ExpiringCache<Value> {
  /** The value, loaded at most `lifetime` ago. Rejects if the load fails; failures are not cached. */
  get(key: string): Promise<Value>;
  /** Forgets everything: a later `get` loads again, even while an earlier load is in progress. */
  clear(): void;
}

/** Creates a cache. Concurrent calls for one key share a load. */
export function createExpiringCache<Value>(options: ExpiringCacheOptions<Value>): ExpiringCache<Value> {
  const entries = new BoundedMap<string, { value: Promise<Value>; readAt: number }>({
    capacity: options.capacity,
    evicts: "oldest",
  });

  return {
    get(key) {
      const now = options.clock().getTime();
      const found = entries.get(key);
      const age = found && now - found.readAt;
      // A negative age means that the clock was set back, so the real age is unknown.
      if (found && age !== undefined && age >= 0 && age < options.lifetime) return found.value;

      const value = options.load(key);
      const entry = { value, readAt: now };
      entries.set(key, entry);
      // The caller receives the failure through `value`; here it only has to be removed.
      value.catch(() => {
        if (entries.get(key) === entry) entries.delete(key);
      });
      return value;
    },
    clear: () => entries.clear(),
  };
}
