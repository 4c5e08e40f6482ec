/** A map with an eviction policy, so that its memory is bounded. */

export interface BoundedMapOptions<Key, Value> {
  /** The maximum number of entries. */
  readonly capacity: number;
  /** Which entry is evicted first: the one set longest ago, or the one neither set nor read for the longest time. */
  readonly evicts: "oldest" | "least-recently-used";
  /** When a value expires, in milliseconds of the clock. If left out, values stay until they are evicted. */
  readonly expiry?: { readonly clock: () => Date; expiresAt(value: Value): number };
  /** Called for each entry that is evicted to make room. */
  readonly evicted?: (key: Key, value: Value) => void;
}

/** Entries in eviction order. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #options: BoundedMapOptions<Key, Value>;

  constructor(options: BoundedMapOptions<Key, Value>) {
    this.#options = options;
  }

  /** The number of entries, including expired ones that have not been read or evicted since. */
  get size(): number {
    return this.#entries.size;
  }

  /** Undefined if there is no entry or it has expired. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    const { evicts, expiry } = this.#options;
    if (expiry && expiry.expiresAt(value) <= expiry.clock().getTime()) {
      this.#entries.delete(key);
      return undefined;
    }
    if (evicts === "least-recently-used") this.#toEnd(key, value);
    return value;
  }

  /** Adds or replaces an entry, which becomes the newest. */
  set(key: Key, value: Value): void {
    this.#toEnd(key, value);
    for (const [oldest, other] of this.#entries) {
      if (this.#entries.size <= this.#options.capacity) break;
      this.#entries.delete(oldest);
      this.#options.evicted?.(oldest, other);
    }
  }

  /** Returns whether the entry existed. */
  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** The entries in eviction order, including expired ones. */
  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.#entries.entries();
  }

  #toEnd(key: Key, value: Value): void {
    // A map keeps a key's position when the key is set again.
    this.#entries.delete(key);
    this.#entries.set(key, value);
  }
}
