/** Puts simulated traffic on the path that real events take: outbox, recorder, event database. */
import { setTimeout as delay } from "node:timers/promises";
import type { MailEvent } from "../events/event.ts";
import type { Outbox } from "../events/outbox.ts";
import type { Recorder } from "../events/recorder.ts";
import { simulateTraffic, type TrafficOptions } from "./traffic.ts";

/** Events that are committed together: few large commits are the fastest. */
const eventsPerCommit = 5_000;
/** Commits under way; while one is written, the next is made. */
const commitsInFlight = 2;

/** How far a simulation is. */
export interface SimulationProgress {
  messages: number;
  events: number;
}

/**
 * Simulates, and resolves when all events can be read. `progress` is told after each commit.
 * Stops with the signal's reason when that aborts; what was committed stays.
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
    // Requests of others come in between.
    if (inFlight.size >= commitsInFlight) await Promise.race(inFlight);
    else await delay(0);
    if (failures.length > 0 || signal.aborted) break;
  }
  if (failures.length === 0 && !signal.aborted) commit();
  // Nothing is under way when the caller hears of the end.
  await Promise.all(inFlight);
  if (failures.length > 0) throw failures[0];
  signal.throwIfAborted();
  await services.recorder.drained(signal);
  return done;
}
