/** Events that are not about mail, such as that sending was paused. */
import { randomUUID } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import { number, object, optional, picklist, string } from "valibot";
import { parseJson, unknownVersion } from "../common/parse-data.ts";
import { readStoredText } from "../common/stored-text.ts";
import type { ScopedQueryable } from "../stores/postgres/database.ts";
import { accountEventVersion, insertAccountPublication, type Publication } from "../stores/postgres/publications.ts";
import { type AccountEventType, accountEventTypes, type PublishedEvent } from "./published-event.ts";
import { type AccountEvent, renderAccountEvent } from "./ses-event/render-account-event.ts";

const storedEvent = object({
  id: string(),
  type: picklist(accountEventTypes),
  at: number(),
  /** The identity that it is about. */
  identity: optional(string()),
  body: string(),
});

/** Adds events of a scope in the transaction of what they report. The router finds them within a second. */
export async function recordAccountEvents(
  transaction: ScopedQueryable,
  events: readonly AccountEvent[],
  now: Date,
): Promise<void> {
  if (events.length === 0) return;
  const lines = events.map((event) => {
    const { type, at } = event;
    const identity = "recommendation" in event ? event.recommendation.identity : undefined;
    return `${JSON.stringify({ id: randomUUID(), type, at: at.getTime(), identity, body: renderAccountEvent(event) })}\n`;
  });
  const payload = zstdCompressSync(Buffer.from(lines.join("")));
  await insertAccountPublication(transaction, { now, events: events.length, payload });
}

/**
 * The account events of a row.
 * @throws MalformedData, also if a newer version of the program wrote the row
 */
export async function readAccountEvents({
  id: publication,
  version,
  payload,
}: Publication): Promise<(PublishedEvent & { type: AccountEventType })[]> {
  if (version !== accountEventVersion) throw unknownVersion("a row of account events", version);
  const lines = (await readStoredText(payload, "a row of account events")).split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      const { identity, ...event } = parseJson(storedEvent, line, "an account event");
      return { ...event, publication, messageId: undefined, identity };
    });
}
