import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { recordingLog } from "../../../test/support/recording-log.ts";
import { openTestWebhooks } from "../../../test/support/test-webhooks.ts";
import { defaultScope, type ScopedDatabase } from "../../stores/postgres/database.ts";
import { deleteSealed } from "../../stores/postgres/secrets.ts";
import { selectWebhook, updateWebhook } from "../../stores/postgres/webhooks.ts";
import { changeWebhook, createWebhook, rotateSecret } from "./manage-webhooks.ts";
import { disableFailing, webhookByArn } from "./subscription.ts";
import type { ScopedWebhookServices } from "./webhook-services.ts";

const dayMs = 24 * 3600_000;

describe.each(databases)("a webhook in $name", ({ open }) => {
  const { log, logged } = recordingLog("warn");
  const now = new Date();
  const clock = () => now;
  let database: ScopedDatabase;
  let services: ScopedWebhookServices;

  beforeAll(async () => {
    database = await open();
    services = await openTestWebhooks(database, { clock, log });
  });
  afterAll(async () => {
    await services.client.close();
    await database.close();
  });
  afterEach(async () => {
    await database.query("DELETE FROM webhooks");
    await database.query("DELETE FROM publication_targets");
  });

  it("is found by its topic ARN only", async () => {
    const { webhook } = await createWebhook(services, { name: "hook", url: "https://example.com" });
    const arn = "arn:aws:sns:eu-west-1:123456789012:hook";
    expect((await webhookByArn(services, defaultScope, arn))?.id).toBe(webhook.id);
    for (const other of [
      "",
      "hook",
      "arn:aws:sns:eu-west-1:123456789012:hook2",
      "arn:aws:sns:eu-west-1:123456789012:hook.fifo",
      "arn:aws:sns:us-east-1:123456789012:hook",
      "arn:aws:sns:eu-west-1:210987654321:hook",
      "arn:aws-cn:sns:eu-west-1:123456789012:hook",
      `${arn}:${webhook.id}`,
      `${arn}\0`,
    ]) {
      expect(await webhookByArn(services, defaultScope, other)).toBeUndefined();
    }
  });

  const ago = (days: number) => new Date(now.getTime() - days * dayMs);

  /** A target whose tries have all failed from some days ago until some days ago. */
  const failed = (target: string, since: number, last: number) =>
    database.query("INSERT INTO publication_targets (target, failing_since, last_failed_at) VALUES ($1, $2, $3)", [
      target,
      ago(since),
      ago(last),
    ]);

  it("is disabled after five days of failures, once, and fails anew since it was enabled", async () => {
    const { webhook } = await createWebhook(services, { name: "hook", url: "https://example.com" });
    await failed(`webhook:${webhook.id}`, 5, 0.1);
    expect(await disableFailing(services, webhook, { since: ago(5), last: ago(0.1) })).toBe(false);
    const failure = { since: ago(5), last: now };
    expect(await disableFailing({ ...services, disableDays: 0 }, webhook, failure)).toBe(false);
    expect(await disableFailing(services, webhook, failure)).toBe(true);
    expect(await disableFailing(services, webhook, failure)).toBe(false);
    const because = `every try has failed since ${ago(5).toISOString()}`;
    expect(await selectWebhook(database, webhook.id)).toMatchObject({ enabled: false, disabledBecause: because });
    expect(logged.filter((line) => line.includes(because))).toHaveLength(1);
    const enabled = await updateWebhook(database, webhook.id, { ...webhook, enabled: true });
    expect(enabled).toMatchObject({ enabled: true, disabledBecause: null });
    const [status] = await database.query("SELECT failing_since FROM publication_targets");
    expect(status).toEqual({ failing_since: null });
  });

  it("is not disabled because it failed once and nothing was posted since", async () => {
    const { webhook } = await createWebhook(services, { name: "hook", url: "https://example.com" });
    expect(await disableFailing(services, webhook, { since: ago(400), last: ago(399) })).toBe(false);
  });

  it("whose secret was lost with the master key is disabled until it has another", async () => {
    const { webhook } = await createWebhook(services, { name: "hook", url: "https://example.com" });
    await deleteSealed(database);
    const lost = await selectWebhook(database, webhook.id);
    expect(lost).toMatchObject({ enabled: false, sealedSecret: null });
    expect(lost?.disabledBecause).toContain("its secret was lost with the master key");
    const enable = () => changeWebhook(services, webhook.id, { enabled: true });
    await expect(enable()).rejects.toThrow("The webhook has no secret. Rotate the secret before you enable it.");
    await rotateSecret(services, webhook.id, undefined);
    expect((await enable()).webhook).toMatchObject({ enabled: true, disabledBecause: null });
  });

  it("keeps its certificate, however many ask for it first", async () => {
    const others = await Promise.all([1, 2, 3].map(() => openTestWebhooks(database, { clock, log })));
    const certificates = await Promise.all([services, ...others].map(({ certificate }) => certificate()));
    expect(new Set(certificates.map(({ certificate }) => certificate)).size).toBe(1);
    expect(certificates[0]?.path).toMatch(/^\/publishing\/SimpleNotificationService-[0-9a-f]{32}\.pem$/);
    const rows = await database.query<{ value: Uint8Array; sealed: boolean }>(
      "SELECT value, sealed FROM secrets WHERE name = 'sns-certificate'",
    );
    expect(rows.map(({ sealed }) => sealed)).toEqual([true]);
    expect(Buffer.from(rows[0]?.value ?? []).includes("PRIVATE KEY")).toBe(false);
    for (const { client } of others) await client.close();
  });
});
