/**
 * The time from the server's command to its first 200 response, and its memory when idle, compared with
 * aws-ses-v2-local (which opens no database) and with an idle Node process: for a data folder that is kept, run
 * from the sources, and for `--ephemeral`, whose folder is new at each start, run as in the package.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { bundleProgram } from "../test/support/bundle-program.ts";
import { freePort } from "../test/support/free-port.ts";
import { programCommand } from "../test/support/program.ts";
import { removeFolder, spawnServer, temporaryFolder } from "../test/support/server-process.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { awsSesV2LocalCommand } from "./reference-server.ts";

export const name = "start";
export const description =
  "Seconds from the command to the first answer, and memory when idle, beside aws-ses-v2-local and bare Node.";

const laterStarts = 3;
const idleMs = 10_000;
const pollMs = 5;
const readyWithinMs = 60_000;
const megabyte = 1 << 20;

interface Started {
  seconds: number;
  pid: number;
  stop(): Promise<unknown>;
}

/** Throws if a server doesn't start. */
export async function* run(): AsyncGenerator<Figure> {
  const dataDir = await temporaryFolder();
  const program = await bundleProgram();
  try {
    const first = await startOurs(dataDir);
    await first.stop();
    const ours = await startTimes(() => startOurs(dataDir));
    const ephemeral = await startTimes(() => startEphemeral(program));
    const emulator = await startTimes(startEmulator);
    const node = await bareStarts();
    const figure = (what: string, mine: number, reference: number, unit: string) =>
      figureOf({ bench: name, figure: what, ours: mine, reference, unit });
    yield figure("first start, empty folder, beside aws-ses-v2-local", first.seconds, emulator.seconds, "s");
    yield figure("later start, beside aws-ses-v2-local", ours.seconds, emulator.seconds, "s");
    yield figure("later start, beside node -e 0", ours.seconds, node, "s");
    yield figure("resident memory when idle, beside aws-ses-v2-local", ours.memory, emulator.memory, "MB");
    yield figure("start of --ephemeral, beside aws-ses-v2-local", ephemeral.seconds, emulator.seconds, "s");
    yield figure("memory of --ephemeral when idle, beside aws-ses-v2-local", ephemeral.memory, emulator.memory, "MB");
  } finally {
    await removeFolder(dataDir);
    await removeFolder(dirname(program));
  }
}

/** The median time of several consecutive starts, and the memory of the last process after an idle time. */
async function startTimes(start: () => Promise<Started>): Promise<{ seconds: number; memory: number }> {
  const seconds: number[] = [];
  let memory = Number.NaN;
  for (let count = 0; count < laterStarts; count++) {
    const started = await start();
    seconds.push(started.seconds);
    if (count === laterStarts - 1) {
      await delay(idleMs);
      memory = await residentMegabytes(started.pid);
    }
    await started.stop();
  }
  return { seconds: median(seconds), memory };
}

async function startOurs(dataDir: string): Promise<Started> {
  return startServer({ dataDir, command: await programCommand() });
}

function startEphemeral(program: string): Promise<Started> {
  // The folder would be made if it were used.
  return startServer({ dataDir: "/nowhere", command: [process.execPath, program, "--ephemeral"] });
}

async function startServer(given: { dataDir: string; command: [string, ...string[]] }): Promise<Started> {
  const port = await freePort();
  const begun = performance.now();
  const server = await spawnServer({ ...given, environment: { MAILGLASS_PORT: String(port) } });
  await answers(`http://127.0.0.1:${port}/health`, server.exit);
  return { seconds: secondsSince(begun), pid: server.pid, stop: () => server.kill("SIGTERM") };
}

async function startEmulator(): Promise<Started> {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(process.execPath, awsSesV2LocalCommand(port), { stdio: "ignore" });
  const exit = once(child, "close");
  await answers(`http://127.0.0.1:${port}/health-check`, exit);
  return {
    seconds: secondsSince(begun),
    pid: child.pid ?? -1,
    stop() {
      child.kill("SIGTERM");
      return exit;
    },
  };
}

async function bareStarts(): Promise<number> {
  const seconds: number[] = [];
  for (let count = 0; count < laterStarts; count++) {
    const begun = performance.now();
    await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "close");
    seconds.push(secondsSince(begun));
  }
  return median(seconds);
}

/** Sends requests until the response is 200; throws if the process ends first or takes too long. */
async function answers(url: string, exit: Promise<unknown>): Promise<void> {
  let ended = false;
  exit.then(
    () => {
      ended = true;
    },
    () => {
      ended = true;
    },
  );
  const until = performance.now() + readyWithinMs;
  while (!ended && performance.now() < until) {
    if ((await statusOf(url)) === 200) return;
    await delay(pollMs);
  }
  throw new Error(`${url} does not answer: ${ended ? "its process has ended" : "it takes too long"}`);
}

/** The status of a response; undefined if the server isn't listening yet. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", () => resolve(undefined));
  });
}

/** Resident memory in MB, from POSIX `ps`. */
async function residentMegabytes(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
  return (Number(stdout) * 1024) / megabyte;
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1000;
}
