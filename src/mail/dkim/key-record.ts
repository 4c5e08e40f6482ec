/** The DNS record of a DKIM key (RFC 6376, 3.6): TXT of `selector._domainkey.domain`. */

export function keyRecordName(selector: string, domain: string): string {
  return `${selector}._domainkey.${domain}`;
}

/** The record's value for a public key in the format of `publicKeyText`. */
export function keyRecord(publicKey: string): string {
  return `v=DKIM1; k=rsa; p=${publicKey}`;
}

/** In characters. Longer records are mistakes or abuse. */
const maxRecord = 4096;

/**
 * Whether a record publishes this public key for mail that this server signs. The record may restrict hash algorithms
 * and services, declare a test (`t=y`), and contain white space between tags. An empty `p=` means a revoked key.
 */
export function publishesKey(record: string, publicKey: string): boolean {
  const tags = readTags(record);
  if (tags === undefined || tags.get("p") !== publicKey) return false;
  if ((tags.get("v") ?? "DKIM1") !== "DKIM1" || (tags.get("k") ?? "rsa") !== "rsa") return false;
  const allows = (tag: string, ...values: string[]) => {
    const list = tags.get(tag)?.split(":");
    return list === undefined || list.some((value) => values.includes(value));
  };
  return allows("h", "sha256") && allows("s", "*", "email");
}

/** The tags of a tag list, without white space (RFC 6376, 3.2), in their order; undefined if the text is not a tag list. */
export function readTags(record: string): Map<string, string> | undefined {
  if (record.length > maxRecord) return undefined;
  const tags = new Map<string, string>();
  for (const part of record.replace(/[ \t\r\n]+/g, "").split(";")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    if (equals < 1 || tags.has(part.slice(0, equals))) return undefined;
    tags.set(part.slice(0, equals), part.slice(equals + 1));
  }
  return tags;
}
