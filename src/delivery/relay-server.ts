/** The URL of the relay. */
import type { Credentials } from "./smtp/authenticate.ts";

/** What it says. */
export interface RelayServer {
  /** A host name or an address. */
  readonly name: string;
  readonly port: number;
  readonly implicitTls: boolean;
  readonly credentials: Credentials | undefined;
}

/** Ports of submission (RFC 6409) and of submission over TLS (RFC 8314). */
const ports = { "smtp:": 587, "smtps:": 465 } as const;

/**
 * Reads MAILGLASS_RELAY_URL.
 * @throws Error where it has no host, or is of another protocol; the message has no secrets.
 */
export function relayServer(text: string): RelayServer {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "smtp:" && url.protocol !== "smtps:") || url.hostname === "") {
    throw new Error("MAILGLASS_RELAY_URL must be a URL such as smtp://user:password@host:587");
  }
  return {
    name: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? ports[url.protocol] : Number(url.port),
    implicitTls: url.protocol === "smtps:",
    credentials:
      url.username === ""
        ? undefined
        : { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
  };
}
