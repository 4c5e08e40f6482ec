/** The reference servers, each in its own process. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

export interface ReferenceServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Node's arguments to start aws-ses-v2-local on a port; 0 uses a free one. */
export function awsSesV2LocalCommand(port: number): string[] {
  const cli = createRequire(import.meta.url).resolve("aws-ses-v2-local/dist/cli.js");
  return [cli, "--host", "127.0.0.1", "--port", String(port)];
}

/** Starts aws-ses-v2-local, the SES emulator that keeps mail in memory. */
export function startAwsSesV2Local(): Promise<ReferenceServer> {
  return startProcess(awsSesV2LocalCommand(0));
}

/** Starts the server that only handles HTTP and JSON. */
export function startBareServer(): Promise<ReferenceServer> {
  return startProcess([join(import.meta.dirname, "bare-server.ts")]);
}

/** Starts Node with arguments and waits until it prints its URL. */
async function startProcess(args: readonly string[]): Promise<ReferenceServer> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const killLeftover = () => child.kill("SIGKILL");
  process.once("exit", killLeftover);
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => {
      process.off("exit", killLeftover);
      resolve();
    });
  });
  const url = await new Promise<string>((resolve, reject) => {
    let written = "";
    child.once("error", reject);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      written += text;
      const found = /http:\/\/[\w.:-]+/.exec(written)?.[0];
      if (found !== undefined) resolve(found);
    });
    ended.then(() => reject(new Error(`${args.join(" ")} ended before it listened:\n${written}`)), reject);
  });
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
