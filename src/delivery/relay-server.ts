/** The relay: its URL and its TLS requirements. */
import type { Credentials } from "./smtp-client/authenticate.ts";
import type { TlsDemand } from "./smtp-client/tls.ts";

/** The parts of MAILGLASS_RELAY_URL. */
export interface RelayServer {
  /** A host name or an address. */
  readonly name: string;
  readonly port: number;
  readonly implicitTls: boolean;
  readonly credentials: Credentials | undefined;
}

/** Default ports for submission (RFC 6409) and submission over TLS (RFC 8314). */
const ports = { "smtp:": 587, "smtps:": 465 } as const;

/**
 * Parses MAILGLASS_RELAY_URL.
 * @throws Error if the URL has no host or another protocol. The message contains no secrets.
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
 * The TLS requirements for the relay. A remote relay must be authenticated if there is a password or the URL is
 * `smtps:`. Otherwise TLS is opportunistic, as with any mail server. `required`: the mail requires authenticated TLS
 * anyway. `local`: the relay is on this machine.
 */
export function relayDemand({ implicitTls, credentials }: RelayServer, required: boolean, local: boolean): TlsDemand {
  const proof = required || (!local && (implicitTls || credentials !== undefined));
  return { kind: proof ? "verified" : "opportunistic" };
}
