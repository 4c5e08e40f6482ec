/** The pause of a background loop, which others can end when there is work. */

export interface WakeablePause {
  /** Ends the pause; if there is none at the moment, the next one does not begin. */
  wake(): void;
  /** Whether `wake` was called since the last call of `take`. */
  take(): boolean;
  /** Waits until the time has passed or `wake` is called; returns immediately if it was called since `take`. */
  pause(ms: number): Promise<void>;
}

/** A loop is woken at first: there may be work from before. */
export function createWakeablePause(): WakeablePause {
  let woken = true;
  let rouse: () => void = () => {};

  return {
    wake() {
      woken = true;
      rouse();
    },
    take() {
      const before = woken;
      woken = false;
      return before;
    },
    async pause(ms) {
      if (woken) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        rouse = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      rouse = () => {};
    },
  };
}
