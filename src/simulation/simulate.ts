/** Sends simulated traffic along the path of real events: outbox, recorder, event database. */
import { setTimeout as delay } from "node:timers/promises";
import type { MailEvent } from "../events/event.ts";
import type { Outbox } from "../events/outbox.ts";
import type { Recorder } from "../events/recorder.ts";
import { simulateTraffic, type TrafficOptions } from "./traffic.ts";

/** Events per commit: few large commits are fastest. */
const eventsPerCommit = 5_000;
/** Concurrent commits: while one is written, the next is prepared. */
const commitsInFlight = 2;

export interface SimulationProgress {
  messages: number;
  events: number;
}

/**
 * Runs a simulation and resolves when all events can be read. Calls `progress` after each commit.
 * On abort, throws the signal's reason; events committed so far stay.
 */
export async function simulate(
  services: { outbox: Outbox; recorder: Recorder },
  options: TrafficOptions,
  progress: (done: SimulationProgress) => void,
  signal: AbortSignal,
): Promise<SimulationProgress> {
  const done: SimulationProgress = { messages: 0, events: 0 };
  const inFlight = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let batch: MailEvent[] = [];
  let messages = 0;
  const commit = () => {
    const count = { messages, events: batch.length };
    const committed: Promise<void> = services.outbox
      .record(batch)
      .then(
        () => {
          done.messages += count.messages;
          done.events += count.events;
          progress(done);
        },
        (error: unknown) => failures.push(error),
      )
      .then(() => {
        inFlight.delete(committed);
      });
    inFlight.add(committed);
    batch = [];
    messages = 0;
  };
  for (const events of simulateTraffic(options)) {
    batch.push(...events);
    messages++;
    if (batch.length < eventsPerCommit) continue;
    commit();
    // Lets other requests run in between.
    if (inFlight.size >= commitsInFlight) await Promise.race(inFlight);
    else await delay(0);
    if (failures.length > 0 || signal.aborted) break;
  }
  if (failures.length === 0 && !signal.aborted) commit();
  // Nothing is in progress when this function returns.
  await Promise.all(inFlight);
  if (failures.length > 0) throw failures[0];
  signal.throwIfAborted();
  await services.recorder.drained(signal);
  return done;
}
