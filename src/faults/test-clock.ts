/** The server's clock, as test suites set it. It is one for the whole process, and returned by the scope that set it. */
import type { TestClockState } from "../admin-api/faults.ts";
import { parseInstant } from "../common/instant.ts";
import type { SettableClock } from "../common/settable-clock.ts";
import { FaultError } from "./fault-error.ts";
import { Members, shown } from "./members.ts";

export interface TestClock {
  state(): TestClockState;
  /** Changes the clock as a request's body says, for a suite in the scope. Throws a `FaultError` for an impossible change. */
  change(scope: number, body: unknown): TestClockState;
  /** Returns it to the machine's time. */
  reset(): TestClockState;
  /** The same as part of a scope's reset, if that scope was the last to change the clock. */
  release(scope: number): void;
}

/** How far the clock may go, in years of 365.25 days. Signatures, certificates and IDs allow for more. */
const mostYears = 20;
const mostMs = mostYears * 365.25 * 24 * 3_600_000;

/** `realClock` is the machine's. */
export function createTestClock(clock: SettableClock, realClock: () => Date): TestClock {
  let owner: number | undefined;

  const state = (): TestClockState => ({
    now: clock.now().toISOString(),
    realNow: realClock().toISOString(),
    aheadMs: clock.aheadMs(),
    frozen: clock.isFrozen(),
  });

  return {
    state,
    change(scope, body) {
      // Read once: an advance by 25 hours is 25 hours, not a millisecond less.
      const at = realClock();
      const { now, frozen } = readChange(body, clock, at);
      const aheadMs = now.getTime() - at.getTime();
      if (Math.abs(aheadMs) > mostMs) {
        throw new FaultError(
          `The clock may be at most ${mostYears} years ahead of or behind the machine's, ${at.toISOString()}.`,
        );
      }
      clock.set(now, { frozen, at });
      owner = scope;
      return state();
    },
    reset() {
      owner = undefined;
      clock.reset();
      return state();
    },
    release(scope) {
      if (scope !== owner) return;
      owner = undefined;
      clock.reset();
    },
  };
}

function readChange(body: unknown, clock: SettableClock, at: Date): { now: Date; frozen: boolean } {
  const members = new Members(body, "a change of the clock");
  const instant = members.text("now", 40);
  const distance = members.take("advance");
  const frozen = members.take("frozen");
  members.end();
  if (instant === undefined && distance === undefined && frozen === undefined) {
    throw new FaultError('A change of the clock must have now, advance or frozen, such as {"advance": "25h"}.');
  }
  if (instant !== undefined && distance !== undefined) {
    throw new FaultError("A change of the clock can't have both now and advance.");
  }
  if (frozen !== undefined && typeof frozen !== "boolean") throw new FaultError("frozen must be true or false.");
  const before = clock.isFrozen() ? clock.now() : new Date(at.getTime() + clock.aheadMs());
  const now =
    instant !== undefined
      ? readInstant(instant)
      : distance !== undefined
        ? new Date(before.getTime() + readDistance(distance))
        : before;
  return { now, frozen: frozen ?? clock.isFrozen() };
}

function readInstant(text: string): Date {
  const instant = parseInstant(text);
  if (instant) return instant;
  throw new FaultError("now must be an instant in ISO 8601 with an offset, such as 2026-11-24T00:00:00Z.");
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const longestDistance = 60;
const distanceForm = /^([+-]?)((?:\d{1,15}(?:ms|[smhd]))+)$/;

/** In milliseconds; a sum that is too long for a number is also too long for the clock. */
function readDistance(value: unknown): number {
  const text = typeof value === "string" && value.length <= longestDistance ? value : "";
  const [, sign, parts] = distanceForm.exec(text) ?? [];
  if (parts === undefined) {
    throw new FaultError(
      `advance can't be ${shown(value)}: it must be a text of numbers with units (d, h, m, s, ms), such as "25h", "1d12h" or "-90m".`,
    );
  }
  let sum = 0;
  for (const [, digits, unit] of parts.matchAll(/(\d+)(ms|[smhd])/g)) {
    sum += Number(digits) * (isUnit(unit) ? unitMs[unit] : 0);
  }
  if (sum > 2 * mostMs) throw new FaultError(`advance may be at most ${2 * mostYears} years.`);
  return sign === "-" ? -sum : sum;
}

function isUnit(text: string | undefined): text is keyof typeof unitMs {
  return text !== undefined && Object.hasOwn(unitMs, text);
}
