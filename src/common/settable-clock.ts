/** A clock that can be set, moved and frozen, over another one. Roles that wait for a time are told when it moves. */

/** Tells when a clock was set or moved by more than time that passed. */
export interface ClockMoves {
  /** Calls `moved` after each change. */
  onMove(moved: () => void): void;
}

/** For clocks that nobody moves. */
export const noClockMoves: ClockMoves = { onMove() {} };

export interface SettableClock extends ClockMoves {
  now(): Date;
  /** How far it is ahead of the clock below, in milliseconds; negative if it is behind. */
  aheadMs(): number;
  isFrozen(): boolean;
  /** Lets it show `now` where the clock below shows `at`, or always if it is `frozen`. */
  set(now: Date, change: { frozen: boolean; at: Date }): void;
  /** Returns to the clock below. */
  reset(): void;
}

export function createSettableClock(below: () => Date): SettableClock {
  const listeners: (() => void)[] = [];
  let offsetMs = 0;
  let frozenAt: number | undefined;

  const now = () => new Date(frozenAt ?? below().getTime() + offsetMs);
  const moved = () => {
    for (const listener of listeners) listener();
  };

  return {
    now,
    aheadMs: () => (frozenAt === undefined ? offsetMs : frozenAt - below().getTime()),
    isFrozen: () => frozenAt !== undefined,
    set(instant, { frozen, at }) {
      offsetMs = instant.getTime() - at.getTime();
      frozenAt = frozen ? instant.getTime() : undefined;
      moved();
    },
    reset() {
      if (offsetMs === 0 && frozenAt === undefined) return;
      offsetMs = 0;
      frozenAt = undefined;
      moved();
    },
    onMove(listener) {
      listeners.push(listener);
    },
  };
}
