/** The fold of events to the state of a message: SQL in the event database's migration. */
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { eventDatabases } from "../../test/support/event-databases.ts";
import {
  clickEvent,
  deliveryEvent,
  histories,
  insertEvents,
  openEvent,
  sendEvent,
} from "../../test/support/mail-events.ts";
import { foldMessage, type MessageState } from "../../test/support/message-model.ts";
import { runs } from "../../test/support/runs.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { migrate } from "../stores/clickhouse/migrate.ts";
import { defaultScope } from "../stores/postgres/database.ts";
import { splitStatements } from "../stores/sql-statements.ts";
import type { MailEvent } from "./event.ts";
import { bounceElement, deliveryKinds, engagementKinds, inScopeCondition, kindName } from "./message-state.ts";
import { encodeEvent } from "./record.ts";

const at = (column: string) => `toUnixTimestamp64Milli(${column})`;
const clock = (column: string) => `toInt64(bitAnd(bitShiftRight(${column}, 8), ${2 ** 48 - 1}))`;
const never = Date.parse("2200-01-01T00:00:00Z");
const firsts = {
  delivered_at: "DELIVERY",
  bounced_permanently_at: "PERMANENT_BOUNCE",
  bounced_transiently_at: "TRANSIENT_BOUNCE",
  complained_at: "COMPLAINT",
} as const;
/** What people and machines did, and people alone. */
const engagements = { opened_at: "OPEN", clicked_at: "CLICK" } as const;
const byPerson = { opened_by_person_at: "OPEN", clicked_by_person_at: "CLICK" } as const;

/** The state of a history as the query below tells it. */
function told(history: readonly MailEvent[]): object {
  const state = foldMessage(history, "apart");
  const withMachines = foldMessage(history, "count");
  const { facts, lastDelivery, lastBounce, first } = state;
  return {
    message_id: state.messageId,
    scope: history[0]?.scope,
    recipient: state.recipient,
    sent: state.sentAt.getTime(),
    source: facts?.source ?? "",
    subject: facts?.subject ?? "",
    isp: facts?.isp ?? "",
    identity: facts?.identity ?? "",
    configuration_set: facts?.configurationSet ?? "",
    tenant: facts?.tenant ?? "",
    flags: [facts?.inSesScope, facts?.feedbackLoop, facts?.openTracked, facts?.clickTracked].map((flag) => +!!flag),
    delivery: [lastDelivery?.name ?? "", lastDelivery?.at.getTime() ?? 0],
    engagement: toldEngagement(withMachines),
    engagement_by_person: toldEngagement(state),
    bounce: [lastBounce?.at.getTime() ?? 0, lastBounce?.subType ?? "", lastBounce?.diagnostic ?? ""],
    firsts: [
      ...Object.values(firsts).map((name) => first.get(name)),
      ...Object.values(engagements).map((name) => withMachines.first.get(name)),
      ...Object.values(byPerson).map((name) => first.get(name)),
    ].map((first) => first?.getTime() ?? never),
  };
}

function toldEngagement({ lastEngagement }: MessageState): [string, number] {
  return [lastEngagement?.name ?? "", lastEngagement?.at.getTime() ?? 0];
}

async function states(events: EventDatabase, messageIds: readonly string[]): Promise<object[]> {
  const answer = await events.client.query({
    query: `SELECT message_id, scope, recipient, ${at("sent_at")} AS sent, source, subject, isp, identity,
        configuration_set, tenant, [in_ses_scope, feedback_loop, open_tracked, click_tracked] AS flags,
        tuple(${kindName("last_delivery", deliveryKinds)}, ${clock("last_delivery")}) AS delivery,
        tuple(${kindName("last_engagement", engagementKinds)}, ${clock("last_engagement")}) AS engagement,
        tuple(${kindName("last_engagement_by_person", engagementKinds)}, ${clock("last_engagement_by_person")})
          AS engagement_by_person,
        tuple(${at("tupleElement(last_bounce, 'at')")}, ${bounceElement("sub_type")}, ${bounceElement("diagnostic")}) AS bounce,
        [${Object.keys({ ...firsts, ...engagements, ...byPerson })
          .map(at)
          .join(", ")}] AS firsts
      FROM message_states FINAL WHERE message_id IN {messageIds:Array(String)}`,
    query_params: { messageIds },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    format: "JSONEachRow",
  });
  return answer.json<object>();
}

describe.each(eventDatabases)("the fold ($kind)", ({ open }) => {
  let events: EventDatabase;
  beforeAll(async () => {
    events = await open();
  });

  it("is what the model says, in whatever order events come, however often, and while parts merge", async () => {
    const property = fc.asyncProperty(
      fc.array(inAnyScope(histories(new Date("2026-09-30T12:00:00Z"))), { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.nat()),
      async (messages, numbers) => {
        const next = (below: number) => (numbers.next().value ?? 0) % below;
        const shuffled = messages.flat().map((event) => ({ event, key: next(1_000_000) }));
        shuffled.sort((a, b) => a.key - b.key);
        const all = shuffled.flatMap(({ event }) => Array<typeof event>(1 + (next(4) === 0 ? 1 : 0)).fill(event));
        // In a few inserts, some of them told again as a whole, as after a crash of the recorder.
        const merges: Promise<unknown>[] = [];
        while (all.length > 0) {
          const batch = all.splice(0, 1 + next(Math.max(8, all.length)));
          await insertEvents(events, batch);
          if (next(3) === 0) await insertEvents(events, batch);
          if (next(3) === 0) merges.push(events.client.command({ query: "OPTIMIZE TABLE message_states FINAL" }));
        }
        const ids = messages.flatMap(([first]) => (first ? [first.messageId] : []));
        const whileMerging = await states(events, ids);
        await Promise.all(merges);
        for (const found of [whileMerging, await states(events, ids)]) {
          expect(found).toHaveLength(messages.length);
          expect(found).toEqual(expect.arrayContaining(messages.map((history) => told(history))));
        }
      },
    );
    await fc.assert(property, { numRuns: runs(10) });
  });

  it("is the same after the parts have merged", async () => {
    const [history = []] = fc.sample(histories(new Date("2026-03-01T00:00:00Z")), 1);
    for (const event of [...history, ...history]) await insertEvents(events, [event]);
    await events.client.command({ query: "OPTIMIZE TABLE message_states FINAL" });
    expect(await states(events, [history[0]?.messageId ?? ""])).toEqual([told(history)]);
  });

  it("keeps the recipients of a message apart", async () => {
    const first = sendEvent({ recipient: "one@example.com" });
    const second = sendEvent({ ...first, recipient: "two@example.com" });
    await insertEvents(events, [first, second]);
    const found = await states(events, [first.messageId]);
    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining([told([first]), told([second])]));
  });

  it("takes what was folded before machines were told apart for what people did", async () => {
    const history = (at: string) => {
      const sent = sendEvent();
      return [sent, openEvent({ ...sent, at: new Date(at) }), clickEvent({ ...sent, at: new Date(at) })];
    };
    const before = history("2026-09-22T00:00:00Z");
    await downgrade(events, "0002-machine-engagement.sql");
    // As a server told of them that did not know of machines.
    const lines = before.map((event) => encodeEvent(event).replace('"machine":"",', ""));
    await events.insertRows("events", [Buffer.from(lines.join(""))]);
    await migrateAgain(events, "0002-machine-engagement.sql");
    const after = history("2026-09-23T00:00:00Z");
    await insertEvents(events, after);
    const [sent] = before;
    if (!sent) throw new Error("a history has a SEND");
    const late = { ...sent, at: new Date("2026-09-24T00:00:00Z") };
    const later = [openEvent(late), clickEvent(late, "scanner")];
    await insertEvents(events, later);
    for (const merged of [false, true]) {
      if (merged) await events.client.command({ query: "OPTIMIZE TABLE message_states FINAL" });
      expect(await states(events, [sent.messageId])).toEqual([told([...before, ...later])]);
      expect(await states(events, [after[0]?.messageId ?? ""])).toEqual([told(after)]);
    }
  });

  it("takes what was folded before there were scopes, and what an older server records, for the default scope", async () => {
    const history = (scope: number) => {
      const sent = sendEvent({ scope });
      return [sent, deliveryEvent({ ...sent, at: new Date("2026-09-22T00:00:00Z") })];
    };
    const [before, meanwhile, after] = [history(defaultScope), history(defaultScope), history(7)];
    await downgrade(events, "0004-scope.sql");
    // Events of the default scope are encoded as they were before there were scopes.
    await insertEvents(events, before);
    // Another server still runs while this one migrates: both views fold what it records.
    const statements = await statementsOf("0004-scope.sql");
    for (const query of statements.slice(0, -1)) await events.client.command({ query });
    await insertEvents(events, meanwhile);
    await migrateAgain(events, "0004-scope.sql");
    await insertEvents(events, after);
    const [sent] = before;
    if (!sent) throw new Error("a history has a SEND");
    const later = openEvent({ ...sent, at: new Date("2026-09-24T00:00:00Z") });
    await insertEvents(events, [later]);
    for (const merged of [false, true]) {
      if (merged) await events.client.command({ query: "OPTIMIZE TABLE message_states FINAL" });
      expect(await states(events, [sent.messageId])).toEqual([told([...before, later])]);
      expect(await states(events, [meanwhile[0]?.messageId ?? ""])).toEqual([told(meanwhile)]);
      expect(await states(events, [after[0]?.messageId ?? ""])).toEqual([told(after)]);
      const ids = [before, meanwhile, after].map(([first]) => first?.messageId ?? "");
      expect(await idsInScope(events, defaultScope, ids)).toEqual(ids.slice(0, 2).toSorted());
      expect(await idsInScope(events, 7, ids)).toEqual(ids.slice(2));
    }
  });

  it("takes what was folded before messages could lack their SEND as sent, and tells those apart that lack it", async () => {
    const delivered = (given: Parameters<typeof sendEvent>[0] = {}) => {
      const sent = sendEvent(given);
      const delivery = deliveryEvent({ ...sent, at: new Date("2026-09-22T00:00:00Z") });
      return [sent, { ...delivery, mirrored: { message: sent.message } }] as const;
    };
    const [before, complete, lacking, late] = [delivered(), delivered(), delivered(), delivered()];
    await downgrade(events, "0005-send-seen.sql");
    await insertEvents(events, before);
    await migrateAgain(events, "0005-send-seen.sql");
    const nobodys = { ...openEvent({ ...complete[0], at: new Date("2026-09-23T00:00:00Z") }), recipient: "" };
    await insertEvents(events, [...complete, lacking[1], late[1], nobodys]);
    await insertEvents(events, [late[0]]);
    const ids = [before, complete, lacking, late].map(([{ messageId }]) => messageId);
    for (const merged of [false, true]) {
      if (merged) await events.client.command({ query: "OPTIMIZE TABLE message_states FINAL" });
      const answer = await events.client.query({
        query: `SELECT message_id AS id, recipient, subject, send_seen AS seen FROM message_states FINAL
          WHERE message_id IN {ids:Array(String)}`,
        query_params: { ids },
        format: "JSONEachRow",
      });
      const rows = new Map((await answer.json<{ id: string; seen: number }>()).map(({ id, ...row }) => [id, row]));
      const row = (seen: number) => ({ recipient: "user@example.com", subject: "hello", seen });
      expect(ids.map((id) => rows.get(id))).toEqual([row(1), row(1), row(0), row(1)]);
      // An open that is nobody's is in no state.
      expect(rows.size).toBe(ids.length);
    }
  });
});

/** All events of a history in one scope, which is mostly the default one. */
function inAnyScope(history: fc.Arbitrary<MailEvent[]>): fc.Arbitrary<MailEvent[]> {
  const scopes = fc.constantFrom(defaultScope, defaultScope, 7, 2 ** 31 - 1);
  return fc.tuple(history, scopes).map(([events, scope]) => events.map((event) => ({ ...event, scope })));
}

/** Which of the messages are in a scope, as queries filter them: before rows are aggregated. */
async function idsInScope(events: EventDatabase, scope: number, messageIds: readonly string[]): Promise<string[]> {
  const { sql, parameters } = inScopeCondition({ scope });
  const answer = await events.client.query({
    query: `SELECT message_id AS id FROM message_states FINAL
      PREWHERE ${sql} WHERE message_id IN {messageIds:Array(String)} ORDER BY id`,
    query_params: { ...parameters, messageIds },
    format: "JSONEachRow",
  });
  return (await answer.json<{ id: string }>()).map(({ id }) => id);
}

const foldMigrationNames = [
  "0002-machine-engagement.sql",
  "0004-scope.sql",
  "0005-send-seen.sql",
  "0006-recipient-outcomes.sql",
] as const;
type Migration = (typeof foldMigrationNames)[number];

/** The migrations of the fold from this one on. */
function foldMigrations(from: Migration): Migration[] {
  return foldMigrationNames.filter((name) => name >= from);
}

/** Makes the database what it was before a migration. */
async function downgrade(events: EventDatabase, to: Migration): Promise<void> {
  const undo = [
    "DROP VIEW fold_events_with_validation",
    "DROP VIEW fold_recipient_outcomes",
    "DROP TABLE recipient_outcomes",
    dropping("doubtful")("events"),
    dropping("send_seen")("message_states"),
  ];
  if (to !== "0005-send-seen.sql") undo.push(...["message_states", "events"].map(dropping("scope")));
  if (to === "0002-machine-engagement.sql") {
    const columns = "last_engagement_by_person, DROP COLUMN opened_by_person_at, DROP COLUMN clicked_by_person_at";
    undo.push(dropping(columns)("message_states"), dropping("machine")("events"));
    undo.push(...(await statementsOf("0001-events.sql")));
  } else {
    // Each creates the view of its time again.
    const before = to === "0004-scope.sql" ? "0002-machine-engagement.sql" : "0004-scope.sql";
    undo.push(...(await statementsOf(before)));
  }
  for (const query of undo) await events.client.command({ query });
  await forgetMigrations(events, to);
}

const dropping = (columns: string) => (table: string) => `ALTER TABLE ${table} DROP COLUMN ${columns}`;

/** Migrates as processes do that end before they have recorded a file: they run it again. */
async function migrateAgain(events: EventDatabase, from: Migration): Promise<void> {
  for (const _ of [1, 2]) {
    await migrate(events.client);
    await forgetMigrations(events, from);
  }
  await migrate(events.client);
}

async function forgetMigrations(events: EventDatabase, from: Migration): Promise<void> {
  const names = foldMigrations(from);
  await events.client.command({
    query: "DELETE FROM migrations WHERE name IN {names:Array(String)}",
    query_params: { names },
  });
}

async function statementsOf(migration: string): Promise<string[]> {
  const folder = new URL("../stores/clickhouse/migrations/", import.meta.url);
  return splitStatements(await readFile(new URL(migration, folder), "utf8"), "clickhouse");
}
