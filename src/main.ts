/** The command: read the settings, start the server, stop it in order at SIGTERM and SIGINT. */
import { pino } from "pino";
import { ConfigError, readConfig } from "./config.ts";
import { startServer } from "./server.ts";

const begun = performance.now();
try {
  const config = readConfig(process.env);
  const log = pino({ level: config.logLevel });
  const server = await startServer(config, log);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`Mailglass listens on ${server.url} (ready in ${seconds} s). Mail is captured; nothing leaves.`);

  let stopping = false;
  const stop = async (signal: string) => {
    // A second signal means: now.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, "stopping");
    try {
      await server.close();
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, "stopping failed");
      process.exit(1);
    }
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
} catch (error) {
  if (error instanceof ConfigError || isRefusal(error)) console.error(`mailglass: ${error.message}`);
  else console.error("mailglass: the start failed:", error);
  process.exit(1);
}

/** Errors whose message is made for people: a data folder in use, a database that can't be reached. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && (error.name === "DataFolderInUse" || "errno" in error);
}
