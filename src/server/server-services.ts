import type { FastifyBaseLogger } from "fastify";
import type { Scopes } from "../accounts/scopes.ts";
import type { ClockMoves } from "../common/settable-clock.ts";
import type { Config } from "../config/config.ts";
import type { Faults } from "../faults/faults.ts";
import type { TestClock } from "../faults/test-clock.ts";
import type { Stores } from "./open-stores.ts";

/** What a server is started with. */
export interface GivenServices {
  config: Config;
  stores: Stores;
  scopes: Scopes;
  log: FastifyBaseLogger;
  /** The machine's clock. */
  clock: () => Date;
  /** A clock that is never set, for intervals. */
  steadyClock: () => Date;
}

/** What every role of a server depends on. */
export interface ServerServices extends GivenServices {
  /** The time of mail, events and jobs. Test suites may move it. */
  clock: () => Date;
  /** The machine's time, for what is compared with the clocks of others: signatures, sessions, certificates. */
  machineClock: () => Date;
  /** Tells when `clock` was moved. */
  clockMoves: ClockMoves;
  /** What test suites control; undefined unless their endpoints exist. */
  testControls: TestControls | undefined;
}

export interface TestControls {
  readonly faults: Faults;
  readonly testClock: TestClock;
}
