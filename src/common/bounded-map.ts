/** A map that forgets, so that memory has a bound. */

/** What bounds a map. */
export interface BoundedMapOptions<Key, Value> {
  /** The most entries it holds. */
  readonly capacity: number;
  /**
   * Which entry goes first: the one that was set longest ago, or the one that was neither set nor got for the longest time.
   */
  readonly evicts: "oldest" | "least-recently-used";
  /** Until when a value holds, in milliseconds of the clock; left out: until it is evicted. */
  readonly expiry?: { readonly clock: () => Date; expiresAt(value: Value): number };
  /** Told of an entry that had to go for a new one. */
  readonly evicted?: (key: Key, value: Value) => void;
}

/** Entries in the order in which they go. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #options: BoundedMapOptions<Key, Value>;

  constructor(options: BoundedMapOptions<Key, Value>) {
    this.#options = options;
  }

  /** How many entries there are; those that have expired count until somebody asks for them or they are evicted. */
  get size(): number {
    return this.#entries.size;
  }

  /** Undefined where there is none, or it has expired. */
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

  /** Adds or replaces an entry, which is the newest then. */
  set(key: Key, value: Value): void {
    this.#toEnd(key, value);
    for (const [oldest, other] of this.#entries) {
      if (this.#entries.size <= this.#options.capacity) break;
      this.#entries.delete(oldest);
      this.#options.evicted?.(oldest, other);
    }
  }

  /** Whether there was one. */
  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** The entries, the next one to go first; expired ones too. */
  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.#entries.entries();
  }

  #toEnd(key: Key, value: Value): void {
    // A map keeps the place of a key that is set again.
    this.#entries.delete(key);
    this.#entries.set(key, value);
  }
}
