/** The server in a process of its own, beside the tests. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import { extname, join } from "node:path";
import type { Readable } from "node:stream";
import type { StartedServer } from "./started-server.ts";

/** The command: compiled, it is JavaScript. */
const main = join(import.meta.dirname, `../main${extname(import.meta.filename)}`);
/** What this process's own runtime is told: the server has other code to load, and none to measure. */
const notInherited = /^(MAILGLASS_.*|NODE_OPTIONS|NODE_V8_COVERAGE)$/;
/** In characters: what is kept of the output for the error of a failed start. */
const keptOutput = 10_000;

/** Starts it; resolves once it listens. */
export async function startChild(
  settings: Readonly<Record<string, string>>,
  output: "ignore" | "inherit",
): Promise<StartedServer> {
  const inherited = Object.entries(process.env).filter(([name]) => !notInherited.test(name));
  const child = fork(main, ["--ephemeral"], {
    env: { ...Object.fromEntries(inherited), ...settings },
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  let written = "";
  for (const stream of streams) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      written = (written + text).slice(-keptOutput);
      if (output === "inherit") process.stderr.write(text);
    });
  }
  const exit = new Promise<undefined>((resolve) => child.once("exit", () => resolve(undefined)));
  const listening = await Promise.race([once(child, "message"), exit]);
  if (listening === undefined) {
    // What it wrote last may arrive after its end.
    await Promise.all(streams.map((stream) => stream.readableEnded || once(stream, "end")));
    throw new Error(`Mailglass did not start:\n${written}`);
  }
  const { url, ports } = readListening(listening[0]);
  letGo(child, streams);
  return {
    url,
    smtpPort: ports.smtp,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.ref();
      child.kill("SIGTERM");
      await exit;
    },
  };
}

/** The server must not keep this process: it ends when the channel between both closes. */
function letGo(child: ChildProcess, streams: readonly Readable[]): void {
  child.unref();
  child.channel?.unref();
  for (const stream of streams) if (stream instanceof Socket) stream.unref();
}

function readListening(message: unknown): { url: string; ports: { smtp?: number } } {
  const text = JSON.stringify(message);
  const listening: { url?: string; ports?: { smtp?: number } } = JSON.parse(text);
  const { url, ports } = listening;
  if (url === undefined || ports === undefined) throw new Error(`the server told ${text} instead of its URL`);
  return { url, ports };
}
