import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { noClockMoves } from "../../common/settable-clock.ts";
import type { ScopedDatabase } from "./database.ts";
import { type LeasedLoopOptions, startLeasedLoop } from "./leased-loop.ts";

describe.each(databases)("a leased loop on $name", ({ open }) => {
  let database: ScopedDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  const start = (given: Pick<LeasedLoopOptions, "round"> & Partial<LeasedLoopOptions>) =>
    startLeasedLoop({
      ...{ database, lease: { name: "test", seconds: 60 }, everyMs: 1, rest: { ms: 1, factor: 0 }, insists: false },
      ...{ machineClock: () => new Date(), clockMoves: noClockMoves, failed: () => {} },
      ...given,
    });

  it("does one round at a time, also in several processes, and goes on after failures", async () => {
    let running = 0;
    let rounds = 0;
    const failures: unknown[] = [];
    const round = async () => {
      running++;
      rounds++;
      expect(running).toBe(1);
      await database.query("SELECT pg_sleep(0.001)");
      running--;
      if (rounds % 2 === 0) throw new Error("every other round fails");
    };
    const loops = [1, 2].map(() => start({ round, failed: (error) => failures.push(error) }));
    await eventually(async () => expect(rounds).toBeGreaterThan(6));
    await Promise.all(loops.map((loop) => loop.stop()));
    expect(new Set(failures.map(String))).toEqual(new Set(["Error: every other round fails"]));
    expect(await database.query("SELECT FROM leases WHERE name = 'test'")).toEqual([]);
  });

  it("is woken, and tells rounds that follow a wake", async () => {
    const woken: boolean[] = [];
    const loop = start({
      everyMs: 3_600_000,
      round: async (isWoken) => {
        woken.push(isWoken);
      },
    });
    await eventually(async () => expect(woken).toEqual([true]));
    loop.wake();
    await eventually(async () => expect(woken).toEqual([true, true]));
    await loop.stop();
  });

  it("skips a round if the system clock was set far ahead, and uses the new time in the next one", async () => {
    let ahead = 0;
    let looks = 0;
    const looksAtRounds: number[] = [];
    const loop = start({
      machineClock: () => {
        looks++;
        return new Date(Date.now() + ahead);
      },
      round: async () => {
        looksAtRounds.push(looks);
        if (looksAtRounds.length === 3) ahead = 3_600_000;
      },
    });
    await eventually(async () => expect(looksAtRounds.length).toBeGreaterThan(4));
    await loop.stop();
    const [, , third = 0, fourth] = looksAtRounds;
    expect(fourth).toBe(third + 2);
  });

  it("aborts a round when it is stopped", async () => {
    let aborted = false;
    let begun = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const loop = start({
      round: async (_, stopping) => {
        const ended = new Promise<void>((resolve) => stopping.addEventListener("abort", () => resolve()));
        begun();
        await ended;
        aborted = true;
      },
    });
    await hasBegun;
    await loop.stop();
    expect(aborted).toBe(true);
  });
});
