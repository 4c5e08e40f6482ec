/** The DNS records that an identity needs, exactly as to publish them, and what is currently published. */
import { isIP } from "node:net";
import type { Config } from "../config/config.ts";
import { hostAddresses } from "../dns/host-addresses.ts";
import { orUnknown } from "../dns/or-unknown.ts";
import { isPublicAddress } from "../dns/public-address.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { keyRecord, keyRecordName } from "../mail/dkim/key-record.ts";
import { registeredAddresses } from "../stores/postgres/dedicated-ips.ts";
import type { DkimKeyRow } from "../stores/postgres/dkim-keys.ts";
import { type EmailIdentity, selectNearestIdentities } from "../stores/postgres/identities.ts";
import { type DkimKeyServices, makeDkimKey } from "./dkim-key-store.ts";
import { aligns, type DmarcRecord, dmarcRecord, organizationOf } from "./dmarc-check.ts";
import { domainOf, nearestNames } from "./identity-name.ts";
import { type Look, look, lookForKey, lookForMx, lookForToken, tokenRecordName } from "./look-up.ts";
import { mailFromOf, signerOf } from "./signing-identity.ts";
import { spfAllows, spfRecords } from "./spf-check.ts";

/** The hosts and domains for the records. */
export interface AdviceHosts {
  /** The name of this server, which receives the bounces. */
  hostname: string;
  /** The return path domain for identities without their own. */
  returnPathDomain: string;
  /** The host that connects to receivers: this server or the relay. */
  sendingHost: string;
  /** Whether that is a relay, so that receivers see none of this server's addresses. */
  relayed?: boolean;
}

export interface DnsAdviceServices extends DkimKeyServices, AdviceHosts {
  resolver: DnsResolver;
}

/** Reads the hosts from the settings. */
export function adviceHosts(
  config: Pick<Config, "delivery" | "relayUrl" | "hostname" | "returnPathDomain">,
): AdviceHosts {
  const { hostname, returnPathDomain = hostname } = config;
  const relay = config.delivery === "relay" ? URL.parse(config.relayUrl ?? "")?.hostname : undefined;
  // In a URL, an IPv6 address is in brackets.
  return {
    hostname,
    returnPathDomain,
    sendingHost: relay?.replace(/^\[|\]$/g, "") ?? hostname,
    relayed: relay !== undefined,
  };
}

/** A record to publish. */
export interface AdvisedRecord {
  type: "TXT" | "MX";
  name: string;
  value: string;
  /** A line of a zone file. Long texts are split into strings of at most 255 characters (RFC 1035, 3.3.14). */
  zone: string;
  purpose: string;
  /** `ok`: the record is published and effective. `unknown`: the DNS lookup failed. */
  state: "ok" | "missing" | "differs" | "unknown";
  /** The records currently published at the name. */
  found: readonly string[];
}

/** The records to publish for an identity. */
export interface DnsAdvice {
  identity: string;
  domain: string;
  records: AdvisedRecord[];
  dmarc: {
    /** The policy that receivers apply; undefined without a record, `unknown` if the DNS lookup failed. */
    policy: string | undefined;
    /** Whether mail aligns by its DKIM signature, and by its return path. One of them is enough to pass. */
    dkimAligned: boolean;
    spfAligned: boolean;
  };
}

/** Looks up the advice for an identity; undefined if there is no such identity. */
export async function dnsAdvice(services: DnsAdviceServices, given: string): Promise<DnsAdvice | undefined> {
  const names = nearestNames(given);
  const identity = (await selectNearestIdentities(services.database, names))[0];
  if (!identity || identity.name !== names[0]) return undefined;
  await Promise.all([identity.dkim, identity.nextDkim].map((key) => key && makeDkimKey(services, identity.name, key)));
  // Read the identities again, with the generated keys.
  const nearest = await selectNearestIdentities(services.database, names);
  const domain = domainOf(identity.name);
  const signer = signerOf(nearest);
  const mailFrom = mailFromOf(nearest);
  const dmarc = await orUnknown(dmarcRecord(services.resolver, domain));
  const records = await Promise.all([
    ...(signer ? keyRecords(services, signer) : []),
    ...(identity.domainToken ? [tokenRecord(services, domain, identity.domainToken.token)] : []),
    ...(mailFrom
      ? [mxRecord(services, mailFrom.domain, "brings the bounces of this identity's mail to this server")]
      : [returnPathMx(services)]),
    spfRecord(services, mailFrom?.domain ?? services.returnPathDomain),
    dmarcAdvice(domain, dmarc),
  ]);
  const found = dmarc === "unknown" ? undefined : dmarc;
  return {
    identity: identity.name,
    domain,
    records,
    dmarc: {
      policy: dmarc === "unknown" ? dmarc : found?.policy,
      dkimAligned: signer !== undefined && aligns(signer.name, domain, found?.strictDkim ?? false),
      spfAligned: aligns(mailFrom?.domain ?? services.returnPathDomain, domain, found?.strictSpf ?? false),
    },
  };
}

function keyRecords(
  { resolver }: DnsAdviceServices,
  { name, dkim, nextDkim }: EmailIdentity,
): Promise<AdvisedRecord>[] {
  const advise = async (key: DkimKeyRow, purpose: string): Promise<AdvisedRecord> => {
    const publicKey = key.publicKey ?? "";
    const record = {
      type: "TXT",
      name: keyRecordName(key.selector, name),
      value: keyRecord(publicKey),
      purpose,
    } as const;
    return advised(record, await lookForKey(resolver, name, { ...key, publicKey }));
  };
  return [
    ...(dkim ? [advise(dkim, "verifies the domain and the DKIM signatures of its mail")] : []),
    ...(nextDkim ? [advise(nextDkim, "the DKIM key that is used as soon as this record is found")] : []),
  ];
}

async function tokenRecord({ resolver }: DnsAdviceServices, domain: string, token: string): Promise<AdvisedRecord> {
  const purpose = "verifies the domain, as its DKIM record does; either of them is enough";
  const record = { type: "TXT", name: tokenRecordName(domain), value: token, purpose } as const;
  return advised(record, await lookForToken(resolver, domain, token));
}

async function mxRecord(services: DnsAdviceServices, domain: string, purpose: string): Promise<AdvisedRecord> {
  const { resolver, hostname } = services;
  const record = { type: "MX", name: domain, value: `10 ${hostname}`, purpose } as const;
  return advised(record, await lookForMx(resolver, domain, hostname));
}

/** Without an MX record, mail for a domain goes to the host of that name (RFC 5321, 5.1). */
async function returnPathMx(services: DnsAdviceServices): Promise<AdvisedRecord> {
  const { resolver, hostname, returnPathDomain } = services;
  const record = await mxRecord(services, returnPathDomain, "brings bounces to this server");
  if (record.state !== "missing" || returnPathDomain !== hostname) return record;
  const addresses = await orUnknown(resolver.addresses(hostname));
  if (addresses === "unknown") return { ...record, state: "unknown" };
  return addresses.records.length === 0 ? record : { ...record, state: "ok", found: addresses.records };
}

/** The host that connects to receivers, and the account's dedicated IP addresses, must all be allowed to. */
async function spfRecord(services: DnsAdviceServices, domain: string): Promise<AdvisedRecord> {
  const { resolver, sendingHost } = services;
  const dedicated = await dedicatedAddresses(services);
  const { found, finding } = await look(async () => {
    const found = await spfRecords(resolver, domain);
    const own = await hostAddresses(resolver, sendingHost);
    return { found, right: own.length > 0 && (await spfAllows(resolver, domain, [...own, ...dedicated])) };
  });
  const purpose = "lets this server send with the return path's domain (SPF)";
  const [present, ...others] = found;
  const mechanisms = [sendingHost, ...dedicated].map((host) => `${{ 0: "a", 4: "ip4", 6: "ip6" }[isIP(host)]}:${host}`);
  const terms = present?.split(" ") ?? [];
  const missing = mechanisms.filter((mechanism) => !terms.includes(mechanism));
  const added = (missing.length > 0 ? missing : mechanisms).join(" ");
  // Extend an existing record, because two records would both be invalid (RFC 7208, 4.5).
  const wanted =
    finding === "INVALID_VALUE" && present !== undefined && others.length === 0
      ? present.replace(/^v=spf1/i, `v=spf1 ${added}`)
      : `v=spf1 ${mechanisms.join(" ")} ~all`;
  const value = finding === undefined && present !== undefined ? present : wanted;
  return advised({ type: "TXT", name: domain, value, purpose }, { found, finding });
}

/**
 * The dedicated IP addresses that receivers see; none if a relay delivers. They see a private address as another one, which
 * is not known here.
 */
export async function dedicatedAddresses({
  database,
  relayed,
}: Pick<DnsAdviceServices, "database" | "relayed">): Promise<string[]> {
  if (relayed) return [];
  const registered = await registeredAddresses(database, database.scope);
  return registered.map(({ address }) => address).filter(isPublicAddress);
}

/** Any policy is acceptable. */
async function dmarcAdvice(domain: string, dmarc: DmarcRecord | undefined | "unknown"): Promise<AdvisedRecord> {
  const purpose = "tells receivers what to do with mail that is not from you (DMARC); p=none only monitors";
  const name = dmarc === undefined || dmarc === "unknown" ? `_dmarc.${organizationOf(domain)}` : dmarc.name;
  const finding = dmarc === "unknown" ? "DNS_SERVER_ERROR" : dmarc ? undefined : "HOST_NOT_FOUND";
  const found = dmarc === undefined || dmarc === "unknown" ? [] : [dmarc.text];
  return advised({ type: "TXT", name, value: "v=DMARC1; p=none", purpose }, { found, finding });
}

function advised(
  { type, name, value, purpose }: Pick<AdvisedRecord, "type" | "name" | "value" | "purpose">,
  { found, finding }: Look,
): AdvisedRecord {
  const states = { INVALID_VALUE: "differs", HOST_NOT_FOUND: "missing", DNS_SERVER_ERROR: "unknown" } as const;
  const state = finding === undefined ? "ok" : states[finding];
  return { type, name, value, zone: zoneLine(type, name, value), purpose, state, found };
}

function zoneLine(type: AdvisedRecord["type"], name: string, value: string): string {
  if (type === "MX") return `${name}. IN MX ${value}.`;
  const strings = value.match(/.{1,255}/g) ?? [];
  return `${name}. IN TXT ${strings.map((text) => `"${text}"`).join(" ")}`;
}
