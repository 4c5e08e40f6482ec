import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemoryBudget, readMessage } from "./read-message.ts";

const megabyte = 1 << 20;
const wide = { keepBytes: megabyte, dropBytes: megabyte };
const from = (pieces: readonly Uint8Array[]) => Readable.from(pieces.map((piece) => Buffer.from(piece)));

describe("reading a message", () => {
  it("keeps its start, byte for byte, and counts the rest", async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.nat(100_000), async (given, keepBytes) => {
        const budget = createMemoryBudget(megabyte);
        const received = await readMessage(from(given), { keepBytes, dropBytes: megabyte, budget });
        const whole = Buffer.concat(given);
        expect(received.bytes.equals(whole.subarray(0, keepBytes))).toBe(true);
        expect(received.length).toBe(whole.length);
        expect(budget.take(megabyte)).toBe(received.bytes.length === 0);
        received.release();
      }),
    );
  });

  it("gives back all that it took", async () => {
    const budget = createMemoryBudget(megabyte);
    const received = await readMessage(from([new Uint8Array(300_000)]), { ...wide, budget });
    expect(budget.take(megabyte)).toBe(false);
    received.release();
    received.release();
    expect(budget.take(megabyte)).toBe(true);
  });

  it("refuses for now where memory is short, after the message, and holds nothing of it", async () => {
    const budget = createMemoryBudget(200_000);
    const pieces = Array.from({ length: 10 }, () => new Uint8Array(50_000));
    await expect(readMessage(from(pieces), { ...wide, budget })).rejects.toMatchObject({ responseCode: 451 });
    expect(budget.take(200_000)).toBe(true);
  });

  it("cuts off a client that goes on and on", async () => {
    const budget = createMemoryBudget(megabyte);
    async function* endless() {
      for (;;) yield Buffer.alloc(10_000);
    }
    const reading = readMessage(Readable.from(endless()), { keepBytes: 1000, dropBytes: 50_000, budget });
    await expect(reading).rejects.toMatchObject({ responseCode: 421 });
    expect(budget.take(megabyte)).toBe(true);
  });

  it("fails where the client goes away, and holds nothing", async () => {
    const budget = createMemoryBudget(megabyte);
    async function* broken() {
      yield Buffer.alloc(10_000);
      throw new Error("gone");
    }
    await expect(readMessage(Readable.from(broken()), { ...wide, budget })).rejects.toThrow("gone");
    expect(budget.take(megabyte)).toBe(true);
  });
});
