/** The relay: what its URL says, and what is demanded of it. */
import type { Credentials } from "./smtp-client/authenticate.ts";
import type { TlsDemand } from "./smtp-client/tls.ts";

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

/**
 * What is demanded of its TLS. Beyond this machine a password is given only to a server that has proved who it is.
 * Without one, TLS is taken where it is offered, as from any mail server; `smtps:` asks for a server that proves who it
 * is. `required`: the mail demands it anyway; `local`: the relay is on this machine.
 */
export function relayDemand({ implicitTls, credentials }: RelayServer, required: boolean, local: boolean): TlsDemand {
  const proof = required || (!local && (implicitTls || credentials !== undefined));
  return { kind: proof ? "verified" : "opportunistic" };
}
