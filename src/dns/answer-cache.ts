/**
 * Keeps answers as long as their TTLs allow, the ones used last first out of reach of the bound. Who asks while the same
 * question is under way gets the same answer.
 */
import { BoundedMap } from "../common/bounded-map.ts";

/** A value, and for how long it holds. */
export interface Lasting<Value> {
  readonly value: Value;
  /** In seconds; 0: it is not kept. */
  readonly ttl: number;
}

/** The cache. */
export interface AnswerCache<Value> {
  /** What is known by that key, or else what `find` finds. A failure is not kept. */
  get(key: string, find: () => Promise<Lasting<Value>>): Promise<Value>;
}

/** Makes an empty one that holds `size` values at the most. */
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
