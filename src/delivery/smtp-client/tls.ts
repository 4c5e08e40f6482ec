/** TLS to an SMTP server: the requirements, and whether the server meets them. */
import { createHash } from "node:crypto";
import { isIP, type Socket } from "node:net";
import { connect, type SecureContext, type TLSSocket } from "node:tls";
import type { TlsaRecord } from "../../dns/resolver.ts";
import { matchesDane } from "./dane-match.ts";

/** What delivery requires of the server's TLS. */
export type TlsDemand =
  /** Encrypted if the server offers TLS and it works, without authentication (RFC 7435). */
  | { readonly kind: "opportunistic" }
  /** Encrypted, without authentication. */
  | { readonly kind: "encrypted" }
  /** A certificate for the server's name, issued by a trusted authority. */
  | { readonly kind: "verified" }
  /** A certificate that matches a TLSA record and, if that record is of an issuer, is for one of these names. */
  | { readonly kind: "dane"; readonly records: readonly TlsaRecord[]; readonly names: readonly string[] };

/** How a connection is protected. `verified`: the server is authenticated. */
export type Security = "plain" | "encrypted" | "verified";

/** The TLS handshake failed, or the server could not be authenticated. */
export class TlsError extends Error {
  override readonly name = "TlsError";
  /** RFC 3463, 3.8: a general security failure (4.7.0), or an invalid server certificate (4.7.5). */
  readonly status: "4.7.0" | "4.7.5";
  constructor(message: string, status: "4.7.0" | "4.7.5") {
    super(message);
    this.status = status;
  }
}

/** A key that is equal for equal demands. */
export function demandKey(demand: TlsDemand): string {
  if (demand.kind !== "dane") return demand.kind;
  const hash = createHash("sha256");
  for (const { usage, selector, matchingType, certificate } of demand.records) {
    hash.update(`${usage} ${selector} ${matchingType} ${certificate.length} `).update(certificate);
  }
  return `dane ${hash.update(demand.names.join(" ")).digest("base64")}`;
}

/**
 * Starts TLS on a connected socket and checks the server.
 * @throws TlsError if the handshake fails or takes too long, or if the server does not meet the demand. The socket is
 * then destroyed.
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
  // SNI must not contain an IP address (RFC 6066, 3), but the certificate is checked against it.
  const target = isIP(name) === 0 ? { servername: name } : { host: name };
  // `check` verifies the certificate, because the requirements depend on the demand.
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
      throw new TlsError(`The certificate is not valid for ${name}: ${reasonOf(secured)}.`, "4.7.5");
    case "dane": {
      const certificate = secured.getPeerX509Certificate();
      if (certificate !== undefined && matchesDane(certificate, demand.records, demand.names, now)) return "verified";
      throw new TlsError("The certificate does not match the server's TLSA records.", "4.7.5");
    }
  }
}

function reasonOf({ authorizationError }: TLSSocket): string {
  const reason: unknown = authorizationError;
  return reason instanceof Error ? reason.message : String(reason);
}
