import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { recordingLog } from "../../test/support/recording-log.ts";
import { openTestWebhooks } from "../../test/support/test-webhooks.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import { selectWebhook } from "../stores/postgres/webhooks.ts";
import { maintain } from "./maintenance.ts";
import { createWebhook } from "./webhooks/manage-webhooks.ts";
import { disableFailing } from "./webhooks/subscription.ts";

const dayMs = 24 * 3_600_000;
const now = new Date("2026-11-24T12:00:00Z");
const ago = (days: number) => new Date(now.getTime() - days * dayMs);
const clock = () => now;

describe.each(databases)("the upkeep of publishing with $name", ({ open }) => {
  let database: ScopedDatabase;
  beforeEach(async () => {
    database = await open();
  });
  afterEach(() => database.close());

  const keeping = { keepDays: 7, stopping: new AbortController().signal };
  const nothingFails = async () => false;

  const add = (days: number, routedAt: Date | null, count = 1) =>
    database.query(
      `INSERT INTO publications (scope, kind, committed_at, events, payload, version, routed_at)
       SELECT 1, 'mail', $1, 1, '', 1, $2 FROM generate_series(1, $3)`,
      [ago(days), routedAt, count],
    );
  const kept = async () => {
    const rows = await database.query<{ committed_at: Date }>("SELECT committed_at FROM publications ORDER BY id");
    return rows.map(({ committed_at }) => (now.getTime() - committed_at.getTime()) / dayMs);
  };

  it("keeps published events for the days of the setting, and those that wait however old they are", async () => {
    await add(7.1, now, 1_100);
    await add(400, null);
    await add(6.9, now);
    await add(-1, now);
    await maintain({ database, disableFailing: nothingFails, clock }, keeping);
    expect(await kept()).toEqual([400, 6.9, -1]);
  });

  it("deletes nothing once it is stopped", async () => {
    await add(8, now);
    await maintain({ database, disableFailing: nothingFails, clock }, { ...keeping, stopping: AbortSignal.abort() });
    expect(await kept()).toEqual([8]);
  });

  it("disables the webhooks that have failed for too long, and no others", async () => {
    const services = await openTestWebhooks(database, { clock, log: recordingLog("fatal").log });
    const add = async (name: string, since: number) => {
      const { webhook } = await createWebhook(services, { name, url: "https://example.com" });
      await database.query(
        "INSERT INTO publication_targets (target, failing_since, last_failed_at) VALUES ($1, $2, $3)",
        [`webhook:${webhook.id}`, ago(since), now],
      );
      return webhook.id;
    };
    const [dead, failing] = [await add("dead", 5), await add("failing", 4.9)];
    const { webhook: silent } = await createWebhook(services, { name: "silent", url: "https://example.com" });
    await maintain(
      { database, disableFailing: (webhook, failure) => disableFailing(services, webhook, failure), clock },
      keeping,
    );
    const enabled = async (id: string) => (await selectWebhook(database, id))?.enabled;
    expect([await enabled(dead), await enabled(failing), await enabled(silent.id)]).toEqual([false, true, true]);
    await services.client.close();
  });
});
