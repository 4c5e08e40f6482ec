/**
 * Caches answers for their TTLs and evicts the least recently used one when full. Concurrent requests for the same key
 * share one query.
 */

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
  const kept = new Map<string, { value: Value; until: number }>();
  const underWay = new Map<string, Promise<Value>>();

  function keep(key: string, { value, ttl }: Lasting<Value>): Value {
    if (ttl > 0) {
      kept.delete(key);
      kept.set(key, { value, until: clock().getTime() + ttl * 1000 });
      if (kept.size > size) {
        const [oldest] = kept.keys();
        if (oldest !== undefined) kept.delete(oldest);
      }
    }
    return value;
  }

  return {
    get(key, find) {
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        if (known.until > clock().getTime()) {
          kept.set(key, known);
          return Promise.resolve(known.value);
        }
      }
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
