/** The log of what was posted to webhooks: rows of posts that ended together, a JSON line per post. */
import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { number, object, optional, string } from "valibot";
import { parseJson } from "../../common/parse-data.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import {
  insertWebhookDeliveries,
  type StoredDeliveries,
  selectWebhookDeliveries,
  selectWebhookDelivery,
} from "../../stores/postgres/webhook-deliveries.ts";
import type { PostResult } from "./post.ts";
import type { WebhookServices } from "./webhook-services.ts";

/** A post. */
export interface DeliveryEntry {
  readonly eventId: string;
  /** The event's type, or what else was posted: `SubscriptionConfirmation`, `Validation`, `Test`. */
  readonly type: string;
  readonly messageId?: string | undefined;
  /** The row of the publications table with the event; undefined for what can't be resent. */
  readonly publication?: number | undefined;
  readonly url: string;
  /** 1 for the first try. */
  readonly try: number;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly milliseconds: number;
  /** Without one, the receiver did not answer. */
  readonly status?: number | undefined;
  /** The beginning of the answer's body. */
  readonly answer: string;
  /** Why the post failed. */
  readonly error?: string | undefined;
}

/** A post in the log. */
export interface LoggedDelivery extends DeliveryEntry {
  readonly id: string;
}

const storedEntry = object({
  eventId: string(),
  type: string(),
  messageId: optional(string()),
  publication: optional(number()),
  url: string(),
  try: number(),
  startedAt: number(),
  milliseconds: number(),
  status: optional(number()),
  answer: string(),
  error: optional(string()),
});

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
/** Rows that are read at a time. */
const rowsPerRound = 8;

/** An entry from what is known before and after a post. */
export function entryOf(
  known: Pick<DeliveryEntry, "eventId" | "type" | "messageId" | "publication" | "url" | "try">,
  { status, answer, error }: PostResult,
  time: { startedAt: number; milliseconds: number },
): DeliveryEntry {
  return { ...known, ...time, status, answer, error };
}

/** Adds a row. A failure is logged only: the posts were made, and must not be repeated because of it. */
export async function logDeliveries(
  { database, clock, log }: Pick<WebhookServices, "database" | "clock" | "log">,
  webhook: string,
  entries: readonly DeliveryEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const failures = entries.filter(({ error }) => error !== undefined).length;
  try {
    const payload = await compress(entries.map((entry) => JSON.stringify(entry)).join("\n"));
    await insertWebhookDeliveries(database, { webhook, endedAt: clock(), failures, payload });
  } catch (error) {
    log.warn({ err: error, webhook }, "could not log deliveries to a webhook");
  }
}

/** A page of the log. */
export interface DeliveryPage {
  readonly deliveries: readonly LoggedDelivery[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/** A place in the log: a row, and a post in it. */
interface Place {
  readonly row: number;
  readonly index: number;
}

/** The place of an ID or a cursor; undefined for any other text. */
export function placeOf(text: string): Place | undefined {
  const [, row, index] = /^([1-9]\d{0,14})-(\d{1,6})$/.exec(text) ?? [];
  return row === undefined ? undefined : { row: Number(row), index: Number(index) };
}

/** The posts to a webhook, newest first, up to `from`; only those that failed if `failed` is set. */
export async function readDeliveries(
  database: ScopedQueryable,
  webhook: string,
  { from, failed, limit }: { from: Place | undefined; failed: boolean; limit: number },
): Promise<DeliveryPage> {
  const deliveries: LoggedDelivery[] = [];
  let last = from?.row ?? Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = await selectWebhookDeliveries(database, webhook, { last, failed, limit: rowsPerRound });
    for (const row of rows) {
      last = row.id - 1;
      const newestFirst = (await readRow(row)).reverse();
      for (const entry of newestFirst) {
        const place = placeOf(entry.id);
        if (row.id === from?.row && place !== undefined && place.index > from.index) continue;
        if (failed && entry.error === undefined) continue;
        if (deliveries.length === limit) return { deliveries, next: entry.id };
        deliveries.push(entry);
      }
    }
    if (rows.length < rowsPerRound) return { deliveries, next: undefined };
  }
}

/** One post to a webhook. */
export async function readDelivery(
  database: ScopedQueryable,
  webhook: string,
  { row, index }: Place,
): Promise<LoggedDelivery | undefined> {
  const found = await selectWebhookDelivery(database, webhook, row);
  return found && (await readRow(found))[index];
}

async function readRow({ id, payload }: StoredDeliveries): Promise<LoggedDelivery[]> {
  const lines = (await decompress(payload)).toString().split("\n");
  return lines.map((line, index) => ({
    id: `${id}-${index}`,
    ...parseJson(storedEntry, line, "an entry in the log of a webhook"),
  }));
}
