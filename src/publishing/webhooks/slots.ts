/** Bounds how much is done at a time, by key. */

export interface Slots {
  /** Resolves once there is a free slot, in the order of calls. */
  take(): Promise<void> | undefined;
  give(): void;
}

/** Returns the slots of a key, `most` of them. A key without slots in use takes no memory. */
export function createSlots(most: number): (key: string) => Slots {
  const keys = new Map<string, { taken: number; readonly waiting: (() => void)[] }>();

  return (key) => ({
    take() {
      const state = keys.get(key) ?? { taken: 0, waiting: [] };
      keys.set(key, state);
      if (state.taken < most) {
        state.taken++;
        return undefined;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      state.waiting.push(resolve);
      return promise;
    },
    give() {
      const state = keys.get(key);
      if (!state) return;
      // The slot goes to who waits for it, and stays taken.
      const next = state.waiting.shift();
      if (next) next();
      else if (--state.taken === 0) keys.delete(key);
    },
  });
}
