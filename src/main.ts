/** The command: read the settings, start the server, stop it in order at SIGTERM and SIGINT. */
import { pino } from "pino";
import { ConfigError, readConfig } from "./config.ts";

const begun = performance.now();
// Every query of chDB that computes holds a thread of libuv's pool: with the usual four, four exports would stop all
// others. It is read when the pool starts, so before anything is loaded that may use it.
process.env.UV_THREADPOOL_SIZE ??= "16";
const { startServer } = await import("./server.ts");
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
