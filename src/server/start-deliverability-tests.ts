/** Starts to look for the mail of inbox placement tests. */
import { startTestPoller, type TestPoller } from "../deliverability/test-poller.ts";
import { readHistory } from "../events/history.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";

/** Starts it; `closers` stops it. */
export function startDeliverabilityTests(services: ServerServices, closers: Closers): TestPoller {
  const { stores, clock, clockMoves, log } = services;
  const { database, sealer } = stores;
  const history = (messageId: string, scope: number) => readHistory(stores, messageId, scope);
  const poller = startTestPoller({ database, sealer, history, clock, clockMoves, log });
  closers.add(() => poller.stop());
  return poller;
}
