/** Alerts with both kinds of stores: rates in several scopes, and sources of the mirror. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { eventDatabases } from "../../test/support/event-databases.ts";
import { bounceEvent, complaintEvent, deliveryEvent, insertEvents, sendEvent } from "../../test/support/mail-events.ts";
import { type ScopeUnderTest, threeScopes } from "../../test/support/three-scopes.ts";
import type { MailEvent, MessageFacts } from "../events/event.ts";
import { createEventReader } from "../insights/event-reader.ts";
import { sourceOf } from "../mirror/mirror-source.ts";
import { encodeSourceSettings } from "../mirror/source-settings.ts";
import type { AccountEvent, AlertEvent } from "../publishing/ses-event/render-account-event.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { selectAlerts } from "../stores/postgres/alerts.ts";
import { updateConfigurationSetReputation } from "../stores/postgres/configuration-sets.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import {
  deleteMirrorSource,
  insertMirrorSource,
  noteAtMirrorSource,
  selectMirrorSources,
} from "../stores/postgres/mirror-sources.ts";
import { keptMs, look } from "./look.ts";

const start = new Date("2026-11-01T12:00:00.000Z");
const minutes = (count: number) => new Date(start.getTime() + count * 60_000);
const hours = (count: number) => minutes(count * 60);
const engines = databases.flatMap((postgres, index) => {
  const clickhouse = eventDatabases[index];
  return clickhouse ? [{ postgres, clickhouse }] : [];
});
const sourceId = "00000000-0000-4000-8000-000000000001";

describe.each(engines)("alerts on $postgres.name and $clickhouse.kind ClickHouse", ({ postgres, clickhouse }) => {
  let database: ScopedDatabase;
  let events: EventDatabase;
  let home: ScopeUnderTest;
  let others: readonly ScopeUnderTest[];
  /** The written events, and the logged lines. */
  let written: [scope: number, AlertEvent][];
  let logged: string[];
  beforeAll(async () => {
    database = await postgres.open();
    events = await clickhouse.open();
    [home, ...others] = await threeScopes(database);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM alerts");
    await database.query("DELETE FROM mirror_sources");
    await events.client.command({ query: "TRUNCATE TABLE message_states" });
    [written, logged] = [[], []];
  });

  const isAlert = (event: AccountEvent): event is AlertEvent => "alert" in event;
  const lookAt = (now: Date, limits: { bounces?: number | undefined; complaints?: number } = {}) =>
    look(
      {
        database,
        reader: createEventReader(events),
        scopes: {
          default: home.scope,
          byId: async (id) => [home, ...others].find(({ scope }) => scope.id === id)?.scope ?? home.scope,
        },
        sources: async () => (await selectMirrorSources(database)).map(sourceOf),
        accountEvents: async () => ({
          async write({ scope }, given) {
            for (const event of given) if (isAlert(event)) written.push([scope, event]);
          },
        }),
        limits: { bounces: 0.05, complaints: 0.001, volume: 1000, waiting: 100, ...limits },
        clock: () => now,
        log: {
          warn: (_, text) => logged.push(`warn ${text}`),
          info: (_, text) => logged.push(`info ${text}`),
        },
      },
      true,
    );
  const listed = async (scope?: number) =>
    (await selectAlerts(database, { scope, closedFrom: undefined, limit: 100 })).map(
      ({ kind, subjectType, subject }) => `${kind} ${subjectType} ${subject}`,
    );
  const told = () => written.map(([, { type, alert }]) => `${type} ${alert.kind} ${alert.subject.name}`).sort();

  interface Traffic {
    sent: number;
    bounced?: number;
    complained?: number;
    sentAt?: Date;
    /** The type of events to leave out. */
    without?: "SEND" | "DELIVERY";
    domain?: string;
  }
  /** Inserts mail of a scope: the first messages bounce, the next get complaints, the others are delivered. */
  async function traffic(one: ScopeUnderTest, message: Partial<MessageFacts>, given: Traffic): Promise<void> {
    const { sent, bounced = 0, complained = 0, sentAt = hours(-1), without, domain = "example.net" } = given;
    const all = Array.from({ length: sent }, (_, index): MailEvent[] => {
      const recipient = `user-${index}@${domain}`;
      const first = sendEvent({ scope: one.scope.id, sentAt, recipient, message: { ...message, inSesScope: false } });
      const then = { ...first, at: new Date(sentAt.getTime() + 1000) };
      const mirrored = { message: first.message, unknown: undefined };
      if (index < bounced) return [first, { ...bounceEvent(then), mirrored }];
      const delivered = [first, deliveryEvent(then)];
      return index < bounced + complained ? [...delivered, { ...complaintEvent(then), mirrored }] : delivered;
    }).flat();
    await insertEvents(
      events,
      all.filter(({ type }) => type !== without),
    );
  }

  describe("of rates", () => {
    it("exist for identities, configuration sets and tenants, each in its account and region", async () => {
      await traffic(home, { configurationSet: "bad", tenant: "one" }, { sent: 1000, bounced: 51 });
      await traffic(home, { configurationSet: "good" }, { sent: 1000, bounced: 49 });
      const [elsewhere] = others;
      if (!elsewhere) throw new Error("there is no other scope");
      await traffic(elsewhere, { identity: "example.org" }, { sent: 1000, complained: 4 });
      await lookAt(start);
      expect(await listed(home.scope.id)).toEqual(
        expect.arrayContaining(["bounce-rate configuration-set bad", "bounce-rate tenant one"]),
      );
      expect(await listed(home.scope.id)).toHaveLength(2);
      expect(await listed(elsewhere.scope.id)).toEqual(["complaint-rate identity example.org"]);
      expect(written).toHaveLength(3);
      const [, opened] = written.find(([, { alert }]) => alert.subject.type === "configuration-set") ?? [];
      expect(opened).toEqual({
        type: "RATE_ALERT_OPENED",
        at: start,
        text: expect.stringContaining("The bounce rate exceeded 5.0% based on a representative volume of 1000 emails"),
        impact: "LOW",
        metric: "BOUNCE",
        alert: {
          id: expect.any(String),
          kind: "bounce-rate",
          account: home.scope.accountId,
          region: home.scope.region,
          subject: { type: "configuration-set", name: "bad" },
          text: opened?.alert.text,
          ...{ rate: 0.051, threshold: 0.05, volume: 1000, windowDays: 1 },
          measuredAt: start.toISOString(),
          openedAt: start.toISOString(),
        },
      });
      expect(written.map(([scope]) => scope).filter((scope) => scope === elsewhere.scope.id)).toHaveLength(1);
      expect(logged).toHaveLength(3);
    });

    it("open once and close once, an hour after the rate has fallen well below the threshold", async () => {
      await traffic(home, { configurationSet: "one", identity: "" }, { sent: 1000, bounced: 60 });
      for (const now of [start, minutes(5), minutes(10)]) await lookAt(now);
      expect(told()).toEqual(["RATE_ALERT_OPENED bounce-rate one"]);
      // 60 of 1,300 are 4.6 %: below the threshold, but not clear.
      await traffic(home, { configurationSet: "one", identity: "" }, { sent: 300 });
      for (const now of [minutes(15), hours(2)]) await lookAt(now);
      expect(await listed()).toHaveLength(1);
      // 60 of 1,600 are 3.75 %, for a while.
      await traffic(home, { configurationSet: "one", identity: "" }, { sent: 300 });
      for (const now of [hours(3), minutes(3 * 60 + 59)]) await lookAt(now);
      await traffic(home, { configurationSet: "one", identity: "" }, { sent: 100, bounced: 40 });
      await lookAt(hours(4));
      expect(await listed()).toHaveLength(1);
      await traffic(home, { configurationSet: "one", identity: "" }, { sent: 1000 });
      for (const now of [hours(5), minutes(5 * 60 + 59)]) await lookAt(now);
      expect(told()).toHaveLength(1);
      for (const now of [hours(6), hours(7)]) await lookAt(now);
      expect(told()).toEqual(["RATE_ALERT_CLOSED bounce-rate one", "RATE_ALERT_OPENED bounce-rate one"]);
      expect(await listed()).toEqual([]);
      const closed = await selectAlerts(database, { scope: home.scope.id, closedFrom: start, limit: 10 });
      expect(closed).toMatchObject([{ openedAt: start, closedAt: hours(6) }]);
      expect(logged.map((line) => line.split(" ")[0])).toEqual(["warn", "info"]);
      await lookAt(new Date(hours(6).getTime() + keptMs + 1));
      expect(await selectAlerts(database, { scope: undefined, closedFrom: start, limit: 10 })).toEqual([]);
    });

    it("don't exist for configuration sets whose reputation metrics are off", async () => {
      await database.query(
        `INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, tags)
         VALUES ($1, 'off', true, true, '[]')`,
        [home.scope.id],
      );
      const [elsewhere] = others;
      if (!elsewhere) throw new Error("there is no other scope");
      for (const one of [home, elsewhere]) {
        await traffic(one, { configurationSet: "off", identity: "" }, { sent: 1000, bounced: 60 });
      }
      await lookAt(start);
      expect(await listed(home.scope.id)).toEqual(["bounce-rate configuration-set off"]);
      await updateConfigurationSetReputation(home.database, "off", false);
      for (const now of [minutes(5), hours(2)]) await lookAt(now);
      expect(await listed(home.scope.id)).toEqual([]);
      // The set of the same name in another account.
      expect(await listed(elsewhere.scope.id)).toEqual(["bounce-rate configuration-set off"]);
      await database.query("DELETE FROM configuration_sets");
    });

    it("need a denominator: bounces and complaints without SENDs have no rate", async () => {
      await traffic(
        home,
        { configurationSet: "bounces", identity: "" },
        { sent: 2000, bounced: 1000, without: "SEND" },
      );
      await traffic(home, { configurationSet: "few", identity: "" }, { sent: 999, bounced: 500 });
      await traffic(home, { configurationSet: "two", identity: "" }, { sent: 1000, complained: 2 });
      await lookAt(start);
      expect(await listed()).toEqual([]);
    });

    it("of complaints are based on sent mail if no deliveries are published", async () => {
      const set = (configurationSet: string) => ({ configurationSet, identity: "" });
      await traffic(home, set("high"), { sent: 1000, complained: 3, without: "DELIVERY" });
      await traffic(home, set("low"), { sent: 3000, complained: 3, without: "DELIVERY" });
      await lookAt(start);
      expect(await listed()).toEqual(["complaint-rate configuration-set high"]);
    });

    it("ignore mail to the simulator and mail older than a week", async () => {
      const domain = "simulator.amazonses.com";
      await traffic(home, { configurationSet: "simulator" }, { sent: 1000, bounced: 1000, domain });
      await traffic(home, { configurationSet: "old" }, { sent: 1000, bounced: 1000, sentAt: hours(-7 * 24) });
      await lookAt(start);
      expect(await listed()).toEqual([]);
    });

    it("close once the mail is too old, and when their setting is turned off", async () => {
      await traffic(home, { tenant: "one", identity: "" }, { sent: 1000, bounced: 100 });
      await lookAt(start);
      for (const now of [hours(7 * 24), hours(7 * 24 + 1)]) await lookAt(now);
      expect(told()).toEqual(["RATE_ALERT_CLOSED bounce-rate one", "RATE_ALERT_OPENED bounce-rate one"]);
      await lookAt(start);
      expect(await listed()).toHaveLength(1);
      for (const now of [hours(1), hours(2)]) await lookAt(now, { bounces: undefined });
      expect(await listed()).toEqual([]);
    });

    it("open once if two processes check at the same time", async () => {
      await traffic(home, { tenant: "one", identity: "" }, { sent: 1000, bounced: 100 });
      await Promise.all([lookAt(start), lookAt(start)]);
      expect(told()).toEqual(["RATE_ALERT_OPENED bounce-rate one"]);
      await lookAt(hours(7 * 24));
      await Promise.all([lookAt(hours(7 * 24 + 1)), lookAt(hours(7 * 24 + 1))]);
      expect(told()).toHaveLength(2);
    });
  });

  describe("of sources", () => {
    const add = (silenceSeconds: number | null = null) =>
      insertMirrorSource(
        database,
        {
          id: sourceId,
          name: "prod",
          kind: "sqs",
          enabled: true,
          accounts: ["111122223333"],
          region: "eu-west-1",
          settings: encodeSourceSettings({ kind: "sqs", queueUrl: "https://q", region: "eu-west-1", topicArns: [] }),
          sealedSecret: null,
          suppresses: false,
          silenceSeconds,
          createdAt: start,
        },
        10,
      );
    const note = (what: Parameters<typeof noteAtMirrorSource>[2]) => noteAtMirrorSource(database, sourceId, what);

    it("that are silent open if the silence lasts, and close with the next event", async () => {
      await add(3600);
      for (const now of [hours(1), minutes(61), minutes(62)]) await lookAt(now);
      expect(told()).toEqual([]);
      await note({ eventAt: minutes(62) });
      for (const now of [minutes(63), minutes(122), minutes(123), minutes(124)]) await lookAt(now);
      expect(told()).toEqual([]);
      await lookAt(minutes(125));
      await lookAt(minutes(200));
      expect(told()).toEqual(["SOURCE_ALERT_OPENED source-silent prod"]);
      expect(written).toMatchObject([
        [
          home.scope.id,
          { alert: { subject: { type: "source", name: "prod", id: sourceId }, eventAt: minutes(62).toISOString() } },
        ],
      ]);
      expect(await listed()).toEqual(["source-silent source prod"]);
      expect(await listed(home.scope.id)).toEqual([]);
      await note({ eventAt: minutes(201) });
      for (const now of [minutes(201), minutes(202)]) await lookAt(now);
      expect(told()).toEqual(["SOURCE_ALERT_CLOSED source-silent prod", "SOURCE_ALERT_OPENED source-silent prod"]);
    });

    it("with a long queue open if it grows, and close when it is half as long as the limit", async () => {
      await add();
      const waits = async (minute: number, waiting: number) => {
        await note({ waiting });
        await lookAt(minutes(minute));
      };
      // Long but shrinking; then short for a moment.
      for (const [minute, waiting] of [
        [0, 900],
        [5, 800],
        [10, 700],
      ] as const)
        await waits(minute, waiting);
      for (const [minute, waiting] of [
        [11, 700],
        [15, 90],
        [16, 200],
        [22, 300],
      ] as const)
        await waits(minute, waiting);
      expect(told()).toEqual([]);
      await waits(26, 310);
      expect(told()).toEqual(["SOURCE_ALERT_OPENED source-queue prod"]);
      expect(written).toMatchObject([[home.scope.id, { alert: { waiting: 310, waitingBefore: 200 } }]]);
      for (const [minute, waiting] of [
        [27, 400],
        [28, 99],
        [29, 51],
      ] as const)
        await waits(minute, waiting);
      expect(told()).toHaveLength(1);
      await waits(30, 50);
      expect(told()).toHaveLength(2);
    });

    it("that fail open after a quarter of an hour of errors, and close after a while without errors", async () => {
      await add();
      const failed = (minute: number) => note({ error: { text: "AccessDenied", at: minutes(minute) } });
      await failed(0);
      await lookAt(minutes(0));
      await note({ error: null });
      await lookAt(minutes(5));
      await failed(6);
      for (const minute of [6, 15, 20]) await lookAt(minutes(minute));
      expect(told()).toEqual([]);
      await lookAt(minutes(21));
      expect(told()).toEqual(["SOURCE_ALERT_OPENED source-failing prod"]);
      await note({ error: null });
      await lookAt(minutes(22));
      await failed(23);
      await lookAt(minutes(23));
      await note({ error: null });
      for (const minute of [24, 28]) await lookAt(minutes(minute));
      expect(told()).toHaveLength(1);
      await lookAt(minutes(29));
      expect(told()).toEqual(["SOURCE_ALERT_CLOSED source-failing prod", "SOURCE_ALERT_OPENED source-failing prod"]);
    });

    it("close when the source is disabled, and are deleted with it", async () => {
      await add(60);
      for (const now of [hours(1), minutes(63)]) await lookAt(now);
      expect(await listed()).toHaveLength(1);
      await database.query("UPDATE mirror_sources SET enabled = false");
      await lookAt(minutes(64));
      expect(await listed()).toEqual([]);
      expect(told()).toHaveLength(2);
      await deleteMirrorSource(database, sourceId);
      expect(await selectAlerts(database, { scope: undefined, closedFrom: start, limit: 10 })).toEqual([]);
    });
  });
});
