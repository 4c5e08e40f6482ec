/**
 * Searches and counts through the admin API with 1,000,000 messages, alternating with the equivalent SQL statement in
 * the same process, since only one process can open the store.
 */
import { pino } from "pino";
import { openScopes } from "../src/accounts/scopes.ts";
import { steadyClock } from "../src/common/steady-clock.ts";
import { readConfig } from "../src/config/config.ts";
import { Closers, openStores } from "../src/server/open-stores.ts";
import { startRoles } from "../src/server/start-server.ts";
import type { EventDatabase } from "../src/stores/clickhouse/event-database.ts";
import { removeFolder, temporaryFolder } from "../test/support/server-process.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { simulateInto } from "./simulated-server.ts";

export const name = "search";
export const description =
  "Searches and counts of 1,000,000 messages through the admin API, beside the same query in the store.";

const messages = Number(process.env.BENCH_MESSAGES ?? 1_000_000);
const days = 60;
const rounds = 15;
const pageRows = 50;

/** A search as parameters of the admin API, and as an SQL condition. */
interface Case {
  what: string;
  query: Record<string, string>;
  sql: string;
}

/** Throws if the results differ. */
export async function* run(): AsyncGenerator<Figure> {
  const dataDir = process.env.BENCH_DATA_DIR ?? (await temporaryFolder());
  const closers = new Closers();
  try {
    if (process.env.BENCH_DATA_DIR === undefined) await simulateInto(dataDir, messages, days, 1);
    const log = pino({ level: "error" });
    const ports = { MAILGLASS_PORT: "0", MAILGLASS_SMTP_PORT: "0", MAILGLASS_BOUNCE_PORT: "0" };
    const config = readConfig({ MAILGLASS_DATA_DIR: dataDir, ...ports });
    const stores = await openStores(config, log, closers);
    const { url } = await startRoles(
      { config, stores, scopes: await openScopes(stores.database, config), log, clock: () => new Date(), steadyClock },
      closers,
    );
    const all = await rows<{ count: number }>(stores.events, "SELECT count() AS count FROM message_states FINAL");
    if ((all[0]?.count ?? 0) < messages) throw new Error(`there are ${all[0]?.count} messages, not ${messages}`);
    for (const one of await casesOf(stores.events)) yield* measure(url, stores.events, one);
  } finally {
    await closers.close();
    if (process.env.BENCH_DATA_DIR === undefined) await removeFolder(dataDir);
  }
}

async function casesOf(events: EventDatabase): Promise<Case[]> {
  const [some] = await rows<{ recipient: string }>(
    events,
    `SELECT recipient FROM message_states LIMIT 1 OFFSET ${messages >> 1}`,
  );
  const { recipient } = some ?? { recipient: "" };
  const from = new Date(Date.now() - 30 * 24 * 3600 * 1000);
  const to = new Date(from.getTime() + 24 * 3600 * 1000);
  const seconds = (at: Date) => `fromUnixTimestamp64Milli(${at.getTime()}, 'UTC')`;
  return [
    { what: "everything", query: {}, sql: "1" },
    { what: "an address", query: { recipient }, sql: `lower(recipient) = lower('${recipient}')` },
    {
      what: "a part of an address",
      query: { recipient: `*${recipient.slice(2, 9)}*` },
      sql: `position(lower(recipient), lower('${recipient.slice(2, 9)}')) > 0`,
    },
    { what: "a common subject", query: { subject: "RECEIPT" }, sql: "position(lower(subject), 'receipt') > 0" },
    {
      what: "a subject that is not there",
      query: { subject: "no such" },
      sql: "position(lower(subject), 'no such') > 0",
    },
    {
      what: "complaints of a provider",
      query: { isp: "Yahoo", lastDelivery: "COMPLAINT" },
      sql: "isp = 'Yahoo' AND bitAnd(last_delivery, 255) = 6",
    },
    {
      what: "a tag",
      query: { tag: "campaign:weekly" },
      sql: `(message_id, recipient) IN (
        SELECT message_id, recipient FROM events WHERE type = 'SEND' AND has(tags['campaign'], 'weekly'))`,
    },
    {
      what: "a day a month ago",
      query: { from: from.toISOString(), to: to.toISOString() },
      sql: `sent_at >= ${seconds(from)} AND sent_at < ${seconds(to)}`,
    },
  ];
}

async function* measure(url: string, events: EventDatabase, { what, query, sql }: Case): AsyncGenerator<Figure> {
  const search = new URLSearchParams({ ...query, limit: String(pageRows) });
  const page = await inTurns(
    async () => {
      const { messages: found } = await ask<{ messages: { messageId: string }[] }>(`${url}/admin/messages?${search}`);
      return found.map(({ messageId }) => messageId).join();
    },
    // Finds the newest rows by the columns of the condition, then reads the displayed columns of only those rows: up to
    // three times as fast as a plain SELECT with ORDER BY and LIMIT.
    async () => {
      const keys = `SELECT message_id, recipient FROM message_states FINAL WHERE ${sql}
        ORDER BY message_id DESC, recipient DESC LIMIT ${pageRows}`;
      const found = await rows<{ message_id: string }>(
        events,
        `SELECT message_id, recipient, sent_at, source, subject, isp, last_delivery, last_engagement_by_person,
          tupleElement(last_bounce, 'sub_type') AS sub_type, tupleElement(last_bounce, 'diagnostic') AS diagnostic
          FROM message_states FINAL WHERE (message_id, recipient) IN (${keys}) ORDER BY message_id DESC, recipient DESC`,
      );
      return found.map((row) => row.message_id).join();
    },
  );
  yield figureOf({ bench: name, figure: `a page of ${what}, beside the query in the store`, ...page, unit: "ms" });
  const count = await inTurns(
    async () => (await ask<{ count: number }>(`${url}/admin/messages/count?${new URLSearchParams(query)}`)).count,
    async () =>
      (await rows<{ count: number }>(events, `SELECT count() AS count FROM message_states FINAL WHERE ${sql}`))[0]
        ?.count,
  );
  yield figureOf({ bench: name, figure: `the count of ${what}, beside the query in the store`, ...count, unit: "ms" });
}

/** The medians of both, in milliseconds. Throws if their results differ. */
async function inTurns<Answer>(ours: () => Promise<Answer>, reference: () => Promise<Answer>) {
  const times: { ours: number[]; reference: number[] } = { ours: [], reference: [] };
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    const found = await ours();
    const between = performance.now();
    const expected = await reference();
    const ended = performance.now();
    if (found !== expected) throw new Error(`the search answered ${found}, the store ${expected}`);
    // The first round warms up.
    if (round === 0) continue;
    times.ours.push(between - begun);
    times.reference.push(ended - between);
  }
  return { ours: median(times.ours), reference: median(times.reference) };
}

async function ask<Answer>(url: string): Promise<Answer> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  const body: Answer = JSON.parse(await answer.text());
  return body;
}

async function rows<Row>({ client }: EventDatabase, sql: string): Promise<Row[]> {
  const settings = { output_format_json_quote_64bit_integers: 0 } as const;
  const answer = await client.query({ query: sql, clickhouse_settings: settings, format: "JSONEachRow" });
  return answer.json<Row>();
}
