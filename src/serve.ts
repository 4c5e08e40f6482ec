import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { startServer } from "./server.ts";

/** Serves until SIGTERM or SIGINT, then finishes what is under way and ends the process. */
export async function serve(config: Config, log: Logger): Promise<void> {
  const server = await startServer(config, log);
  console.log(
    `Mailglass listens on ${server.url} (ready in ${process.uptime().toFixed(1)} s). Mail is captured; nothing leaves.`,
  );
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
}
