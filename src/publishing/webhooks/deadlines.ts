/** Deadlines of calls that all may take equally long: one timer for all, so a deadline costs almost nothing. */

export interface Deadlines {
  /** Calls `expired` after the time, unless `done` is called before. */
  begin(expired: () => void): { done(): void };
}

/** @param millis the time of each call */
export function createDeadlines(millis: number): Deadlines {
  // A set keeps the order of insertion: the first call ends first.
  const open = new Set<{ at: number; expired: () => void }>();
  let timer: NodeJS.Timeout | undefined;

  function check(): void {
    timer = undefined;
    const now = performance.now();
    for (const call of open) {
      if (call.at > now) {
        timer = setTimeout(check, Math.ceil(call.at - now));
        return;
      }
      open.delete(call);
      call.expired();
    }
  }

  return {
    begin(expired) {
      const call = { at: performance.now() + millis, expired };
      open.add(call);
      timer ??= setTimeout(check, millis);
      return {
        done() {
          open.delete(call);
          if (open.size > 0) return;
          clearTimeout(timer);
          timer = undefined;
        },
      };
    },
  };
}
