/** The server in the process of the tests. */
import { isMainThread } from "node:worker_threads";
import { pino } from "pino";
import { readConfig } from "../config/config.ts";
import { createEphemeralFolder } from "../server/ephemeral-folder.ts";
import { startServer } from "../server/start-server.ts";
import type { StartedServer } from "./started-server.ts";

let started = false;

/** Starts it; once in a process. */
export async function startInThisProcess(
  settings: Readonly<Record<string, string>>,
  output: "ignore" | "inherit",
): Promise<StartedServer> {
  if (!isMainThread) {
    throw new Error("A worker thread can't run the server: it would never end. Start it without inProcess.");
  }
  if (started) {
    throw new Error("This process has run a server already, and can do so once. Start it without inProcess.");
  }
  const config = readConfig(settings);
  started = true;
  const folder = await createEphemeralFolder();
  const log = pino({ level: output === "ignore" ? "silent" : config.logLevel }, pino.destination(2));
  try {
    const server = await startServer({ ...config, dataDir: folder.path }, log, { ephemeral: true });
    return {
      url: server.url,
      smtpPort: server.mailPorts.smtp,
      async stop() {
        await server.close();
        folder.remove();
      },
    };
  } catch (error) {
    folder.remove();
    throw error;
  }
}
