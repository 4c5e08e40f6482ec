/**
 * Caches answers for their TTLs and evicts the least recently used one when full. Concurrent requests for the same key
 * share one query.
 */
import { BoundedMap } from "../common/bounded-map.ts";

/** A value and its lifetime. */
export interface Lasting<Value> {
  readonly value: Value;
  /** In seconds; 0 means don't cache. */
  readonly ttl: number;
}

export interface AnswerCache<Value> {
  /** The cached value for the key, or else the result of `find`. Failures are not cached. */
  get(key: string, find: () => Promise<Lasting<Value>>): Promise<Value>;
}

/** Creates an empty cache for at most `size` values. */
export function createAnswerCache<Value>({ size, clock }: { size: number; clock: () => Date }): AnswerCache<Value> {
  const kept = new BoundedMap<string, { value: Value; until: number }>({
    capacity: size,
    evicts: "least-recently-used",
    expiry: { clock, expiresAt: ({ until }) => until },
  });
  const underWay = new Map<string, Promise<Value>>();

  function keep(key: string, { value, ttl }: Lasting<Value>): Value {
    if (ttl > 0) kept.set(key, { value, until: clock().getTime() + ttl * 1000 });
    return value;
  }

  return {
    get(key, find) {
      const known = kept.get(key);
      if (known !== undefined) return Promise.resolve(known.value);
      const asked = underWay.get(key);
      if (asked !== undefined) return asked;
      const asking = find()
        .then((found) => keep(key, found))
        .finally(() => underWay.delete(key));
      underWay.set(key, asking);
      return asking;
    },
  };
}
