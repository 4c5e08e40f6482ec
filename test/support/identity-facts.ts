/** A domain to check for recommendations, and a resolver that asks the test's DNS server. */
import { createResolver, type DnsResolver } from "../../src/dns/resolver.ts";
import type { IdentityFacts } from "../../src/recommendations/identity-facts.ts";
import type { DkimKeyRow } from "../../src/stores/postgres/dkim-keys.ts";
import type { EmailIdentity } from "../../src/stores/postgres/identities.ts";
import type { DnsServer } from "./dns-server.ts";

/** A resolver without a cache. It waits long for answers, but not for those to names that the server is silent about. */
export function impatientResolver({ address, zone }: DnsServer): DnsResolver {
  let ahead = 0;
  // Each look at the clock finds that all answers have expired.
  const clock = () => {
    ahead += 86_400_000;
    return new Date(ahead);
  };
  const waiting = (timeoutMillis: number) =>
    createResolver({ servers: [address], dnssec: "off", timeoutMillis, attempts: 1, clock });
  const [patient, impatient] = [waiting(20_000), waiting(50)];
  const forName = (name: string) => (zone.get(name)?.failure === "silence" ? impatient : patient);
  return {
    mx: (name) => forName(name).mx(name),
    addresses: (name) => forName(name).addresses(name),
    ipv4: (name) => forName(name).ipv4(name),
    txt: (name) => forName(name).txt(name),
    cname: (name) => forName(name).cname(name),
    ptr: (name) => forName(name).ptr(name),
    tlsa: (name) => forName(name).tlsa(name),
  };
}

/** A key whose record was found. */
export function keyRow(given: Partial<DkimKeyRow> = {}): DkimKeyRow {
  const at = new Date("2026-11-01T00:00:00Z");
  return {
    ...{ origin: "AWS_SES", selector: "s1", bits: 2048, publicKey: "KEY", generatedAt: at },
    ...{ status: "SUCCESS", since: at, checkedAt: at, succeededAt: at, error: null, nextCheckAt: at },
    ...given,
  };
}

export function identityRow(given: Partial<EmailIdentity> = {}): EmailIdentity {
  return {
    ...{ name: "example.com", type: "DOMAIN", configurationSetName: null, tags: [], createdAt: new Date(0) },
    ...{ dkimSigningEnabled: true, feedbackForwarding: true, proofRequestedAt: null, provenAt: null },
    ...{ dkim: keyRow(), nextDkim: undefined, domainToken: undefined, mailFrom: undefined },
    ...given,
  };
}

/** The facts of example.com, whose key signs, unless given otherwise. */
export function identityFacts(server: DnsServer, given: Partial<IdentityFacts> = {}): IdentityFacts {
  const own = given.own ?? identityRow();
  return {
    ...{ resolver: impatientResolver(server), proving: "assumed", domain: own.name, own, signer: own },
    ...{ returnPathDomain: "mx.test", returnPath: "mx.test", sendingHost: "mx.test", dmarc: undefined, dedicated: [] },
    ...given,
  };
}
