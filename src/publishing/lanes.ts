/** What is under way for each target, and which targets rest because every try fails. */

/** How many groups of batches of a target may be under way: while one is settled, the others are sent. */
const lanesPerTarget = 3;
/** The first and the longest rest of a target, in milliseconds. */
const firstRestMs = 500;
const longestRestMs = 60_000;
/** After so many failures in a row, a success is the end of an outage. */
const outageFailures = 3;

interface TargetLanes {
  underWay: number;
  /** Tries in a row in which everything failed. */
  failures: number;
  restsUntil: number;
}

export interface Lanes {
  /** The targets for which nothing may be claimed at `now` (monotonic, in milliseconds). */
  full(now: number): string[];
  enter(target: string): { leave(): void };
  /** Whether nothing is under way and no target fails. */
  areIdle(): boolean;
  /** Everything in a try failed. */
  failed(target: string, now: number): void;
  /** It does not exist any more: its failures are forgotten. */
  gone(target: string): void;
  /** Something was delivered. Returns whether that ends an outage. */
  succeeded(target: string): boolean;
  /** Ends the rests of all targets. */
  endRests(): void;
}

export function createLanes(): Lanes {
  const targets = new Map<string, TargetLanes>();

  return {
    full: (now) =>
      [...targets]
        .filter(([, { underWay, failures, restsUntil }]) => {
          // A target that fails gets one try at a time.
          return restsUntil > now || underWay >= (failures > 0 ? 1 : lanesPerTarget);
        })
        .map(([target]) => target),
    enter(target) {
      const lanes = of(target);
      lanes.underWay++;
      return {
        leave() {
          lanes.underWay--;
          if (lanes.underWay === 0 && lanes.failures === 0) targets.delete(target);
        },
      };
    },
    areIdle: () => targets.size === 0,
    failed(target, now) {
      const lanes = of(target);
      lanes.failures++;
      lanes.restsUntil = now + Math.min(longestRestMs, firstRestMs * 2 ** Math.min(lanes.failures - 1, 20));
    },
    gone(target) {
      const lanes = of(target);
      lanes.failures = 0;
      lanes.restsUntil = 0;
    },
    succeeded(target) {
      const lanes = of(target);
      const ended = lanes.failures >= outageFailures;
      lanes.failures = 0;
      lanes.restsUntil = 0;
      return ended;
    },
    endRests() {
      for (const lanes of targets.values()) lanes.restsUntil = 0;
    },
  };

  function of(target: string): TargetLanes {
    const known = targets.get(target);
    if (known) return known;
    const created = { underWay: 0, failures: 0, restsUntil: 0 };
    targets.set(target, created);
    return created;
  }
}
