import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { addScope } from "../../../test/support/other-scopes.ts";
import { dailyCap, utcDay, warmupPercentage } from "../../dedicated-ips/warmup-plan.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { inScope } from "../../stores/postgres/database.ts";
import { insertPool } from "../../stores/postgres/dedicated-ip-pools.ts";
import {
  deleteDedicatedIp,
  insertDedicatedIp,
  moveDedicatedIp,
  selectGranted,
  updateWarmup,
} from "../../stores/postgres/dedicated-ips.ts";
import type { Source } from "./source.ts";
import { createSources, type Sources } from "./sources.ts";

const dayMs = 24 * 3600_000;

describe.each(databases)("the addresses that mail leaves from, on $name", ({ open }) => {
  let database: ScopedDatabase;
  let now: Date;
  const logged: string[] = [];

  beforeEach(async () => {
    database = await open();
    now = new Date("2026-12-01T12:00:00Z");
    logged.length = 0;
  });
  afterEach(() => database.close());

  /** As one process has them. */
  const processSources = () =>
    createSources({
      database,
      clock: () => now,
      log: { warn: (_, message) => void logged.push(message) },
    });

  async function loaded(): Promise<Sources> {
    const sources = processSources();
    await sources.refresh();
    return sources;
  }

  async function register(address: string, percentage: number, scope = database.scope): Promise<void> {
    const ip = { address, scope, ehloName: `host-${address.at(-1)}.example.com`, registeredAt: now };
    expect(await insertDedicatedIp(database, ip, { today: utcDay(now), limit: 100 })).toBe("registered");
    await updateWarmup(inScope(database, scope), address, { percentage, today: utcDay(now) });
  }

  async function setWithPool(name: string, pool: string): Promise<void> {
    await database.query(
      `INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, delivery_options, tags)
       VALUES ($1, $2, true, true, $3::text::jsonb, '[]')`,
      [database.scope, name, JSON.stringify({ SendingPoolName: pool })],
    );
  }

  const mail = (id: number, configurationSet?: string, scope = database.scope) => ({ id, scope, configurationSet });
  const addresses = (list: readonly Source[] | undefined) => list?.map(({ address }) => address);

  /** Sends messages as `deliverOver` does: from the first address that may, or from the server's own. */
  async function sendFrom(sources: Sources, count: number, firstId = 1): Promise<Record<string, number>> {
    const sent: Record<string, number> = {};
    for (let id = firstId; id < firstId + count; id++) {
      let from = "own";
      for (const source of sources.of(mail(id)) ?? []) {
        if (!(await source.take())) continue;
        from = source.address;
        break;
      }
      sent[from] = (sent[from] ?? 0) + 1;
    }
    return sent;
  }

  it("are none without registered addresses, which takes one query a second", async () => {
    const query = vi.spyOn(database, "query");
    const sources = await loaded();
    expect(query).toHaveBeenCalledTimes(1);
    for (let id = 1; id <= 100; id++) {
      expect(sources.of(mail(id, "set"))).toBeUndefined();
      expect(sources.laneOf(mail(id, "set"))).toBeUndefined();
    }
    await sources.refresh();
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
  });

  it("are those of the pool that the configuration set names, or else of the default pool, of the scope alone", async () => {
    const other = await addScope(database, "222222222222", "us-east-1");
    await insertPool(database, { name: "news", tags: [] }, 10);
    await insertPool(database, { name: "empty", tags: [] }, 10);
    await register("127.0.0.2", 100);
    await register("127.0.0.3", 100);
    await register("::1", 100);
    await register("127.0.0.9", 100, other.id);
    await moveDedicatedIp(database, "127.0.0.3", "news");
    await moveDedicatedIp(database, "::1", "news");
    await setWithPool("of-news", "news");
    await setWithPool("of-empty", "empty");
    await setWithPool("of-default", "ses-default-dedicated-pool");
    await setWithPool("of-shared", "ses-shared-pool");
    const sources = await loaded();
    const of = (set?: string, scope?: number) => addresses(sources.of(mail(1, set, scope)))?.sort();
    expect(of("of-news")).toEqual(["127.0.0.3", "::1"]);
    for (const set of [undefined, "of-empty", "of-default", "unknown"]) expect(of(set)).toEqual(["127.0.0.2"]);
    expect(of("of-shared")).toBeUndefined();
    expect(of(undefined, other.id)).toEqual(["127.0.0.9"]);
    expect(of("of-news", other.id)).toEqual(["127.0.0.9"]);
    expect(of(undefined, 12_345)).toBeUndefined();
    const [source] = sources.of(mail(1)) ?? [];
    expect(source).toMatchObject({ family: 4, ehloName: "host-2.example.com" });
    expect(sources.laneOf(mail(1, "of-news"))).toBe(`${database.scope} of-news`);
    expect(sources.laneOf(mail(1))).toBe(`${database.scope} `);
    // Mail of a pool whose last address is removed leaves from the default pool.
    await deleteDedicatedIp(database, "127.0.0.3");
    await deleteDedicatedIp(database, "::1");
    expect(addresses((await loaded()).of(mail(1, "of-news")))).toEqual(["127.0.0.2"]);
  });

  it("get the same share of mail, and a message that is tried again keeps its address", async () => {
    for (const last of [2, 3, 4]) await register(`127.0.0.${last}`, 100);
    const sources = await loaded();
    for (const step of [1, 2, 7]) {
      const counts = new Map<string, number>();
      for (let id = 1; id <= 300 * step; id += step) {
        const order = addresses(sources.of(mail(id)));
        expect(addresses(sources.of(mail(id)))).toEqual(order);
        expect(new Set(order).size).toBe(3);
        counts.set(order?.[0] ?? "", (counts.get(order?.[0] ?? "") ?? 0) + 1);
      }
      for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(10);
    }
  });

  it("send what their warm-up allows on each of 45 days, in two processes at once and across restarts", async () => {
    await register("127.0.0.2", 0);
    const days = 47;
    let processes = [await loaded(), await loaded()];
    for (let day = 0; day < days; day++) {
      const today = utcDay(now);
      const percentage = warmupPercentage({ percentage: 0, since: "2026-12-01" }, today);
      const cap = dailyCap(percentage);
      // Large caps would take long to reach: their days are nearly used up from the start.
      const near = Math.max(0, (cap ?? 0) - 120);
      if (near > 0) {
        await database.query("INSERT INTO dedicated_ip_days VALUES ('127.0.0.2', $1::text::date, $2)", [today, near]);
      }
      // The second half of the day begins with a restart of one of them.
      const sent = await Promise.all(processes.map((one) => sendFrom(one, 40)));
      processes = [await loaded(), processes[1] ?? (await loaded())];
      sent.push(...(await Promise.all(processes.map((one) => sendFrom(one, 100)))));
      const ofAddress = sent.reduce((sum, one) => sum + (one["127.0.0.2"] ?? 0), 0);
      const own = sent.reduce((sum, one) => sum + (one.own ?? 0), 0);
      expect(ofAddress + own).toBe(280);
      if (cap === undefined) {
        expect(day).toBeGreaterThanOrEqual(45);
        expect(own).toBe(0);
      } else {
        expect(near + ofAddress).toBeLessThanOrEqual(cap);
        // A restart loses a hundredth of the cap at most.
        expect(near + ofAddress).toBeGreaterThanOrEqual(Math.min(cap, near + 280) - Math.max(1, Math.ceil(cap / 100)));
        expect((await selectGranted(database, today)).get("127.0.0.2")).toBeLessThanOrEqual(cap);
      }
      now = new Date(now.getTime() + dayMs);
    }
  });

  it("leave what is too much to addresses that are warmed up", async () => {
    await register("127.0.0.2", 0);
    await register("127.0.0.3", 100);
    const sent = await sendFrom(await loaded(), 300);
    expect(sent).toEqual({ "127.0.0.2": 50, "127.0.0.3": 250 });
  });

  it("count a message of which no server heard not at all, and of a day that has ended not on the next one", async () => {
    await register("127.0.0.2", 0);
    const sources = await loaded();
    const [source] = sources.of(mail(1)) ?? [];
    for (let time = 0; time < 200; time++) (await source?.take())?.giveBack();
    expect(await sendFrom(sources, 60)).toEqual({ "127.0.0.2": 50, own: 10 });
    now = new Date(now.getTime() + dayMs);
    const late = await source?.take();
    now = new Date(now.getTime() + dayMs);
    expect(await sendFrom(sources, 100)).toEqual({ "127.0.0.2": dailyCap(4), own: 100 - (dailyCap(4) ?? 0) });
    late?.giveBack();
    expect(await sendFrom(sources, 10)).toEqual({ own: 10 });
  });

  it("follow a percentage that was set: less or more on the same day, and no limit once it is complete", async () => {
    await register("127.0.0.2", 30);
    const cap = dailyCap(30) ?? 0;
    expect((await sendFrom(await loaded(), cap + 5))["127.0.0.2"]).toBe(cap);
    await updateWarmup(database, "127.0.0.2", { percentage: 0, today: utcDay(now) });
    expect(await sendFrom(await loaded(), 5)).toEqual({ own: 5 });
    await updateWarmup(database, "127.0.0.2", { percentage: 40, today: utcDay(now) });
    expect((await sendFrom(await loaded(), (dailyCap(40) ?? 0) + 5))["127.0.0.2"]).toBe((dailyCap(40) ?? 0) - cap);
    await updateWarmup(database, "127.0.0.2", { percentage: 100, today: utcDay(now) });
    expect(await sendFrom(await loaded(), 100)).toEqual({ "127.0.0.2": 100 });
  });

  it("don't begin the day again when they are registered again", async () => {
    await register("127.0.0.2", 0);
    await sendFrom(await loaded(), 60);
    await deleteDedicatedIp(database, "127.0.0.2");
    await register("127.0.0.2", 0);
    expect(await sendFrom(await loaded(), 5)).toEqual({ own: 5 });
  });

  it("are logged once a minute if this machine lacks them", async () => {
    await register("127.0.0.2", 100);
    const [source] = (await loaded()).of(mail(1)) ?? [];
    for (let time = 0; time < 3; time++) source?.unavailable("bind EADDRNOTAVAIL");
    expect(logged).toEqual(["mail can't leave from a dedicated IP address: this machine does not have it"]);
  });
});
