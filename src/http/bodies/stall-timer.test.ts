import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StallTimer, usualStallMs } from "./stall-timer.ts";

let stalls = 0;
let timer: StallTimer;

beforeEach(() => {
  vi.useFakeTimers();
  stalls = 0;
  timer = new StallTimer(usualStallMs, () => stalls++);
});
afterEach(() => {
  timer.stop();
  vi.useRealTimers();
});

/** Sends so many bytes a second for so many seconds, or until the stall. */
function send(bytes: number, seconds: number): void {
  for (let second = 0; second < seconds && stalls === 0; second++) {
    vi.advanceTimersByTime(1_000);
    timer.received(bytes);
  }
}

describe("a client", () => {
  it.each([
    [100_000, 300],
    [1_000, 3_600],
  ])("that sends %i bytes a second may go on for %i seconds", (bytes, seconds) => {
    timer.start();
    send(bytes, seconds);
    expect(stalls).toBe(0);
  });

  it.each([0, 1, 100])("that sends %i bytes a second has stalled, once", (bytes) => {
    timer.start();
    send(bytes, 31);
    vi.advanceTimersByTime(600_000);
    expect(stalls).toBe(1);
  });

  it("that stops in the middle has stalled half a minute later", () => {
    timer.start();
    send(100_000, 10);
    vi.advanceTimersByTime(usualStallMs - 1);
    expect(stalls).toBe(0);
    vi.advanceTimersByTime(1);
    expect(stalls).toBe(1);
  });

  it("is not timed while it is the server's turn, which gives no new window either", () => {
    for (let turn = 0; turn < 29; turn++) {
      timer.start();
      send(1, 1);
      timer.stop();
      vi.advanceTimersByTime(100_000);
    }
    expect(stalls).toBe(0);
    timer.start();
    send(1, 1);
    expect(stalls).toBe(1);
  });
});
