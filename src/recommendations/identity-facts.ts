/** What the checks of a domain need to know. */
import { orUnknown } from "../dns/or-unknown.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { type DmarcRecord, dmarcRecord } from "../identities/dmarc-check.ts";
import { dedicatedAddresses } from "../identities/dns-records.ts";
import { nearestNames } from "../identities/identity-name.ts";
import { signerOf, usedMailFrom } from "../identities/signing-identity.ts";
import type { Proving } from "../identities/status.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import { type EmailIdentity, selectNearestIdentities } from "../stores/postgres/identities.ts";

export interface IdentityFactsServices {
  resolver: Pick<DnsResolver, "txt" | "mx" | "addresses">;
  proving: Proving;
  /** The return path domain for domains without their own. */
  returnPathDomain: string;
  /** The host that connects to receivers: this server or the relay. */
  sendingHost: string;
  /** Whether that is a relay. */
  relayed?: boolean;
}

export interface IdentityFacts extends IdentityFactsServices {
  readonly domain: string;
  readonly own: EmailIdentity;
  /** The domain with the key that signs, which may be a parent domain; undefined if mail is not signed. */
  readonly signer: EmailIdentity | undefined;
  /** The domain of the return path of the domain's mail. */
  readonly returnPath: string;
  /** The dedicated IP addresses of the account that receivers see. */
  readonly dedicated: readonly string[];
  /** The DMARC record that receivers apply; undefined if there is none. */
  readonly dmarc: DmarcRecord | undefined | "unknown";
}

/** Reads the facts; undefined if there is no such domain. */
export async function readIdentityFacts(
  services: IdentityFactsServices,
  database: ScopedDatabase,
  domain: string,
): Promise<IdentityFacts | undefined> {
  const nearest = await selectNearestIdentities(database, nearestNames(domain));
  const [own] = nearest;
  if (own?.name !== domain) return undefined;
  return {
    ...services,
    domain,
    own,
    signer: signerOf(nearest),
    returnPath: usedMailFrom(nearest, services.proving) ?? services.returnPathDomain,
    dedicated: await dedicatedAddresses({ database, relayed: services.relayed }),
    dmarc: await orUnknown(dmarcRecord(services.resolver, domain)),
  };
}
