/**
 * `mailglass simulate`: fills the server that runs on the configured port, or else the stores that it would use. A
 * running server has exclusive use of its embedded databases, so it does the work itself.
 */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import type { FastifyBaseLogger } from "fastify";
import { boolean, number, object, optional, string, union } from "valibot";
import { parseJson } from "../common/parse-data.ts";
import type { Config } from "../config/config.ts";
import { createOutbox } from "../events/outbox.ts";
import { startRecorder } from "../events/recorder.ts";
import { createAccountSettings } from "../operations/account/settings.ts";
import { createSuppressionRules } from "../operations/suppression/suppression-rules.ts";
import { Closers, openStores } from "../server/open-stores.ts";
import { readOptions, SimulationError, type SimulationOptions, standardOptions } from "../simulation/options.ts";
import { type SimulationProgress, simulate } from "../simulation/simulate.ts";
import { inScope } from "../stores/postgres/database.ts";
import { endEarlierProcesses } from "../stores/postgres/leases.ts";
import { selectDefaultScope } from "../stores/postgres/scopes.ts";
import { lateTiering } from "../stores/postgres/wasm-tiering.ts";
import { findRunningServer, type RunningServer } from "./running-server.ts";

const usage = `usage: mailglass simulate [--messages N] [--days D] [--seed S]
  --messages  how many messages (${standardOptions.messages})
  --days      over how many days until now (${standardOptions.days})
  --seed      a number; the same seed gives the same traffic (${standardOptions.seed})`;

/** Parses the arguments; throws a `SimulationError` if they are invalid. */
export function readArguments(args: readonly string[]): SimulationOptions {
  const texts = parseTexts(args);
  const given: Record<string, number> = {};
  // Number("") is 0.
  for (const [name, text] of Object.entries(texts)) given[name] = text.trim() === "" ? Number.NaN : Number(text);
  return readOptions(given);
}

function parseTexts(args: readonly string[]): Readonly<Record<string, string>> {
  try {
    const options = { messages: { type: "string" }, days: { type: "string" }, seed: { type: "string" } } as const;
    return { ...parseArgs({ args: [...args], options }).values };
  } catch (error) {
    throw new SimulationError(error instanceof Error ? error.message : String(error));
  }
}

/** Runs the command; resolves to the exit code: 2 for invalid arguments, 1 if the server failed. */
export async function simulateCommand(
  args: readonly string[],
  config: Config,
  log: FastifyBaseLogger,
): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return 0;
  }
  let options: SimulationOptions;
  try {
    options = readArguments(args);
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    console.error(`mailglass simulate: ${error.message}\n${usage}`);
    return 2;
  }
  try {
    await run(options, config, log);
    return 0;
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    console.error(`mailglass simulate: ${error.message}`);
    return 1;
  }
}

async function run(options: SimulationOptions, config: Config, log: FastifyBaseLogger): Promise<void> {
  const bar = createProgressBar(options.messages);
  const server = await findRunningServer(config);
  const done = server ? await remote(server, options, bar.show) : await local(config, log, options, bar.show);
  bar.end(done, server ? `in the server at ${server.url}` : `in ${config.dataDir}`);
}

async function local(
  config: Config,
  log: FastifyBaseLogger,
  options: SimulationOptions,
  progress: (done: SimulationProgress) => void,
): Promise<SimulationProgress> {
  // Compiling PGlite for speed took 1.5 s of processor time with 100,000 messages, and saved as much only with 300,000.
  setFlagsFromString(lateTiering);
  const closers = new Closers();
  try {
    const { database, events, objects } = await openStores(config, log, closers);
    await endEarlierProcesses(database);
    const recorder = startRecorder({ database, events, log });
    closers.add(() => recorder.stop());
    const clock = () => new Date();
    const { id: scope } = await selectDefaultScope(database);
    const settings = createAccountSettings({ database: inScope(database, scope), clock });
    const suppressionRules = createSuppressionRules(async () => settings);
    const outbox = createOutbox({
      database,
      objects,
      suppressionRules,
      interest: async () => undefined,
      clock,
      committed: (_entries, committed) => recorder.wake(committed.events.length),
    });
    const { signal } = new AbortController();
    return await simulate({ outbox, recorder }, { ...options, scope, until: clock() }, progress, signal);
  } finally {
    await closers.close();
  }
}

const progressLine = union([
  object({ error: string() }),
  object({ messages: number(), events: number(), done: optional(boolean()) }),
]);

async function remote(
  { url, ask }: RunningServer,
  options: SimulationOptions,
  progress: (done: SimulationProgress) => void,
): Promise<SimulationProgress> {
  const answer = await ask("POST", "/admin/simulations", options);
  if (!answer.ok || !answer.body) {
    throw new SimulationError(`the server at ${url} refused (${answer.status}): ${await answer.text()}`);
  }
  let rest = "";
  try {
    for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const said = parseJson(progressLine, line, "a line of the answer");
        if ("error" in said) throw new SimulationError(`the server at ${url} says: ${said.error}`);
        progress(said);
        if (said.done) return said;
      }
    }
  } catch (error) {
    if (error instanceof SimulationError) throw error;
    throw new SimulationError(`could not read the response of the server at ${url}`, { cause: error });
  }
  throw new SimulationError(`the server at ${url} ended its response before the simulation was complete`);
}

/** A progress bar on a terminal; otherwise prints only the last line. */
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
