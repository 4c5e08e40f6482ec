/**
 * What one process may send from an address that warms up. It takes its allowance in portions that are counted in the
 * database first, so that all processes together stay within the cap of the day, whichever of them ends when. A process
 * that ends loses what is left of its portion.
 */
import type { WarmupGrant } from "../../stores/postgres/dedicated-ips.ts";
import type { Taken } from "./source.ts";

export interface Allowance {
  /** Counts one message of a day, such as `2026-12-01`; undefined if the cap of that day is reached. */
  take(day: string, cap: number): Taken | undefined | Promise<Taken | undefined>;
}

/** A hundredth of the cap, so that little is lost at a restart; at most 100 messages. */
function portionOf(cap: number): number {
  return Math.min(100, Math.max(1, Math.floor(cap / 100)));
}

/** `grant` counts messages in the database; false if they would exceed the cap. */
export function createAllowance(address: string, grant: (wanted: WarmupGrant) => Promise<boolean>): Allowance {
  let day = "";
  let cap = 0;
  let left = 0;
  let isUsedUp = false;
  let granting: Promise<void> | undefined;

  /** A new day, or a percentage that was edited: what is left of the old portion does not count. */
  function begin(today: string, capNow: number): void {
    day = today;
    cap = capNow;
    left = 0;
    isUsedUp = false;
    granting = undefined;
  }

  async function nextPortion(wanted: { day: string; cap: number }): Promise<void> {
    // Near the cap, single messages fit where a portion doesn't.
    for (const messages of new Set([portionOf(wanted.cap), 1])) {
      if (!(await grant({ address, messages, ...wanted }))) continue;
      if (day === wanted.day && cap === wanted.cap) left += messages;
      return;
    }
    if (day === wanted.day && cap === wanted.cap) isUsedUp = true;
  }

  function takeOne(): Taken {
    left--;
    const of = day;
    return {
      giveBack() {
        if (of === day) left++;
      },
    };
  }

  async function takeOfNext(today: string, capNow: number): Promise<Taken | undefined> {
    for (;;) {
      if (day !== today || cap !== capNow) return undefined;
      if (left > 0) return takeOne();
      if (isUsedUp) return undefined;
      granting ??= nextPortion({ day, cap }).finally(() => {
        granting = undefined;
      });
      await granting;
    }
  }

  return {
    take(today, capNow) {
      if (day !== today || cap !== capNow) begin(today, capNow);
      if (left > 0) return takeOne();
      return isUsedUp ? undefined : takeOfNext(today, capNow);
    },
  };
}
