/** Starts to look for the mail of inbox placement tests. */
import { startTestPoller } from "../deliverability/test-poller.ts";
import { readHistory } from "../events/history.ts";
import type { LeasedLoop } from "../stores/postgres/leased-loop.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";

/** Starts it; `closers` stops it. */
export function startDeliverabilityTests(services: ServerServices, closers: Closers): LeasedLoop {
  const { stores, clock, machineClock, clockMoves, log } = services;
  const { database, sealer } = stores;
  const history = (messageId: string, scope: number) => readHistory(stores, messageId, scope);
  const poller = startTestPoller({ database, sealer, history, clock, machineClock, clockMoves, log });
  closers.add(() => poller.stop());
  return poller;
}
