/** Runs the sources that this server fetches events from: starts, stops and restarts them as their settings change. */
import { createBackoff } from "../common/backoff.ts";
import { createWakeablePause } from "../common/wakeable-pause.ts";
import type { Arrivals } from "./arrivals.ts";
import type { MirrorSource } from "./mirror-source.ts";
import type { SourceList } from "./source-list.ts";

/** Fetches events of one source until it is stopped. Handles its own errors: logs them, notes them, and retries. */
export interface Pull {
  /** Resolves once everything that was fetched is recorded or given back. */
  stop(): Promise<void>;
}

export interface PullLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface PullSources {
  stop(): Promise<void>;
}

/** How often to check for changes by other processes. */
const everyMs = 1_000;
const pauses = { firstMs: 1_000, longestMs: 60_000 };

/**
 * @param start starts a source if its kind is fetched; returns undefined for other kinds
 */
export function startPullSources(services: {
  sources: SourceList;
  arrivals: Arrivals;
  start: (source: MirrorSource) => Pull | undefined;
  log: PullLog;
}): PullSources {
  const { sources, start, log } = services;
  const running = new Map<string, { settings: string; pull: Pull }>();
  const pause = createWakeablePause();
  let stopping = false;
  sources.onChange(() => pause.wake());
  const ended = run();
  return {
    async stop() {
      stopping = true;
      pause.wake();
      await ended;
      await Promise.all([...running.values()].map(({ pull }) => pull.stop()));
    },
  };

  async function run(): Promise<void> {
    const backoff = createBackoff(pauses);
    while (!stopping) {
      let pauseMs = everyMs;
      pause.take();
      try {
        await adjust(await sources.all());
        backoff.reset();
      } catch (error) {
        pauseMs = backoff.next();
        log.error({ err: error, retryInMs: pauseMs }, "reading the mirror's sources failed");
      }
      await pause.pause(pauseMs);
    }
  }

  async function adjust(all: readonly MirrorSource[]): Promise<void> {
    const wanted = new Map(all.filter(({ enabled }) => enabled).map((source) => [source.id, source]));
    for (const [id, { settings, pull }] of running) {
      const source = wanted.get(id);
      if (source && settingsOf(source) === settings) continue;
      await pull.stop();
      running.delete(id);
    }
    for (const [id, source] of wanted) {
      if (stopping || running.has(id)) continue;
      const pull = start(source);
      if (pull) running.set(id, { settings: settingsOf(source), pull });
    }
  }
}

/** Everything that a running source depends on; a change restarts it. */
function settingsOf({ accounts, region, settings, suppresses }: MirrorSource): string {
  return JSON.stringify({ accounts, region, settings, suppresses });
}
