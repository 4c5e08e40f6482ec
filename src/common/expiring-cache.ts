/** A read-through cache whose values are never older than a set time. */

import { BoundedMap } from "./bounded-map.ts";

/** What a cache needs. */
export interface ExpiringCacheOptions<Value> {
  /** Reads a value; undefined (there is no such thing) is kept like any other. */
  load: (key: string) => Promise<Value>;
  /** For how long a value is used, in milliseconds from when its reading began. */
  lifetime: number;
  /** How many values are kept; the ones read longest ago go first. */
  capacity: number;
  clock: () => Date;
}

/** A read-through cache. */
export interface ExpiringCache<Value> {
  /** The value as it was read at most `lifetime` ago. Rejects when reading fails, and then keeps nothing. */
  get(key: string): Promise<Value>;
  /** Forgets everything: a `get` after this reads anew, even where a reading is under way. */
  clear(): void;
}

/** Makes a cache. Calls for one key share a reading. */
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
      // Below zero where the clock was set back: then its age isn't known.
      if (found && age !== undefined && age >= 0 && age < options.lifetime) return found.value;

      const value = options.load(key);
      const entry = { value, readAt: now };
      entries.set(key, entry);
      // The caller gets the failure by `value`; here it only has to be forgotten.
      value.catch(() => {
        if (entries.get(key) === entry) entries.delete(key);
      });
      return value;
    },
    clear: () => entries.clear(),
  };
}
