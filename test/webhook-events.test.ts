/** Webhooks that get the events of mail: by an event destination with their topic ARN, or by their own subscription. */
import { Webhook as Verifier } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ReplayedEvents } from "../src/admin-api/publishing.ts";
import type {
  CreatedWebhook,
  Webhook,
  WebhookDeliveryDetails,
  WebhookDeliveryPage,
} from "../src/admin-api/webhooks.ts";
import { callAdmin } from "./support/admin-call.ts";
import { allPublished } from "./support/all-published.ts";
import { addDestination, createSet, type ReadEvent, typesByMessage } from "./support/event-destinations.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { send as sendOn, simple } from "./support/sent-mail.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

let server: InProcessServer;
let receiver: WebhookReceiver;
/** Real time, moved on by tests. */
let aheadMs = 0;
let count = 0;
/** The configuration set of a test. */
let set: string;

beforeAll(async () => {
  server = await startInProcess({
    clock: () => new Date(Date.now() + aheadMs),
    environment: { MAILGLASS_EXPORT_WORKERS: "0", MAILGLASS_PUBLISHING_RETRY_SECONDS: "3600,3600" },
  });
});
afterAll(async () => {
  await server?.close();
});
beforeEach(async () => {
  receiver = await startWebhookReceiver();
  set = `set-${++count}`;
  await createSet(server, set);
});
afterEach(async () => {
  await allPublished(server);
  const { webhooks } = await callAdmin<{ webhooks: Webhook[] }>(server.app, "GET", "/admin/webhooks");
  for (const { id } of webhooks) await server.app.inject({ method: "DELETE", url: `/admin/webhooks/${id}` });
  await receiver.close();
});

const create = (name: string, body: object = {}) =>
  callAdmin<CreatedWebhook>(server.app, "POST", "/admin/webhooks", { name, url: `${receiver.url}/${name}`, ...body });
const show = ({ id }: Webhook) => callAdmin<Webhook>(server.app, "GET", `/admin/webhooks/${id}`);
const resend = ({ id }: Webhook, body: object) =>
  callAdmin<ReplayedEvents>(server.app, "POST", `/admin/webhooks/${id}/resend`, body);

const send = (ConfigurationSetName?: string) => sendOn(server, simple({ ConfigurationSetName }));

/** The posts to a webhook, verified. */
function postsTo({ name, secret = "" }: CreatedWebhook): { id: string; body: string; event: ReadEvent }[] {
  return receiver.received
    .filter(({ path }) => path === `/${name}`)
    .map(({ body, headers }) => {
      new Verifier(secret).verify(body, headers);
      return { id: headers["webhook-id"] ?? "", body, event: JSON.parse(body) };
    });
}

const eventsTo = (webhook: CreatedWebhook) => typesByMessage(postsTo(webhook).map(({ event }) => event));

/** A webhook without a subscription of its own, and an event destination that names its topic. */
async function named(): Promise<CreatedWebhook> {
  const webhook = await create("named", { eventTypes: [] });
  await addDestination(server, [set, "hook"], { SnsDestination: { TopicArn: webhook.topicArn } });
  return webhook;
}

describe("a webhook that an event destination names", () => {
  it("gets the events of the configuration set's mail, and counts them", async () => {
    const webhook = await named();
    const id = await send(set);
    await send();
    await allPublished(server);
    expect(eventsTo(webhook)).toEqual({ [id]: ["Delivery", "Send"] });
    for (const post of postsTo(webhook)) expect(post.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(await show(webhook)).toMatchObject({ status: { delivered: 2, discarded: 0 } });
  });

  it("shows its failures, and gets what waits as soon as it is changed", async () => {
    const webhook = await named();
    receiver.answer = (_post, response) => response.writeHead(503).end();
    const id = await send(set);
    await eventually(async () => {
      const error = expect.stringContaining("503");
      const status = { delivered: 0, discarded: 0, failingSince: expect.any(String), lastError: error };
      expect((await show(webhook)).status).toMatchObject(status);
    });
    const failed = postsTo(webhook).map((post) => post.id);
    receiver.answer = (_post, response) => response.writeHead(200).end();
    receiver.received.length = 0;
    const url = `${receiver.url}/named?moved`;
    await callAdmin(server.app, "PATCH", `/admin/webhooks/${webhook.id}`, { url });
    await allPublished(server);
    expect(receiver.received.map(({ path, headers }) => [path, headers["webhook-id"]]).sort()).toEqual(
      failed.map((event) => ["/named?moved", event]).sort(),
    );
    expect(receiver.received.every(({ body }) => JSON.parse(body).mail.messageId === id)).toBe(true);
    const { status } = await show(webhook);
    expect(status).toMatchObject({ delivered: 2 });
    expect(status).not.toHaveProperty("failingSince");
  });
});

it("a webhook's own subscription is to all mail, or to that of a configuration set, and to the types it names", async () => {
  const all = await create("all");
  const one = await create("one", { configurationSet: set, eventTypes: ["DELIVERY", "BOUNCE"] });
  const [inSet, without] = [await send(set), await send()];
  await allPublished(server);
  expect(eventsTo(all)).toEqual({ [inSet]: ["Delivery", "Send"], [without]: ["Delivery", "Send"] });
  expect(eventsTo(one)).toEqual({ [inSet]: ["Delivery"] });
});

describe("resending", () => {
  it("posts an event of the log once more, with its ID", async () => {
    const webhook = await named();
    await send(set);
    await allPublished(server);
    const url = `/admin/webhooks/${webhook.id}/deliveries`;
    const { deliveries } = await callAdmin<WebhookDeliveryPage>(server.app, "GET", url);
    const chosen = deliveries.find(({ type }) => type === "DELIVERY");
    const first = postsTo(webhook).find(({ id }) => id === chosen?.eventId);
    const details = await callAdmin<WebhookDeliveryDetails>(server.app, "GET", `${url}/${chosen?.id}`);
    expect(details).toEqual({ ...chosen, body: first?.body });
    receiver.received.length = 0;
    expect(await resend(webhook, { deliveryId: chosen?.id })).toEqual({ events: 1 });
    await allPublished(server);
    expect(postsTo(webhook)).toEqual([first]);
  });

  it("posts all events of a period once more, whichever way they came, with their IDs", async () => {
    // Nothing from before belongs to the period.
    aheadMs += 60_000;
    const from = new Date(Date.now() + aheadMs);
    const webhook = await named();
    const other = await create("other", { configurationSet: set, eventTypes: ["SEND"] });
    await send(set);
    await send(set);
    await send();
    await allPublished(server);
    aheadMs += 60_000;
    const to = new Date(Date.now() + aheadMs);
    await send(set);
    await allPublished(server);
    const order = (posts: { id: string }[]) => posts.toSorted((a, b) => a.id.localeCompare(b.id));
    const wanted = [webhook, other].map((one) => {
      const before = postsTo(one).filter(({ event }) => Date.parse(event.mail.timestamp) < to.getTime());
      return order(before);
    });
    expect(wanted.map(({ length }) => length)).toEqual([4, 2]);
    receiver.received.length = 0;
    expect(await resend(webhook, { from, to })).toEqual({ events: 4 });
    expect(await resend(other, { from, to })).toEqual({ events: 2 });
    await allPublished(server);
    expect([webhook, other].map((one) => order(postsTo(one)))).toEqual(wanted);
    expect(await resend(webhook, { from: new Date(0), to: new Date(1) })).toEqual({ events: 0 });
  });
});
