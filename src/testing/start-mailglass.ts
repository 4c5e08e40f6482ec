/** Starts a server for tests: on free ports, and nothing of it is left when it ends. */

import { startChild } from "./child-server.ts";
import { connect } from "./connect-mailglass.ts";
import type { Mailglass } from "./mailglass.ts";

export interface StartOptions {
  /** Whether the server has an SMTP port (`smtpUrl`), too. */
  readonly smtp?: boolean;
  /** The default region; `us-east-1` if unset. All other regions are served, too. */
  readonly region?: string;
  /** Further settings (docs/settings.md), such as `{ MAILGLASS_SEND_RATE: "1" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Runs the server in this process instead of beside it. A process can do so once, since its event database can be
   * opened once; it must not be a worker thread. The start takes about as long.
   */
  readonly inProcess?: boolean;
  /** Where the server's log and output go; `ignore` by default. What it says about a failed start is in the error. */
  readonly output?: "ignore" | "inherit";
}

/** Starts it; resolves once it listens. It ends with this process at the latest. */
export async function startMailglass(options: StartOptions = {}): Promise<Mailglass> {
  const { smtp = false, region = "us-east-1", inProcess = false, output = "ignore" } = options;
  const settings = {
    MAILGLASS_PORT: "0",
    MAILGLASS_SMTP_PORT: smtp ? "0" : "off",
    MAILGLASS_BOUNCE_PORT: "0",
    MAILGLASS_REGION: region,
    MAILGLASS_REGIONS: "*",
    MAILGLASS_ACCOUNTS_FROM_KEYS: "on",
    MAILGLASS_LOG_LEVEL: "warn",
    ...options.settings,
  };
  const server = inProcess ? await startHere(settings, output) : await startChild(settings, output);
  try {
    const { hostname } = new URL(server.url);
    const smtpUrl = server.smtpPort === undefined ? undefined : `smtp://${hostname}:${server.smtpPort}`;
    return await connect(server.url, { smtpUrl, region, stop: server.stop });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startHere(settings: Readonly<Record<string, string>>, output: "ignore" | "inherit") {
  // The server is loaded only where it runs.
  const { startInThisProcess } = await import("./own-server.ts");
  return startInThisProcess(settings, output);
}
