/** Starts the verification of identities, where they must prove that they are their owner's. */
import type { SystemMailer } from "../delivery/system-mail.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { provingOf } from "../identities/status.ts";
import { startVerifier, type Verifier } from "../identities/verifier.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";

/** What it works with. */
export interface VerificationRole extends ServerServices {
  resolver: DnsResolver;
  mailer: SystemMailer;
  /** Where people reach the server: its mail has links. */
  publicUrl: () => string;
}

/** Starts it; `closers` stops it. Undefined where nothing is asked of identities. */
export function startVerification(role: VerificationRole, closers: Closers): Verifier | undefined {
  const { config, stores, resolver, mailer, publicUrl, clock, log } = role;
  if (provingOf(config) === "assumed") return undefined;
  const { database, sealer } = stores;
  const { hostname, returnPathDomain: mailDomain = hostname } = config;
  const verifier = startVerifier({ database, sealer, resolver, hostname, mailer, mailDomain, publicUrl, clock, log });
  closers.add(() => verifier.stop());
  return verifier;
}
