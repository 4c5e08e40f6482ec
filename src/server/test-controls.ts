/** What test suites may change of a server while it runs: faults on demand and the clock. */
import { createSettableClock, noClockMoves } from "../common/settable-clock.ts";
import { testEndpoints } from "../config/config.ts";
import { createFaults } from "../faults/faults.ts";
import { createTestClock } from "../faults/test-clock.ts";
import type { GivenServices, ServerServices } from "./server-services.ts";

/** Without the endpoints for tests, nothing can be changed, and the clock is the machine's. */
export function withTestControls(given: GivenServices): ServerServices {
  const { config, clock: machineClock } = given;
  if (testEndpoints(config) === "off") {
    return { ...given, machineClock, clockMoves: noClockMoves, testControls: undefined };
  }
  const clock = createSettableClock(machineClock);
  const testControls = { faults: createFaults(), testClock: createTestClock(clock, machineClock) };
  return { ...given, clock: clock.now, machineClock, clockMoves: clock, testControls };
}
