/** The server's clock. It is one for all accounts. See docs/testing-faults.md. */
import type { ClockChange, TestClockState } from "../admin-api/faults.ts";
import type { ApiClient } from "./api-client.ts";

export class Clock {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /** The server's time, and how far it is ahead of the machine's. */
  state(): Promise<TestClockState> {
    return this.#api.json("GET", "/testing/clock");
  }

  /** Sets the time, from which the clock goes on. */
  set(now: Date | string): Promise<TestClockState> {
    return this.#change({ now: new Date(now).toISOString() });
  }

  /** Moves the clock, such as by `25h`, `1d12h`, `90m` or `-30s`. */
  advance(distance: string): Promise<TestClockState> {
    return this.#change({ advance: distance });
  }

  /** Stops the clock, at its own time or at this one. `reset` lets it go again. */
  freeze(now?: Date | string): Promise<TestClockState> {
    return this.#change({ frozen: true, ...(now !== undefined && { now: new Date(now).toISOString() }) });
  }

  /** Returns to the machine's time. */
  reset(): Promise<TestClockState> {
    return this.#api.json("DELETE", "/testing/clock");
  }

  #change(change: ClockChange): Promise<TestClockState> {
    return this.#api.json("PUT", "/testing/clock", { content: change });
  }
}
