/**
 * Message ids in SES's form: `0100`, the time of sending in milliseconds as 12 hex digits, a UUID, `-000000`.
 * The time comes first, so ids sort by time; the event database is ordered by it.
 */
import { randomUUID } from "node:crypto";

const prefix = "0100";
const suffix = "-000000";
const timeDigits = 12;

/** Groups: the time, and the parts of the UUID. */
const form = /^0100([0-9a-f]{12})-([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})-000000$/;
/** How SES's ids begin, in any region. */
const timeForm = /^[0-9a-f]{4}([0-9a-f]{12})-/;

/** A new id of a message that is sent at that time. */
export function createMessageId(sentAt: Date, uuid: string = randomUUID()): string {
  return `${firstMessageIdAt(sentAt.getTime())}-${uuid}${suffix}`;
}

/** When a message was accepted, as its id says; an invalid date for what is not of SES's form. */
export function sentAtOf(messageId: string): Date {
  return new Date(Number.parseInt(timeForm.exec(messageId)?.[1] ?? "", 16));
}

/** What all ids of this server from that time on, in milliseconds since 1970, are greater than; those before are less. */
export function firstMessageIdAt(time: number): string {
  return prefix + Math.max(0, Math.floor(time)).toString(16).padStart(timeDigits, "0");
}

/** The length of a packed id. */
export const packedMessageIdBytes = 22;

/** The bytes that an id of this server differs in: time (6) and UUID (16). Undefined for any other text. */
export function packMessageId(messageId: string): Buffer | undefined {
  const digits = form.exec(messageId)?.slice(1);
  return digits && Buffer.from(digits.join(""), "hex");
}

/** The id that was packed into these 22 bytes. */
export function unpackMessageId(packed: Uint8Array): string {
  const hex = Buffer.from(packed.subarray(0, packedMessageIdBytes)).toString("hex");
  const uuid = hex.slice(timeDigits).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  return `${prefix}${hex.slice(0, timeDigits)}-${uuid}${suffix}`;
}
