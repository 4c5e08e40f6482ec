/**
 * `mailglass simulate`: fills the server that runs on the configured port, or else the stores that it would use.
 * A server keeps the embedded databases for itself; so where one runs, it does the work.
 */
import { parseArgs } from "node:util";
import type { FastifyBaseLogger } from "fastify";
import type { Config } from "../config.ts";
import { createOutbox } from "../events/outbox.ts";
import { startRecorder } from "../events/recorder.ts";
import { Closers, openStores } from "../open-stores.ts";
import { type SimulationProgress, simulate } from "./simulate.ts";

interface Options {
  messages: number;
  days: number;
  seed: number;
}

const usage = `usage: mailglass simulate [--messages N] [--days D] [--seed S]
  --messages  how many messages (10000)
  --days      over how many days until now (30)
  --seed      a number; the same seed gives the same traffic (1)`;

/** The arguments; undefined where they make no sense. */
export function readArguments(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { messages: { type: "string" }, days: { type: "string" }, seed: { type: "string" } },
    });
    const options = {
      messages: Number(values.messages ?? 10_000),
      days: Number(values.days ?? 30),
      seed: Number(values.seed ?? 1),
    };
    const right =
      Number.isSafeInteger(options.messages) &&
      options.messages >= 1 &&
      options.days > 0 &&
      options.days <= 3650 &&
      Number.isSafeInteger(options.seed) &&
      options.seed >= 0;
    return right ? options : undefined;
  } catch {
    return undefined;
  }
}

/** Runs the command; resolves to the exit code. */
export async function simulateCommand(
  args: readonly string[],
  config: Config,
  log: FastifyBaseLogger,
): Promise<number> {
  const options = readArguments(args);
  if (!options) {
    console.error(usage);
    return 1;
  }
  const bar = createProgressBar(options.messages);
  const host = config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${config.port}`;
  const running = await isRunning(url);
  const done = running ? await remote(url, options, bar.show) : await local(config, log, options, bar.show);
  bar.end(done, running ? `in the server at ${url}` : `in ${config.dataDir}`);
  return 0;
}

async function local(
  config: Config,
  log: FastifyBaseLogger,
  options: Options,
  progress: (done: SimulationProgress) => void,
): Promise<SimulationProgress> {
  const closers = new Closers();
  try {
    const { database, events, objects } = await openStores(config, log, closers);
    const recorder = startRecorder({ database, events, log });
    closers.add(() => recorder.stop());
    const clock = () => new Date();
    const outbox = createOutbox({ database, objects, clock, committed: recorder.wake });
    const { signal } = new AbortController();
    return await simulate({ outbox, recorder }, { ...options, until: clock() }, progress, signal);
  } finally {
    await closers.close();
  }
}

async function isRunning(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

async function remote(
  url: string,
  options: Options,
  progress: (done: SimulationProgress) => void,
): Promise<SimulationProgress> {
  const answer = await fetch(`${url}/admin/simulations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(options),
  });
  if (!answer.ok || !answer.body) throw new Error(`the server at ${url} refused: ${await answer.text()}`);
  let rest = "";
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const said: SimulationProgress & { done?: boolean } = JSON.parse(line);
      progress(said);
      if (said.done) return said;
    }
  }
  throw new Error(`the server at ${url} ended before the simulation did`);
}

/** A bar on a terminal; elsewhere only the last line. */
function createProgressBar(messages: number) {
  const begun = performance.now();
  let shownAt = 0;
  const rateOf = (done: SimulationProgress) => Math.round(done.messages / ((performance.now() - begun) / 1000));
  return {
    show(done: SimulationProgress) {
      if (!process.stderr.isTTY || performance.now() - shownAt < 100) return;
      shownAt = performance.now();
      const filled = Math.round((done.messages / messages) * 30);
      const bar = `${"#".repeat(filled)}${".".repeat(30 - filled)}`;
      process.stderr.write(`\r[${bar}] ${done.messages} of ${messages} messages, ${rateOf(done)}/s `);
    },
    end(done: SimulationProgress, where: string) {
      if (process.stderr.isTTY) process.stderr.write("\r\u001b[2K");
      console.log(`${done.messages} messages with ${done.events} events are ${where} (${rateOf(done)} messages/s).`);
    },
  };
}
