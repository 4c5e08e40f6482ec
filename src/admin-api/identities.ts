/** The admin API of identities: GET /admin/identities/{identity}/dns, GET and PUT …/notifications. */

export interface IdentityDns {
  identity: string;
  domain: string;
  records: DnsRecord[];
  dmarc: { policy?: string; dkimAligned: boolean; spfAligned: boolean };
}

/** A record to publish and its status. */
export interface DnsRecord {
  type: "TXT" | "MX";
  name: string;
  value: string;
  /** The record as a line of a zone file. */
  zone: string;
  purpose: string;
  state: "ok" | "missing" | "differs" | "unknown";
  found: string[];
}

/** GET and PUT /admin/identities/{identity}/notifications. */
export interface IdentityNotificationsView {
  identity: string;
  feedbackForwarding: boolean;
  notifications: Readonly<Record<"Bounce" | "Complaint" | "Delivery", NotificationView>>;
}

export interface NotificationView {
  topicArn?: string | undefined;
  headers: boolean;
}
