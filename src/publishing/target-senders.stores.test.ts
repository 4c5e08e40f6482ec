import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { recordingLog } from "../../test/support/recording-log.ts";
import { recordingSender } from "../../test/support/recording-sender.ts";
import { openTestWebhooks } from "../../test/support/test-webhooks.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import { insertWebhook, type StoredWebhook } from "../stores/postgres/webhooks.ts";
import { createAwsSenders } from "./aws/aws-senders.ts";
import { createTargetSenders } from "./target-senders.ts";
import { webhookByArn } from "./webhooks/subscription.ts";
import type { WebhookServices } from "./webhooks/webhook-services.ts";

const region = "eu-west-1";
const arnPrefix = `arn:aws:sns:${region}:123456789012:`;
const webhookId = randomUUID();

describe.each(databases)("the sender of a target on $name", ({ open }) => {
  const aws = createAwsSenders({
    eventBridgeSource: "x",
    cloudWatchNamespace: "X",
  });
  const made: [string, string | undefined][] = [];
  let database: ScopedDatabase;
  let webhooks: WebhookServices;
  let destination: string;

  beforeAll(async () => {
    database = await open();
    webhooks = await openTestWebhooks(database, { clock: () => new Date(), log: recordingLog("error").log });
    await webhooks.client.close();
    const webhook = { id: webhookId, name: "hook", url: "https://a.example/", envelope: "event" } as const;
    const rest = { signatureVersion: "1", configurationSet: null, eventTypes: [], createdAt: new Date() } as const;
    await insertWebhook(database, { ...webhook, ...rest, sealedSecret: Buffer.of(1) }, 1);
    await database.query("INSERT INTO email_identities (scope, name, type, tags) VALUES (1, 'a.test', 'DOMAIN', '[]')");
    await database.query(
      `INSERT INTO identity_notifications (scope, identity, type, topic_arn)
       VALUES (1, 'a.test', 'Bounce', $1 || 'hook'), (1, 'a.test', 'Complaint', $1 || 'topic'), (1, 'a.test', 'Delivery', NULL)`,
      [arnPrefix],
    );
    await database.query(
      "INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, tags) VALUES (1, 'set', true, true, '[]')",
    );
    const [row] = await database.query<{ id: string }>(
      `INSERT INTO event_destinations (scope, configuration_set, name, enabled, event_types, target)
       VALUES (1, 'set', 'hooks', true, '{BOUNCE}', $1::text::jsonb) RETURNING id`,
      [JSON.stringify({ SnsDestination: { TopicArn: `${arnPrefix}hook` } })],
    );
    destination = row?.id ?? "";
  });
  afterAll(async () => {
    aws.close();
    await database.close();
  });

  const stateOf = (target: string) =>
    createTargetSenders({
      database,
      aws,
      webhookSender(webhook: StoredWebhook, sent) {
        made.push([webhook.id, sent]);
        return recordingSender();
      },
      webhookByArn: (scope, arn) => webhookByArn(webhooks, scope, arn),
      eventBus: undefined,
      scopeOf: async (id) => ({ id, accountId: "123456789012", region }),
    })(target);

  it("posts events to webhooks in SES's format for events, and notifications of identities in theirs", async () => {
    const targets = [`webhook:${webhookId}`, `destination:${destination}`, "identity:Bounce:a.test"];
    for (const target of targets) expect(await stateOf(target)).toMatchObject({ state: "open" });
    expect(made).toEqual([
      [webhookId, undefined],
      [webhookId, "events"],
      [webhookId, "notifications"],
    ]);
  });

  it("is one of AWS for a topic that is no webhook's, and there is none for what doesn't exist", async () => {
    made.length = 0;
    expect(await stateOf("identity:Complaint:a.test")).toMatchObject({ state: "open" });
    expect(made).toEqual([]);
    for (const target of [
      "identity:Delivery:a.test",
      "identity@2:Bounce:a.test",
      `destination:${randomUUID()}`,
      "bus",
      "unknown:x",
    ]) {
      expect(await stateOf(target)).toEqual({ state: "gone" });
    }
  });
});
