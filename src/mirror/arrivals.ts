/**
 * Statistics of each source for the operator: event types received, times, the last error. They are collected in memory
 * and written once a second, so that a stream of events does not update the same row for each event.
 */

import type { Database } from "../stores/postgres/database.ts";
import { type MirrorSourceNote, noteAtMirrorSource } from "../stores/postgres/mirror-sources.ts";
import { addMirrorTypes, type MirrorType } from "../stores/postgres/mirror-types.ts";
import type { Seen } from "./read-records.ts";

export interface Arrivals {
  /** Counts events that are committed. */
  saw(source: string, seen: readonly Seen[]): void;
  /** Merges other changes into a source's status. */
  note(source: string, note: MirrorSourceNote): void;
  /** Writes what has been collected. */
  stop(): Promise<void>;
}

export interface ArrivalsLog {
  error(details: object, message: string): void;
}

const everyMs = 1_000;

export function createArrivals(services: { database: Database; clock: () => Date; log: ArrivalsLog }): Arrivals {
  const { database, clock, log } = services;
  let types = new Map<string, MirrorType>();
  let notes = new Map<string, MirrorSourceNote>();
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  return {
    saw(source, seen) {
      if (seen.length === 0) return;
      for (const { scope, configurationSet, type, at } of seen) {
        const key = `${source} ${scope} ${configurationSet} ${type}`;
        const known = types.get(key);
        types.set(key, {
          ...{ source, scope, configurationSet, type },
          events: (known?.events ?? 0) + 1,
          firstAt: known && known.firstAt < at ? known.firstAt : at,
          lastAt: known && known.lastAt > at ? known.lastAt : at,
        });
      }
      add(source, { eventAt: clock(), receivedAt: clock(), error: null });
    },
    note: add,
    async stop() {
      clearTimeout(timer);
      await writing;
      await write();
    },
  };

  function add(source: string, note: MirrorSourceNote): void {
    const given = Object.entries(note).filter(([, value]) => value !== undefined);
    notes.set(source, { ...notes.get(source), ...Object.fromEntries(given) });
    timer ??= setTimeout(() => {
      timer = undefined;
      writing = writing.then(write);
    }, everyMs);
  }

  async function write(): Promise<void> {
    const [seen, happened] = [types, notes];
    types = new Map();
    notes = new Map();
    try {
      await addMirrorTypes(database, [...seen.values()]);
      for (const [source, note] of happened) await noteAtMirrorSource(database, source, note);
    } catch (error) {
      // Only statistics are lost; the events themselves are recorded.
      log.error({ err: error }, "the statistics of mirror sources could not be written");
    }
  }
}
