/** Starts the verification of identities if they must prove their ownership. */
import type { SystemMailer } from "../delivery/system-mail.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { provingOf } from "../identities/status.ts";
import { startVerifier, type Verifier } from "../identities/verifier.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";

export interface VerificationRole extends ServerServices {
  resolver: DnsResolver;
  mailer: SystemMailer;
  /** The URL at which people reach the server, for links in mail. */
  publicUrl: () => string;
}

/** Starts the verifier; `closers` stops it. Undefined if identities need no proof. */
export function startVerification(role: VerificationRole, closers: Closers): Verifier | undefined {
  const { config, stores, resolver, mailer, publicUrl, clock, log } = role;
  if (provingOf(config) === "assumed") return undefined;
  const { database, sealer } = stores;
  const { hostname, returnPathDomain: mailDomain = hostname } = config;
  const verifier = startVerifier({ database, sealer, resolver, hostname, mailer, mailDomain, publicUrl, clock, log });
  role.clockMoves.onMove(verifier.wake);
  closers.add(() => verifier.stop());
  return verifier;
}
