/** The server as its users run it: a process of its own, on a free port, with a data folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { programCommand } from "./program.ts";

/** How to start it. */
export interface ServerOptions {
  /** Kept when the process ends; unset: a temporary folder that `stop` removes. */
  dataDir?: string;
  /** Settings besides the port and the data folder. The SMTP ports are closed unless they are set here. */
  environment?: Readonly<Record<string, string>>;
  /** The command and its arguments; unset: `programCommand`. */
  command?: readonly [string, ...string[]];
  /** The folder to run it in; unset: the project's. */
  cwd?: string;
}

/** How a process ended, and all that it wrote. */
export interface Exit {
  /** null where a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A server that listens. */
export interface ServerProcess extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Resolves when it has ended, for whatever reason. */
  readonly exit: Promise<Exit>;
  /** What it wrote so far, standard output and error in one. */
  output(): string;
  /** The SDK's client for it; it doesn't retry, so that a test sees every failure. Destroyed by `stop` and `kill`. */
  client(): SESv2Client;
  /** Sends a signal (SIGKILL: to its children, too) and resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<Exit>;
  /** SIGTERM unless it has ended already; then removes a temporary data folder. */
  stop(): Promise<Exit>;
}

const project = join(import.meta.dirname, "../..");
/** The processes that run, and the stack of who started each. */
const running = new Map<ChildProcess, string>();

/** Where the servers were started that the file has not stopped. They are killed. */
export function killLeakedServers(): string[] {
  const leaks = [...running.values()];
  for (const { pid } of running.keys()) killGroup(pid);
  running.clear();
  return leaks;
}

/** A first start makes two databases, on a machine that may be busy. Longer than it waits for stores: it says why it gives up. */
const readyWithinMs = 90_000;

/** A process that was told to be a server, listening or not. */
export interface StartingServer {
  readonly pid: number;
  /** The URL, once it listens; rejects where the process ends first or takes more than a minute and a half. */
  readonly listening: Promise<string>;
  readonly exit: Promise<Exit>;
  output(): string;
  /** Sends a signal (SIGKILL: to its children, too) and resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<Exit>;
}

/** Makes a folder that nobody else has. The caller removes it. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "mailglass-"));
}

/** Removes a folder and all that is in it. */
export function removeFolder(folder: string): Promise<void> {
  // A process that was just killed may still have a file in the making.
  return rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Starts the process without waiting until it listens: for starts that fail or are cut short. */
export async function spawnServer(options: ServerOptions & { dataDir: string }): Promise<StartingServer> {
  const [command, ...args] = options.command ?? (await programCommand());
  const child = spawn(command, args, {
    cwd: options.cwd ?? project,
    env: {
      ...inheritedEnvironment(),
      MAILGLASS_PORT: "0",
      MAILGLASS_SMTP_PORT: "off",
      MAILGLASS_BOUNCE_PORT: "off",
      MAILGLASS_DATA_DIR: options.dataDir,
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: a command such as npx has children, which a signal to itself alone would leave behind.
    detached: true,
  });
  // However this process ends, it leaves no server behind.
  const killLeftover = () => killGroup(child.pid);
  running.set(child, new Error("a server process was not stopped; it was started").stack ?? "");
  process.once("exit", killLeftover);
  const written = { stdout: "", stderr: "", both: "" };
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      running.delete(child);
      process.off("exit", killLeftover);
      resolve({ code, signal, stdout: written.stdout, stderr: written.stderr });
    });
  });
  const listening = awaitListening(child, written, exit);
  // Whoever cuts a start short doesn't ask for the URL.
  listening.catch(() => {});
  return {
    pid: child.pid ?? -1,
    listening,
    exit,
    output: () => written.both,
    kill(signal) {
      if (signal === "SIGKILL") killGroup(child.pid);
      else child.kill(signal);
      return exit;
    },
  };
}

/** Ends a process and those that it started; fine if they have ended. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Starts a server and waits until it listens. */
export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const dataDir = options.dataDir ?? (await temporaryFolder());
  const starting = await spawnServer({ ...options, dataDir });
  const clients = new Set<SESv2Client>();
  const url = await starting.listening.catch(async (error: unknown) => {
    await starting.kill("SIGKILL");
    if (options.dataDir === undefined) await removeFolder(dataDir);
    throw error;
  });
  const kill = async (signal: NodeJS.Signals) => {
    const exit = await starting.kill(signal);
    for (const client of clients) client.destroy();
    return exit;
  };
  const stop = async () => {
    // A signal to a process that has ended does nothing.
    const exit = await kill("SIGTERM");
    if (options.dataDir === undefined) await removeFolder(dataDir);
    return exit;
  };
  return {
    url,
    dataDir,
    pid: starting.pid,
    exit: starting.exit,
    output: starting.output,
    client() {
      const client = createClient(url);
      clients.add(client);
      return client;
    },
    kill,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** The SDK's client for a server, without retries. */
export function createClient(endpoint: string): SESv2Client {
  return new SESv2Client({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
    maxAttempts: 1,
  });
}

/** This process's environment without the settings that may be in it. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MAILGLASS_")));
}

function awaitListening(
  child: ChildProcess,
  written: { stdout: string; stderr: string; both: string },
  exit: Promise<Exit>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`the server does not listen after ${readyWithinMs / 1000} s:\n${written.both}`));
    }, readyWithinMs);
    const hear = (stream: "stdout" | "stderr") => (text: string) => {
      written[stream] += text;
      written.both += text;
      const url = /^Mailglass listens on (http:\/\/\S+)/m.exec(written.stdout)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.setEncoding("utf8").on("data", hear("stdout"));
    child.stderr?.setEncoding("utf8").on("data", hear("stderr"));
    exit.then(
      ({ code, signal }) => {
        clearTimeout(timer);
        reject(new Error(`the server ended (${signal ?? `exit code ${code}`}) before it listened:\n${written.both}`));
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
