import type { Logger } from "pino";
import { exitAfterNativeCalls } from "../common/native-calls.ts";
import { type Config, settings } from "../config/config.ts";
import type { EphemeralFolder } from "../server/ephemeral-folder.ts";
import type { MailPorts } from "../server/start-mail-ports.ts";
import { startServer } from "../server/start-server.ts";
import { endOnStall } from "./end-on-stall.ts";

/**
 * How long a stop may take, in milliseconds. A store that hangs must not keep the process; what it acknowledged is stored,
 * and what it had begun is taken up again.
 */
const stopWithinMs = 30_000;

/** Thrown by the start when a signal ends its wait for the stores. */
class StartEnded extends Error {
  override name = "StartEnded";
}

/** What a process that started this one by `fork` is told once the server listens. */
export interface Listening {
  readonly url: string;
  readonly ports: Pick<MailPorts, "smtp" | "smtps" | "bounces">;
}

/**
 * Serves until SIGTERM or SIGINT, then finishes the work in progress and ends the process. Throws if the start fails.
 * With an ephemeral data folder, the end of a terminal ends the server, too, and so does the end of a process that
 * started it by `fork`: nothing else would remove the folder.
 */
export async function serve(config: Config, log: Logger, ephemeral?: EphemeralFolder): Promise<void> {
  const stopping = new AbortController();
  const starting = startServer(config, log, { signal: stopping.signal, ephemeral: ephemeral !== undefined }).catch(
    (error: unknown) => {
      if (!(error instanceof StartEnded)) throw error;
    },
  );
  const stop = async (signal: string) => {
    // A second signal ends the process immediately.
    if (stopping.signal.aborted) return exitAfterNativeCalls(1);
    log.info({ signal }, "stopping");
    stopping.abort(new StartEnded());
    setTimeout(() => {
      log.error({ afterMs: stopWithinMs }, "stopping takes too long; the process ends now");
      exitAfterNativeCalls(1);
    }, stopWithinMs).unref();
    try {
      // Aborting a start would leave the stores to be recovered. Once they are available, a start takes only a second.
      const server = await starting;
      await server?.close();
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, "stopping failed");
      exitAfterNativeCalls(1);
    }
  };
  // Install the handlers before anyone can know that the server exists.
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  if (ephemeral) {
    if (config.smtpCertificate === undefined) process.on("SIGHUP", stop);
    process.on("SIGQUIT", stop);
    process.on("disconnect", () => {
      if (!stopping.signal.aborted) void stop("disconnect");
    });
  }
  const server = await starting;
  if (!server) return;
  // Not before: a start may migrate a large embedded database, which blocks the thread and must not be cut short.
  endOnStall(log, { seconds: config.stallSeconds, setting: settings.stallSeconds.name, remove: ephemeral?.path });
  const { url, mailPorts } = server;
  // Without an operator's certificate, SIGHUP ends the process.
  if (config.smtpCertificate !== undefined) {
    process.on("SIGHUP", () => {
      mailPorts.renewCertificate().then(
        () => log.info("reloaded the certificate"),
        (error: unknown) => log.error({ err: error }, "could not reload the certificate; the old one stays in use"),
      );
    });
  }
  const seconds = process.uptime().toFixed(1);
  console.log(`Mailglass listens on ${url} (ready in ${seconds} s). ${deliveryText[config.delivery]}`);
  const ports = portsText(mailPorts);
  if (ports !== "") console.log(`SMTP: ${ports}.`);
  if (ephemeral) {
    console.log("Nothing is kept: the data is in a temporary folder, which is removed when the process ends.");
    const { smtp, smtps, bounces } = mailPorts;
    const listening: Listening = { url, ports: { smtp, smtps, bounces } };
    process.send?.(listening);
  }
  // What the LocalStack modules of Testcontainers wait for, as a line of its own.
  console.log("Ready.");
}

function portsText({ smtp, smtps, bounces }: MailPorts): string {
  const ports = [
    smtp === undefined ? [] : `port ${smtp} takes mail`,
    smtps === undefined ? [] : `port ${smtps} takes mail over TLS`,
    bounces === undefined ? [] : `port ${bounces} takes bounces and complaints`,
  ];
  return ports.flat().join(", ");
}

const deliveryText: Readonly<Record<Config["delivery"], string>> = {
  capture: "Mail is captured; nothing leaves.",
  relay: "Mail leaves, over the relay.",
  mx: "Mail leaves, to the mail servers of its recipients.",
};
