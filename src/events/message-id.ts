/**
 * Message IDs in SES's format: `0100`, the time of sending in milliseconds as 12 hex digits, a UUID, `-000000`.
 * The time comes first, so IDs sort by time; the event database is ordered by them.
 */
import { randomUUID } from "node:crypto";

/** What the IDs of this server begin with. */
export const ownPrefix = "0100";
const suffix = "-000000";
const timeDigits = 12;
/** Of the first part of a UUID. */
const uuidDigits = 8;

/** Groups: the time, and the parts of the UUID. */
const form = /^0100([0-9a-f]{12})-([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})-000000$/;
/** The start of SES's IDs, in any region. */
const timeForm = /^[0-9a-f]{4}([0-9a-f]{12})-/;

/** Creates the ID of a message that is sent at `sentAt`. Those of one millisecond are in the order of their creation. */
export function createMessageId(sentAt: Date, uuid: string = nextUuid(sentAt.getTime())): string {
  return `${firstMessageIdAt(sentAt.getTime())}-${uuid}${suffix}`;
}

/** The last ID: its time, and the number that its UUID begins with. */
let last = { time: Number.NaN, number: 0 };

/** A random UUID, larger than the one before if the time is the same. */
function nextUuid(time: number): string {
  const uuid = randomUUID();
  const random = Number.parseInt(uuid.slice(0, uuidDigits), 16);
  // The first of a millisecond leaves room for those that follow.
  const number = time === last.time ? last.number + 1 : Math.floor(random / 2);
  last = { time, number };
  return number.toString(16).padStart(uuidDigits, "0") + uuid.slice(uuidDigits);
}

/** The content of the Message-ID field of a message sent in a region, without angle brackets. */
export function messageIdField(messageId: string, region: string): string {
  return `${messageId}@${region}.mailglass`;
}

/** The time a message was accepted, from its ID; an invalid date if the ID is not in SES's format. */
export function sentAtOf(messageId: string): Date {
  return new Date(Number.parseInt(timeForm.exec(messageId)?.[1] ?? "", 16));
}

/** What precedes the time in an ID of SES's form; as much of any other text. */
export function prefixOf(messageId: string): string {
  return messageId.slice(0, ownPrefix.length);
}

/**
 * A lower bound for all IDs from a time on (in milliseconds since 1970); earlier IDs sort before it.
 * @param before the digits before the time: the prefix of this server's IDs by default
 */
export function firstMessageIdAt(time: number, before = ownPrefix): string {
  return before + Math.max(0, Math.floor(time)).toString(16).padStart(timeDigits, "0");
}

export const packedMessageIdBytes = 22;

/** Packs an ID of this server into its variable bytes: time (6) and UUID (16). Undefined for any other text. */
export function packMessageId(messageId: string): Buffer | undefined {
  const digits = form.exec(messageId)?.slice(1);
  return digits && Buffer.from(digits.join(""), "hex");
}

/** Inverse of `packMessageId`; reads the first 22 bytes. */
export function unpackMessageId(packed: Uint8Array): string {
  const hex = Buffer.from(packed.subarray(0, packedMessageIdBytes)).toString("hex");
  const uuid = hex.slice(timeDigits).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  return `${ownPrefix}${hex.slice(0, timeDigits)}-${uuid}${suffix}`;
}
