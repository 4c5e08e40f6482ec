/** Checks a server's certificate against its TLSA records (RFC 6698, RFC 7671, RFC 7672). */
import { createHash, X509Certificate } from "node:crypto";
import type { TlsaRecord } from "../../dns/resolver.ts";

/** The usages of RFC 7671, 2.1 that apply to SMTP (RFC 7672, 3.1): the issuer's certificate and the server's own. */
const usage = { trustAnchor: 2, endEntity: 3 } as const;

/** How many certificates of a chain are checked. */
const longestChain = 10;

/** Whether a record is usable; unusable records are ignored (RFC 7672, 3.1.3). */
export function isUsable({ usage: given, selector, matchingType, certificate }: TlsaRecord): boolean {
  const lengths: Readonly<Record<number, number>> = { 1: 32, 2: 64 };
  const fits = matchingType === 0 ? certificate.length > 0 : lengths[matchingType] === certificate.length;
  return (given === usage.trustAnchor || given === usage.endEntity) && (selector === 0 || selector === 1) && fits;
}

/**
 * Whether the certificate matches one of the records. `names`: the names that the certificate may be for. Names and
 * validity dates are only checked for records of an issuer (RFC 7672, 3.1.1).
 */
export function matchesDane(
  certificate: X509Certificate,
  records: readonly TlsaRecord[],
  names: readonly string[],
  now: Date,
): boolean {
  const usable = records.filter(isUsable);
  if (usable.some((record) => record.usage === usage.endEntity && matches(record, certificate))) return true;
  const anchors = usable.filter((record) => record.usage === usage.trustAnchor);
  return (
    anchors.length > 0 &&
    isCurrent(certificate, now) &&
    names.some((name) => certificate.checkHost(name) !== undefined) &&
    leadsTo(certificate, anchors, now)
  );
}

/** Whether a chain of signatures leads from the certificate to one that matches a record. */
function leadsTo(certificate: X509Certificate, anchors: readonly TlsaRecord[], now: Date): boolean {
  const published = anchors.flatMap(publishedCertificate);
  let current = certificate;
  for (let length = 0; length < longestChain; length += 1) {
    const at = current;
    if (anchors.some((anchor) => matches(anchor, at))) return true;
    if (published.some((issuer) => issued(issuer, at))) return true;
    const issuer = current.issuerCertificate;
    if (issuer === undefined || issuer.fingerprint256 === current.fingerprint256) return false;
    if (!issued(issuer, current) || !isCurrent(issuer, now)) return false;
    current = issuer;
  }
  return false;
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** A record can contain the whole certificate. Then the server need not send it (RFC 7672, 3.1.2). */
function publishedCertificate({ selector, matchingType, certificate }: TlsaRecord): X509Certificate[] {
  if (selector !== 0 || matchingType !== 0) return [];
  try {
    return [new X509Certificate(certificate)];
  } catch {
    return [];
  }
}

function matches({ selector, matchingType, certificate: wanted }: TlsaRecord, certificate: X509Certificate): boolean {
  const selected = selector === 0 ? certificate.raw : certificate.publicKey.export({ type: "spki", format: "der" });
  switch (matchingType) {
    case 0:
      return selected.equals(wanted);
    case 1:
      return createHash("sha256").update(selected).digest().equals(wanted);
    default:
      return createHash("sha512").update(selected).digest().equals(wanted);
  }
}

function isCurrent(certificate: X509Certificate, now: Date): boolean {
  return certificate.validFromDate <= now && now <= certificate.validToDate;
}
