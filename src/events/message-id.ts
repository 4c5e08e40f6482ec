import { randomUUID } from "node:crypto";

/**
 * A message id in SES's form: `0100`, the time of sending in milliseconds as 12 hex digits, a UUID, `-000000`.
 * The time comes first, so ids sort by time; the event database is ordered by it.
 */
export function createMessageId(sentAt: Date): string {
  return `0100${sentAt.getTime().toString(16).padStart(12, "0")}-${randomUUID()}-000000`;
}

/** When a message was accepted, as its id says. */
export function sentAtOf(messageId: string): Date {
  return new Date(Number.parseInt(messageId.slice(4, 16), 16));
}
