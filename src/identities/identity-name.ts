/** The names of email identities (addresses and domains), in the canonical form for storage and comparison. */
import { domainToASCII } from "node:url";
import { errors } from "../contract/errors.ts";
import type { EmailIdentity } from "../stores/postgres/identities.ts";

export type IdentityName = Pick<EmailIdentity, "name" | "type">;

// RFC 5321, section 4.1.2: a dot-string or a quoted string, in ASCII as in SES (no SMTPUTF8).
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const localPart = new RegExp(`^(?:${atom}(?:\\.${atom})*|"(?:[ !#-\\[\\]-~]|\\\\[ -~])*")$`);
// RFC 5321, section 4.5.3.1.1, in octets.
const MAX_LOCAL_PART = 64;

// RFC 1035, section 2.3.4: labels up to 63 octets, 253 in all. SES also accepts underscores within a label.
const label = "[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?";
const domainName = new RegExp(`^(?:${label}\\.)+${label}$`);
const MAX_DOMAIN = 253;

/**
 * Parses the name of an identity. A name with an `@` is an address, any other a domain. The domain is converted to
 * lower case and ASCII (IDNA, UTS 46). The local part keeps its case, because SES distinguishes `Foo@` from `foo@`.
 * Throws a bad request for an invalid name.
 */
export function parseIdentityName(text: string): IdentityName {
  const name = normalizeIdentityName(text);
  if (name) return name;
  throw text.includes("@") ? errors.emailAddressInvalid(text) : errors.domainInvalid(text);
}

/** Like `parseIdentityName`, for a domain: an address is a bad request, too. Returns the name. */
export function parseDomain(text: string): string {
  const domain = normalizeDomain(text);
  if (domain === undefined) throw errors.domainInvalid(text);
  return domain;
}

/** Like `parseIdentityName`, but undefined for an invalid name. */
export function normalizeIdentityName(text: string): IdentityName | undefined {
  const at = text.lastIndexOf("@");
  const domain = normalizeDomain(text.slice(at + 1));
  if (!domain) return undefined;
  if (at < 0) return { name: domain, type: "DOMAIN" };

  const local = text.slice(0, at);
  if (local.length > MAX_LOCAL_PART || !localPart.test(local)) return undefined;
  return { name: `${local}@${domain}`, type: "EMAIL_ADDRESS" };
}

/** A domain in lower case and ASCII; undefined unless it is a fully qualified domain name (an IP address is not). */
export function normalizeDomain(text: string): string | undefined {
  // domainToASCII parses a URL's host and would decode percent-encoding, so ASCII characters must already be valid.
  if (/[^A-Za-z0-9._\-\u0080-\u{10ffff}]/u.test(text)) return undefined;
  const domain = domainToASCII(text);
  if (domain.length > MAX_DOMAIN || !domainName.test(domain)) return undefined;
  // RFC 3696, section 2: a top-level domain is not all digits. This excludes IPv4 addresses.
  return /\.\d+$/.test(domain) ? undefined : domain;
}

/**
 * The identities that may cover mail from `address`, most specific first: the address itself, its domain, and each
 * parent domain, because a domain identity covers its subdomains. Empty for an invalid address.
 */
export function identityCandidates(address: string): string[] {
  return normalizeIdentityName(address)?.type === "EMAIL_ADDRESS" ? nearestNames(address) : [];
}

/** An identity's name and those of the domains above it, most specific first. Empty for an invalid name. */
export function nearestNames(text: string): string[] {
  const parsed = normalizeIdentityName(text);
  if (!parsed) return [];
  const labels = domainOf(parsed.name).split(".");
  const domains = labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
  return parsed.type === "EMAIL_ADDRESS" ? [parsed.name, ...domains] : domains;
}

/** The domain of an identity: its own name or, for an address, the part after the `@`. */
export function domainOf(name: string): string {
  return name.slice(name.lastIndexOf("@") + 1);
}
