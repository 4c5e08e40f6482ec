/** Webhooks of several scopes with the same names. */
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { addScope } from "../../../test/support/other-scopes.ts";
import { recordingLog } from "../../../test/support/recording-log.ts";
import { openTestWebhooks } from "../../../test/support/test-webhooks.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../../../test/support/webhook-receiver.ts";
import { mountEventPublishing } from "../../http/public/event-publishing.ts";
import { inScope, type ScopedDatabase } from "../../stores/postgres/database.ts";
import {
  type StoredWebhook,
  selectWebhook,
  selectWebhooks,
  selectWebhooksOfAllScopes,
} from "../../stores/postgres/webhooks.ts";
import { readDeliveries, readDelivery } from "./delivery-log.ts";
import {
  askForConfirmation,
  changeWebhook,
  createWebhook,
  findWebhook,
  removeWebhook,
  rotateSecret,
} from "./manage-webhooks.ts";
import { postTestEvent, webhookByArn } from "./subscription.ts";
import type { ScopedWebhookServices } from "./webhook-services.ts";

describe.each(databases)("webhooks of several scopes in $name", ({ open }) => {
  const { log } = recordingLog("error");
  const app = Fastify();
  let database: ScopedDatabase;
  let receiver: WebhookReceiver;
  let own: ScopedWebhookServices;
  let other: ScopedWebhookServices;
  let region: ScopedWebhookServices;
  let hooks: StoredWebhook[];

  beforeAll(async () => {
    database = await open();
    receiver = await startWebhookReceiver();
    own = await openTestWebhooks(database, { clock: () => new Date(), log });
    const servicesIn = async (accountId: string, name: string) => ({
      ...own,
      database: inScope(database, (await addScope(database, accountId, name)).id),
    });
    other = await servicesIn("222222222222", "eu-west-1");
    region = await servicesIn("123456789012", "us-west-2");
    mountEventPublishing(app, { webhooks: own });
    hooks = [];
    for (const services of [own, other, region]) {
      const body = { name: "hook", url: `${receiver.url}/in`, envelope: "sns" };
      hooks.push((await createWebhook(services, body)).webhook);
    }
  });
  afterAll(async () => {
    await app.close();
    await own.client.close();
    await receiver.close();
    await database.close();
  });

  const arns = [
    "arn:aws:sns:eu-west-1:123456789012:hook",
    "arn:aws:sns:eu-west-1:222222222222:hook",
    "arn:aws:sns:us-west-2:123456789012:hook",
  ];

  it("have the same name, and topics of their account and region", async () => {
    expect(hooks.map((hook) => own.topics.topicArn(hook))).toEqual(arns);
    const posted = receiver.received.map(({ body, headers }) => [
      JSON.parse(body).TopicArn,
      headers["x-amz-sns-topic-arn"],
    ]);
    expect(posted).toEqual(arns.map((arn) => [arn, arn]));
    await expect(createWebhook(other, { name: "hook", url: receiver.url })).rejects.toThrow(
      "There is already a webhook with the name hook.",
    );
    for (const [index, services] of [own, other, region].entries()) {
      const { scope } = services.database;
      for (const [at, arn] of arns.entries()) {
        expect((await webhookByArn(services, scope, arn))?.id).toBe(at === index ? hooks[index]?.id : undefined);
      }
      expect((await selectWebhooks(services.database)).map(({ id }) => id)).toEqual([hooks[index]?.id]);
    }
    expect((await selectWebhooksOfAllScopes(database)).map(({ id }) => id)).toEqual(hooks.map(({ id }) => id));
  });

  it("are confirmed by the link of their own topic", async () => {
    const link = (index: number) => JSON.parse(receiver.received[index]?.body ?? "").SubscribeURL as string;
    const { pathname, search } = new URL(link(1));
    // The token of one webhook is none for the topic of another.
    const swapped = search.replace(encodeURIComponent(arns[1] ?? ""), encodeURIComponent(arns[0] ?? ""));
    expect(swapped).not.toBe(search);
    expect((await app.inject(pathname + swapped)).statusCode).toBe(404);
    const answer = await app.inject(pathname + search);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain(`<SubscriptionArn>${arns[1]}:${hooks[1]?.id}</SubscriptionArn>`);
    const confirmed = (await selectWebhooksOfAllScopes(database)).map(({ confirmedAt }) => confirmedAt !== null);
    expect(confirmed).toEqual([false, true, false]);
    const unknown = search.replace("222222222222", "333333333333");
    expect((await app.inject(pathname + unknown)).statusCode).toBe(404);
  });

  it("are shown, changed and deleted in their scope only, with their log", async () => {
    const { id } = hooks[1] ?? { id: "" };
    const missing = "There is no webhook with this id.";
    for (const services of [own, region]) {
      await expect(findWebhook(services, id)).rejects.toThrow(missing);
      await expect(changeWebhook(services, id, { enabled: false })).rejects.toThrow(missing);
      await expect(rotateSecret(services, id, undefined)).rejects.toThrow(missing);
      await expect(askForConfirmation(services, id)).rejects.toThrow(missing);
      await expect(removeWebhook(services, id)).rejects.toThrow(missing);
    }
    const before = await selectWebhook(other.database, id);
    expect(before).toMatchObject({ enabled: true, scope: other.database.scope, accountId: "222222222222" });
    if (!before) throw new Error("the webhook is gone");
    await postTestEvent(other, before);
    const options = { from: undefined, failed: false, limit: 10 };
    const { deliveries } = await readDeliveries(other.database, id, options);
    expect(deliveries.map(({ type }) => type)).toEqual(["Test", "SubscriptionConfirmation"]);
    expect((await readDeliveries(own.database, id, options)).deliveries).toEqual([]);
    const [row, index] = (deliveries[0]?.id ?? "").split("-").map(Number);
    const place = { row: row ?? 0, index: index ?? 0 };
    expect(await readDelivery(other.database, id, place)).toMatchObject({ type: "Test" });
    expect(await readDelivery(own.database, id, place)).toBeUndefined();
    expect((await changeWebhook(other, id, { enabled: false })).webhook.enabled).toBe(false);
    await removeWebhook(other, id);
    expect((await selectWebhooksOfAllScopes(database)).map((hook) => hook.id)).toEqual([hooks[0]?.id, hooks[2]?.id]);
  });
});
