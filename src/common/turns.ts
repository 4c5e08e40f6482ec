/** Bounds how much work runs at once. */

export interface Turns {
  /**
   * Runs the work when its turn comes. Aborting `signal` until then removes it from the queue and rejects with the
   * signal's reason. Rejects with the error of `tooMany` if too much work is queued.
   */
  run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

export interface TurnsOptions {
  readonly atOnce: number;
  readonly mostWaiting: number;
  readonly tooMany: () => Error;
}

export function createTurns({ atOnce, mostWaiting, tooMany }: TurnsOptions): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;

  return {
    async run(work, signal) {
      await turn(signal);
      try {
        return await work();
      } finally {
        running--;
        waiting.shift()?.();
      }
    },
  };

  /** Resolves once the work may start, and counts it as running. */
  async function turn(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (running < atOnce) {
      running++;
      return;
    }
    if (waiting.length >= mostWaiting) throw tooMany();
    await new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal?.removeEventListener("abort", leave);
        running++;
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      waiting.push(begin);
    });
  }
}
