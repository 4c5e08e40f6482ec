/** The admin API of seed mailboxes and of inbox placement tests. */

/** A mailbox that tests send to. Its password is never shown. */
export interface SeedMailbox {
  id: string;
  address: string;
  /** The name of the provider in reports. */
  isp: string;
  host: string;
  port: number;
  security: "tls" | "starttls";
  user: string;
  /** Null for the folder that the server marks as junk. */
  junkFolder: string | null;
  /** Null for the server of the topmost Authentication-Results. */
  authservId: string | null;
  /** Certificates in PEM; null for the public authorities. */
  ca: string | null;
  enabled: boolean;
  createdAt: string;
  /** When the server last logged in, or tried to. */
  checkedAt?: string;
  /** What went wrong then. */
  error?: string;
}

/** GET /admin/seed-mailboxes, by address. */
export interface SeedMailboxList {
  mailboxes: SeedMailbox[];
}

/** POST /admin/seed-mailboxes/{id}/check */
export interface SeedMailboxCheck {
  ok: boolean;
  /** What went wrong, or what to know. */
  text: string;
  /** The folders that are searched; only if it went well. */
  folders?: readonly string[];
  /** The one whose mail counts as spam. */
  junkFolder?: string;
}

/** GET /admin/deliverability-tests/{id} */
export interface DeliverabilityTestDetails {
  id: string;
  status: "IN_PROGRESS" | "COMPLETED";
  createdAt: string;
  /** When mail that was not found counts as missing. */
  dueAt: string;
  completedAt?: string;
  /** By address. */
  mailboxes: {
    address: string;
    isp: string;
    messageId: string;
    /** Absent while the mail is looked for. */
    placement?: "inbox" | "junk" | "missing" | "unknown";
    folder?: string;
    /** Whether it passed; absent if the receiving server does not say. */
    spf?: boolean;
    dkim?: boolean;
    /** Why the placement is missing or unknown, or what went wrong in the latest search. */
    note?: string;
    concludedAt?: string;
  }[];
}
