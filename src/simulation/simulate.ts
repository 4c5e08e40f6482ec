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
  let batch: MailEvent[] = [];
  let messages = 0;
  const commit = () => {
    const count = { messages, events: batch.length };
    const committed: Promise<void> = services.outbox
      .record(batch)
      .then(() => {
        done.messages += count.messages;
        done.events += count.events;
        progress(done);
      })
      .finally(() => inFlight.delete(committed));
    inFlight.add(committed);
    batch = [];
    messages = 0;
  };
  for (const events of simulateTraffic(options)) {
    batch.push(...events);
    messages++;
    if (batch.length < eventsPerCommit) continue;
    signal.throwIfAborted();
    commit();
    // Requests of others come in between; and a failed commit ends the simulation here.
    if (inFlight.size >= commitsInFlight) await Promise.race(inFlight);
    else await delay(0);
  }
  commit();
  await Promise.all(inFlight);
  await services.recorder.drained(signal);
  return done;
}
