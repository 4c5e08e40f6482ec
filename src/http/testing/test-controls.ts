/** What test suites control of a running server: faults, events of messages, and the clock. */
import type { FastifyInstance } from "fastify";
import { type ClockServices, mountClock } from "./clock.ts";
import { type FaultServices, mountFaults } from "./faults.ts";
import { type MessageEventServices, mountMessageEvents } from "./message-events.ts";

export interface TestControlServices extends FaultServices, ClockServices, MessageEventServices {}

/** Adds the routes below a prefix: `/testing` or `/admin`. Its plugin parses JSON and answers errors as the admin API. */
export function mountTestControls(app: FastifyInstance, prefix: string, services: TestControlServices): void {
  mountFaults(app, prefix, services);
  mountMessageEvents(app, prefix, services);
  mountClock(app, prefix, services);
}
