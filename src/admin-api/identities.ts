/** GET /admin/identities/{identity}/dns. */

/** The DNS records of an identity. */
export interface IdentityDns {
  identity: string;
  domain: string;
  records: DnsRecord[];
  dmarc: { policy?: string; dkimAligned: boolean; spfAligned: boolean };
}

/** A record to publish, and how it stands. */
export interface DnsRecord {
  type: "TXT" | "MX";
  name: string;
  value: string;
  /** As a line of a zone file. */
  zone: string;
  purpose: string;
  state: "ok" | "missing" | "differs" | "unknown";
  found: string[];
}
