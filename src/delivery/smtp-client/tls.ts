/** TLS to an SMTP server: what is demanded of it, and whether the server meets it. */
import { createHash } from "node:crypto";
import { isIP, type Socket } from "node:net";
import { connect, type SecureContext, type TLSSocket } from "node:tls";
import type { TlsaRecord } from "../../dns/resolver.ts";
import { matchesDane } from "./dane-match.ts";

/** What is demanded. */
export type TlsDemand =
  /** Encrypted where the server offers it and it works, whoever the server is (RFC 7435). */
  | { readonly kind: "opportunistic" }
  /** Encrypted, whoever the server is. */
  | { readonly kind: "encrypted" }
  /** A certificate for the server's name from an authority that is trusted. */
  | { readonly kind: "verified" }
  /** A certificate that DNS names; where a record is of an issuer, for one of these names. */
  | { readonly kind: "dane"; readonly records: readonly TlsaRecord[]; readonly names: readonly string[] };

/** How a connection is protected. `verified`: the server is who it should be. */
export type Security = "plain" | "encrypted" | "verified";

/** TLS did not come about, or the server is not who it should be. */
export class TlsError extends Error {
  override readonly name = "TlsError";
  /** RFC 3463, 3.8: a failure of security in general, or the server's certificate does not hold. */
  readonly status: "4.7.0" | "4.7.5";
  constructor(message: string, status: "4.7.0" | "4.7.5") {
    super(message);
    this.status = status;
  }
}

/** A text that is equal for equal demands. */
export function demandKey(demand: TlsDemand): string {
  if (demand.kind !== "dane") return demand.kind;
  const hash = createHash("sha256");
  for (const { usage, selector, matchingType, certificate } of demand.records) {
    hash.update(`${usage} ${selector} ${matchingType} ${certificate.length} `).update(certificate);
  }
  return `dane ${hash.update(demand.names.join(" ")).digest("base64")}`;
}

/**
 * Begins TLS on a connected socket and checks the server.
 * @throws TlsError where the handshake fails or takes too long, or the server does not meet the demand; the socket is
 * destroyed then.
 */
export async function startTls(
  socket: Socket,
  server: { readonly name: string; readonly demand: TlsDemand; readonly context: SecureContext; readonly now: Date },
  timeoutMillis: number,
  signal: AbortSignal,
): Promise<{ socket: TLSSocket; security: Security }> {
  const { name, context } = server;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new TlsError("The TLS handshake took too long.", "4.7.0")), timeoutMillis);
  // An address is not sent as the server's name (RFC 6066, 3), but its certificate is checked for it.
  const target = isIP(name) === 0 ? { servername: name } : { host: name };
  // Checked below: what has to hold depends on the demand.
  const secured = connect({ socket, secureContext: context, rejectUnauthorized: false, ...target });
  secured.once("secureConnect", resolve);
  const onError = (error: Error) => reject(new TlsError(`TLS failed: ${error.message}.`, "4.7.0"));
  const onClose = () => reject(new TlsError("The server closed the connection during the TLS handshake.", "4.7.0"));
  secured.on("error", onError);
  secured.on("close", onClose);
  const onAbort = () => reject(new TlsError("Delivery stops.", "4.7.0"));
  signal.addEventListener("abort", onAbort);
  try {
    await promise;
    const security = check(secured, server);
    secured.off("error", onError);
    secured.off("close", onClose);
    return { socket: secured, security };
  } catch (error) {
    secured.destroy();
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function check(secured: TLSSocket, { name, demand, now }: { name: string; demand: TlsDemand; now: Date }): Security {
  switch (demand.kind) {
    case "opportunistic":
    case "encrypted":
      return secured.authorized ? "verified" : "encrypted";
    case "verified":
      if (secured.authorized) return "verified";
      throw new TlsError(`The certificate does not hold for ${name}: ${reasonOf(secured)}.`, "4.7.5");
    case "dane": {
      const certificate = secured.getPeerX509Certificate();
      if (certificate !== undefined && matchesDane(certificate, demand.records, demand.names, now)) return "verified";
      throw new TlsError("The certificate is not the one that the server's TLSA records name.", "4.7.5");
    }
  }
}

function reasonOf({ authorizationError }: TLSSocket): string {
  const reason: unknown = authorizationError;
  return reason instanceof Error ? reason.message : String(reason);
}
