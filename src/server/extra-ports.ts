/** Further ports of the HTTP application (MAILGLASS_EXTRA_PORTS). */
import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:net";
import type { Config } from "../config/config.ts";
import { serverSettings } from "../config/server-settings.ts";
import { ConfigError } from "../config/setting.ts";
import type { Closers } from "./open-stores.ts";

/**
 * Listens on the extra ports and hands their connections to the application's server, so that its limits and the end of
 * its connections apply to them, too. `closers` stops listening; the server ends the connections.
 * @throws ConfigError if a port can't be opened
 */
export async function listenOnExtraPorts(
  app: Server,
  { host, extraPorts }: Pick<Config, "host" | "extraPorts">,
  closers: Closers,
): Promise<void> {
  for (const port of extraPorts) {
    // The options that Node's HTTP server has for its own connections.
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => app.emit("connection", socket));
    listener.listen(port, host);
    try {
      await once(listener, "listening");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigError(`${serverSettings.extraPorts.name}: can't listen on port ${port}: ${reason}`);
    }
    // Its callback would wait for the connections, which end when the application closes.
    closers.add(async () => void listener.close());
  }
}
