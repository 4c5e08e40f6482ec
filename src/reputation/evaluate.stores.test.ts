/** Evaluations on both kinds of stores, in several scopes. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { eventDatabases } from "../../test/support/event-databases.ts";
import { bounceEvent, complaintEvent, deliveryEvent, insertEvents, sendEvent } from "../../test/support/mail-events.ts";
import { type ScopeUnderTest, threeScopes } from "../../test/support/three-scopes.ts";
import type { BounceEvent, MailEvent } from "../events/event.ts";
import { createEventReader } from "../insights/event-reader.ts";
import type { AccountEvent } from "../publishing/ses-event/render-account-event.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import { selectReputation } from "../stores/postgres/tenant-reputations.ts";
import { deleteTenant, insertTenant } from "../stores/postgres/tenants.ts";
import { evaluate } from "./evaluate.ts";

const start = new Date("2026-11-01T12:00:00.000Z");
const hours = (count: number) => new Date(start.getTime() + count * 3_600_000);
const engines = databases.flatMap((postgres, index) => {
  const clickhouse = eventDatabases[index];
  return clickhouse ? [{ postgres, clickhouse }] : [];
});

describe.each(engines)("evaluations on $postgres.name and $clickhouse.kind ClickHouse", ({ postgres, clickhouse }) => {
  let database: ScopedDatabase;
  let events: EventDatabase;
  let home: ScopeUnderTest;
  let others: readonly ScopeUnderTest[];
  /** The scopes whose caches were cleared, and the events that were written. */
  let changed: number[];
  let written: [scope: number, AccountEvent][];
  let drained: number;
  let queries: number;
  beforeAll(async () => {
    database = await postgres.open();
    events = await clickhouse.open();
    [home, ...others] = await threeScopes(database);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM tenants");
    await events.client.command({ query: "TRUNCATE TABLE message_states" });
    [changed, written, drained, queries] = [[], [], 0, 0];
  });

  const evaluateAt = async (now: Date) => {
    const reader = createEventReader(events);
    await evaluate({
      database,
      reader: {
        ...reader,
        rows(...asked) {
          queries++;
          return reader.rows(...asked);
        },
      },
      recorder: {
        async drained() {
          drained++;
        },
      },
      accountEvents: async () => ({
        async write({ scope }, given) {
          written.push(...given.map((event): [number, AccountEvent] => [scope, event]));
        },
      }),
      changed: async (scope) => {
        changed.push(scope);
      },
      clock: () => now,
    });
  };
  const add = (one: ScopeUnderTest, name: string, createdAt = start) =>
    insertTenant(
      one.database,
      {
        name,
        createdAt,
        id: `tn-${one.scope.id}-${name}-${createdAt.getTime()}`,
        tags: [],
        suppression: null,
        sendingStatus: "ENABLED",
      },
      100,
    );
  const reputationOf = async (one: ScopeUnderTest, name: string) => selectReputation(one.database, name);
  const statusOf = async (one: ScopeUnderTest, name: string) => {
    const tenant = await reputationOf(one, name);
    return [tenant?.sendingStatus, ...(tenant?.findings ?? []).map(({ kind, impact }) => `${kind} ${impact}`)];
  };

  /** Mail of a tenant: the first ones bounce, the next ones are complained about, the rest is delivered. */
  function traffic(
    one: ScopeUnderTest,
    tenant: string | undefined,
    given: { sent: number; bounced?: number; complained?: number; sentAt?: Date; domain?: string } & {
      bounce?: Partial<BounceEvent>;
    },
  ): MailEvent[] {
    const { sent, bounced = 0, complained = 0, sentAt = hours(1), domain = "example.net", bounce } = given;
    return Array.from({ length: sent }, (_, index) => {
      const recipient = `user-${index}@${domain}`;
      const first = sendEvent({ scope: one.scope.id, sentAt, recipient, message: { tenant, inSesScope: false } });
      const then = { ...first, at: new Date(sentAt.getTime() + 1000) };
      if (index < bounced) return [first, bounceEvent(then, bounce)];
      const delivered = [first, deliveryEvent(then)];
      return index < bounced + complained ? [...delivered, complaintEvent(then)] : delivered;
    }).flat();
  }
  /** What happens to messages is recorded later than their sending. */
  const insert = async (...told: MailEvent[][]) => {
    const all = told.flat();
    await insertEvents(
      events,
      all.filter(({ type }) => type === "SEND"),
    );
    const later = all.filter(({ type }) => type !== "SEND");
    if (later.length > 0) await insertEvents(events, later);
  };

  it("pauses a tenant with too many bounces once, and tells so", async () => {
    for (const name of ["bad", "good"]) await add(home, name);
    await insert(
      traffic(home, "bad", { sent: 200, bounced: 31 }),
      traffic(home, "good", { sent: 200, bounced: 20 }),
      traffic(home, undefined, { sent: 200, bounced: 200 }),
    );
    for (const now of [hours(2), hours(3)]) await evaluateAt(now);
    expect(await statusOf(home, "bad")).toEqual(["DISABLED", "BOUNCE HIGH"]);
    expect(await statusOf(home, "good")).toEqual(["ENABLED"]);
    expect(await reputationOf(home, "bad")).toMatchObject({
      managed: { status: "DISABLED", at: hours(2), cause: expect.stringContaining("volume of 200 emails") },
      findings: [
        { rate: 0.155, volume: 200, windowDays: 1, since: hours(2), measuredAt: hours(2), acceptedImpact: null },
      ],
    });
    expect(changed).toEqual([home.scope.id]);
    expect(written).toMatchObject([[home.scope.id, { type: "SENDING_PAUSED", tenant: "bad", by: "server" }]]);
    // The second query is for the mail of a namesake.
    expect([drained, queries]).toEqual([2, 4]);
  });

  it("asks nothing of the event database without tenants", async () => {
    await evaluateAt(hours(2));
    expect([drained, queries]).toEqual([0, 0]);
  });

  it("updates findings as they change, and deletes them when they are gone", async () => {
    await add(home, "one");
    await insert(traffic(home, "one", { sent: 100, complained: 3 }));
    await evaluateAt(hours(2));
    expect(await statusOf(home, "one")).toEqual(["DISABLED", "COMPLAINT HIGH"]);
    await insert(traffic(home, "one", { sent: 400 }));
    await evaluateAt(hours(3));
    expect(await statusOf(home, "one")).toEqual(["DISABLED", "COMPLAINT LOW"]);
    expect((await reputationOf(home, "one"))?.findings).toMatchObject([{ since: hours(2), measuredAt: hours(3) }]);
    await insert(traffic(home, "one", { sent: 100 }));
    await evaluateAt(hours(4));
    expect(await statusOf(home, "one")).toEqual(["DISABLED"]);
    expect(written).toHaveLength(1);
  });

  it("ends findings by time, and with them a reinstatement", async () => {
    await add(home, "one");
    await insert(traffic(home, "one", { sent: 100, bounced: 50 }));
    await database.query("UPDATE tenants SET customer_status = 'REINSTATED', sending_status = 'REINSTATED'");
    await database.query("UPDATE tenants SET reputation_policy = 'none'");
    await evaluateAt(hours(1 + 7 * 24));
    expect(await statusOf(home, "one")).toEqual(["ENABLED"]);
    await database.query("UPDATE tenants SET customer_status = 'REINSTATED', sending_status = 'REINSTATED'");
    await evaluateAt(hours(7 * 24));
    expect(await statusOf(home, "one")).toEqual(["REINSTATED", "BOUNCE HIGH"]);
    expect((await reputationOf(home, "one"))?.findings).toMatchObject([{ windowDays: 7 }]);
    await evaluateAt(hours(1 + 7 * 24));
    expect(await statusOf(home, "one")).toEqual(["ENABLED"]);
    expect(changed).toEqual([home.scope.id, home.scope.id]);
  });

  it("counts hard bounces only, and no mail to the simulator or to suppressed addresses", async () => {
    for (const name of ["soft", "simulator", "suppressed", "hard"]) await add(home, name);
    await insert(
      traffic(home, "soft", { sent: 100, bounced: 100, bounce: { bounceType: "Transient" } }),
      traffic(home, "simulator", { sent: 100, bounced: 100, domain: "Simulator.amazonses.com" }),
      traffic(home, "suppressed", { sent: 100, bounced: 100, bounce: { bounceSubType: "OnAccountSuppressionList" } }),
      traffic(home, "hard", { sent: 100, bounced: 100 }),
    );
    await evaluateAt(hours(2));
    for (const name of ["soft", "simulator", "suppressed"]) expect(await statusOf(home, name)).toEqual(["ENABLED"]);
    expect(await statusOf(home, "hard")).toEqual(["DISABLED", "BOUNCE HIGH"]);
  });

  it("counts no mail of an earlier tenant of the name", async () => {
    await add(home, "one");
    await insert(traffic(home, "one", { sent: 100, bounced: 100, sentAt: hours(1) }));
    await deleteTenant(home.database, "one");
    await add(home, "one", hours(2));
    await evaluateAt(hours(3));
    expect(await statusOf(home, "one")).toEqual(["ENABLED"]);
    await insert(traffic(home, "one", { sent: 100, bounced: 12, sentAt: hours(2) }));
    await evaluateAt(hours(4));
    expect(await statusOf(home, "one")).toEqual(["ENABLED", "BOUNCE LOW"]);
  });

  it("keeps scopes and tenants apart", async () => {
    for (const one of [home, ...others]) {
      await add(one, "One");
      await add(one, "one");
    }
    const [elsewhere, other] = others;
    if (!elsewhere || !other) throw new Error("there are three");
    await insert(
      traffic(elsewhere, "one", { sent: 100, bounced: 100 }),
      traffic(other, "One", { sent: 100, complained: 100 }),
      ...[home, other].map((one) => traffic(one, "one", { sent: 100 })),
    );
    await evaluateAt(hours(2));
    expect(await statusOf(elsewhere, "one")).toEqual(["DISABLED", "BOUNCE HIGH"]);
    expect(await statusOf(other, "One")).toEqual(["DISABLED", "COMPLAINT HIGH"]);
    for (const name of ["one", "One"]) expect(await statusOf(home, name)).toEqual(["ENABLED"]);
    expect(await statusOf(elsewhere, "One")).toEqual(["ENABLED"]);
    expect(await statusOf(other, "one")).toEqual(["ENABLED"]);
    expect(changed.toSorted()).toEqual([elsewhere.scope.id, other.scope.id].toSorted());
    expect(written.map(([scope]) => scope).toSorted()).toEqual(changed.toSorted());
  });
});
