/** The names of email identities: addresses and domains, in the one form in which they are stored and compared. */
import { domainToASCII } from "node:url";
import { errors } from "../contract/errors.ts";
import type { EmailIdentity } from "../stores/postgres/identities.ts";

/** What names an identity. */
export type IdentityName = Pick<EmailIdentity, "name" | "type">;

// RFC 5321, section 4.1.2: a dot-string or a quoted string, in ASCII as SES has it (no SMTPUTF8).
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const localPart = new RegExp(`^(?:${atom}(?:\\.${atom})*|"(?:[ !#-\\[\\]-~]|\\\\[ -~])*")$`);
// RFC 5321, section 4.5.3.1.1, in octets.
const MAX_LOCAL_PART = 64;

// RFC 1035, section 2.3.4: labels up to 63 octets, 253 in all. SES takes the underscore within a label too.
const label = "[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?";
const domainName = new RegExp(`^(?:${label}\\.)+${label}$`);
const MAX_DOMAIN = 253;

/**
 * Reads the name of an identity: what has an `@` is an address, everything else a domain. The domain is folded to lower
 * case and ASCII (IDNA, UTS 46); the local part keeps its case, since SES tells `Foo@` from `foo@`.
 * Throws a bad request for what is neither.
 */
export function parseIdentityName(text: string): IdentityName {
  const name = normalizeIdentityName(text);
  if (name) return name;
  throw text.includes("@") ? errors.emailAddressInvalid(text) : errors.domainInvalid(text);
}

/** As `parseIdentityName`, but undefined for what can't be an identity. */
export function normalizeIdentityName(text: string): IdentityName | undefined {
  const at = text.lastIndexOf("@");
  const domain = normalizeDomain(text.slice(at + 1));
  if (!domain) return undefined;
  if (at < 0) return { name: domain, type: "DOMAIN" };

  const local = text.slice(0, at);
  if (local.length > MAX_LOCAL_PART || !localPart.test(local)) return undefined;
  return { name: `${local}@${domain}`, type: "EMAIL_ADDRESS" };
}

/** A domain in lower case and ASCII; undefined for what isn't the full name of one (an IP address isn't). */
export function normalizeDomain(text: string): string | undefined {
  // domainToASCII reads a URL's host: it would undo percent-encoding. So what is ASCII must be right already.
  if (/[^A-Za-z0-9._\-\u0080-\u{10ffff}]/u.test(text)) return undefined;
  const domain = domainToASCII(text);
  if (domain.length > MAX_DOMAIN || !domainName.test(domain)) return undefined;
  // RFC 3696, section 2: a top-level domain is not all digits. This keeps IPv4 addresses out.
  return /\.\d+$/.test(domain) ? undefined : domain;
}

/**
 * The identities that mail from `address` may be sent by, most specific first: the address itself, its domain, and
 * each parent, since a domain identity covers its subdomains. Empty for what isn't an address.
 */
export function identityCandidates(address: string): string[] {
  return normalizeIdentityName(address)?.type === "EMAIL_ADDRESS" ? nearestNames(address) : [];
}

/** An identity's name and those of the domains above it, most specific first. Empty for what can't be an identity. */
export function nearestNames(text: string): string[] {
  const parsed = normalizeIdentityName(text);
  if (!parsed) return [];
  const labels = domainOf(parsed.name).split(".");
  const domains = labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
  return parsed.type === "EMAIL_ADDRESS" ? [parsed.name, ...domains] : domains;
}

/** The domain of an identity: its own name or, for an address, what stands behind the `@`. */
export function domainOf(name: string): string {
  return name.slice(name.lastIndexOf("@") + 1);
}
