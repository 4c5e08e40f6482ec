/** Webhooks through the admin API, with receivers that verify with the public packages. */
import { once } from "node:events";
import { createServer, globalAgent, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { CreateConfigurationSetCommand } from "@aws-sdk/client-sesv2";
import MessageValidator from "sns-validator";
import { Webhook as Verifier } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import type { CreatedWebhook, Webhook, WebhookDeliveryPage } from "../src/admin-api/webhooks.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { allPublished } from "./support/all-published.ts";
import { createAuthority } from "./support/certificates.ts";
import { addDestination, createSet, eventIn, typesByMessage, validationText } from "./support/event-destinations.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { send, simple } from "./support/sent-mail.ts";
import { type ReceivedPost, startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

const region = "eu-west-1";
const arnOf = (name: string) => `arn:aws:sns:${region}:000000000000:${name}`;

/** The server behind a reverse proxy with TLS, as receivers of SNS envelopes want it. */
let proxy: Server;
let server: InProcessServer;
let receiver: WebhookReceiver;
let host: string;

beforeAll(async () => {
  const authority = await createAuthority();
  // sns-validator fetches certificates with Node's own agent.
  globalAgent.options.ca = authority.cert;
  proxy = createServer({ ...(await authority.issue(["localhost"])) }, (request, response) => {
    void server.app
      .inject({ method: "GET", url: request.url ?? "", headers: { host } })
      .then((answer) => response.writeHead(answer.statusCode, { "content-type": "text/plain" }).end(answer.rawPayload));
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  host = `localhost:${(proxy.address() as AddressInfo).port}`;
  server = await startInProcess({
    environment: { MAILGLASS_PUBLIC_URL: `https://${host}`, MAILGLASS_REGION: region },
  });
});
afterAll(async () => {
  delete globalAgent.options.ca;
  globalAgent.destroy();
  await server.close();
  proxy.closeAllConnections();
  proxy.close();
});
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await server.database.query("DELETE FROM webhooks");
  await receiver.close();
});

const call = <Answer>(method: "GET" | "PATCH" | "POST", path: string, body?: unknown) =>
  callAdmin<Answer>(server.app, method, `/admin/webhooks${path}`, body);

const create = (body: object = {}) =>
  call<CreatedWebhook>("POST", "", { name: "hook", url: `${receiver.url}/in`, ...body });

/** The message in a request, if the public package finds its signature right. */
function validated({ body }: Pick<ReceivedPost, "body">): Promise<Record<string, unknown>> {
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  new MessageValidator(/^localhost:\d+$/).validate(body, (error, message) =>
    error ? reject(error) : resolve(message ?? {}),
  );
  return promise;
}

describe("the envelope event", () => {
  test("from creation to deletion", async () => {
    const { secret = "", ...created } = await create({ eventTypes: ["BOUNCE", "SENDING_PAUSED"] });
    expect(created).toEqual({
      id: created.id,
      name: "hook",
      topicArn: arnOf("hook"),
      url: `${receiver.url}/in`,
      envelope: "event",
      configurationSet: null,
      eventTypes: ["BOUNCE", "SENDING_PAUSED"],
      enabled: true,
      createdAt: created.createdAt,
      status: { delivered: 0, discarded: 0 },
    });
    expect(await call("GET", `/${created.id}`)).toEqual(created);
    expect(await call("GET", "")).toEqual({ webhooks: [created] });

    receiver.answer = (_post, response) => response.writeHead(201).end("got it");
    const tested = await call<object>("POST", `/${created.id}/test`);
    expect(tested).toMatchObject({ delivered: true, status: 201, answer: "got it" });
    const [post] = receiver.received;
    const event = new Verifier(secret).verify(post?.body ?? "", post?.headers ?? {});
    expect(event).toMatchObject({ eventType: "Delivery", mail: { tags: { "mailglass:test": ["true"] } } });

    const change = { url: `${receiver.url}/other`, eventTypes: [], enabled: false };
    expect(await call("PATCH", `/${created.id}`, change)).toEqual({ ...created, ...change });
    const { deliveries } = await call<WebhookDeliveryPage>("GET", `/${created.id}/deliveries`);
    expect(deliveries).toMatchObject([
      { type: "Test", try: 1, delivered: true, status: 201, url: `${receiver.url}/in` },
    ]);
    expect(await call("GET", `/${created.id}/deliveries/${deliveries[0]?.id}`)).toEqual(deliveries[0]);

    const deleted = await server.app.inject({ method: "DELETE", url: `/admin/webhooks/${created.id}` });
    expect(deleted.statusCode).toBe(204);
    expect(await adminRefusal(server.app, "GET", `/admin/webhooks/${created.id}`)).toEqual([
      404,
      "There is no webhook with this id.",
    ]);
  });

  test("shows the secret only at its creation and rotation", async () => {
    const { id, secret = "" } = await create();
    const rotated = await call<{ secret: string; previousSecretUntil: string }>("POST", `/${id}/rotate-secret`);
    expect(rotated.secret).not.toBe(secret);
    const shown = await call<Webhook>("GET", `/${id}`);
    expect(shown.previousSecretUntil).toBe(rotated.previousSecretUntil);
    expect(JSON.stringify([shown, await call("GET", "")])).not.toContain("whsec_");
    await call("POST", `/${id}/test`);
    const { body = "", headers = {} } = receiver.received[0] ?? {};
    for (const valid of [secret, rotated.secret]) new Verifier(valid).verify(body, headers);
  });

  test("shows how publishing goes", async () => {
    const { id } = await create();
    await server.database.query(
      `INSERT INTO publication_targets (target, delivered, discarded, failing_since, last_error)
       VALUES ($1, 3, 1, '2026-11-24T00:00:00Z', 'no')`,
      [`webhook:${id}`],
    );
    expect((await call<Webhook>("GET", `/${id}`)).status).toEqual({
      delivered: 3,
      discarded: 1,
      failingSince: "2026-11-24T00:00:00.000Z",
      lastError: "no",
    });
    await server.app.inject({ method: "DELETE", url: `/admin/webhooks/${id}` });
    expect(await server.database.query("SELECT FROM publication_targets")).toEqual([]);
  });
});

describe.each(["1", "2"] as const)("the envelope sns with signature version %s", (signatureVersion) => {
  test("is posted once the receiver has confirmed, as the public validator expects it", async () => {
    const { id, secret, confirmed, confirmation } = await create({ envelope: "sns", signatureVersion });
    expect({ secret, confirmed, confirmation }).toMatchObject({
      secret: undefined,
      confirmed: false,
      confirmation: { delivered: true, status: 204 },
    });
    const [post] = receiver.received;
    expect(post?.headers).toMatchObject({
      "content-type": "text/plain; charset=UTF-8",
      "x-amz-sns-message-type": "SubscriptionConfirmation",
      "x-amz-sns-topic-arn": arnOf("hook"),
    });
    const message = await validated(post ?? { body: "" });
    expect(message).toMatchObject({ Type: "SubscriptionConfirmation", TopicArn: arnOf("hook") });
    expect(message.MessageId).toBe(post?.headers["x-amz-sns-message-id"]);
    expect(await adminRefusal(server.app, "POST", `/admin/webhooks/${id}/test`)).toEqual([
      409,
      "The receiver has not confirmed the subscription.",
    ]);
    expect(receiver.received).toHaveLength(1);

    const subscribe = new URL(String(message.SubscribeURL));
    expect(subscribe.origin).toBe(`https://${host}`);
    expect(subscribe.searchParams.get("Token")).toBe(message.Token);
    // Twice: a receiver may repeat it.
    for (let count = 0; count < 2; count++) {
      const answer = await server.app.inject({ method: "GET", url: subscribe.pathname + subscribe.search });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toContain(`<SubscriptionArn>${arnOf("hook")}:${id}</SubscriptionArn>`);
    }
    expect(await call("GET", `/${id}`)).toMatchObject({ confirmed: true });

    await call("POST", `/${id}/test`);
    const notified = receiver.received[1];
    expect(notified?.headers).toMatchObject({
      "x-amz-sns-message-type": "Notification",
      "x-amz-sns-subscription-arn": `${arnOf("hook")}:${id}`,
    });
    const notification = await validated(notified ?? { body: "" });
    expect(notification).toMatchObject({
      Type: "Notification",
      Subject: "Amazon SES Email Event Notification",
      SignatureVersion: signatureVersion,
      SigningCertURL: expect.stringMatching(
        /^https:\/\/localhost:\d+\/publishing\/SimpleNotificationService-\w+\.pem$/,
      ),
    });
    expect(String(notification.Message)).toMatch(/^\{.*\}\n$/);
    const changed = (notified?.body ?? "").replace("Delivery", "Complain");
    await expect(validated({ body: changed })).rejects.toThrow("The message signature is invalid");

    const unsubscribe = new URL(String(notification.UnsubscribeURL));
    for (let count = 0; count < 2; count++) {
      const answer = await server.app.inject({ method: "GET", url: unsubscribe.pathname + unsubscribe.search });
      expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "text/xml; charset=utf-8"]);
    }
    expect(await call("GET", `/${id}`)).toMatchObject({
      enabled: false,
      disabledBecause: "the receiver ended the subscription",
    });
  });
});

it.each(["1", "2"])("an event destination with its topic posts in the envelope sns, version %s", async (version) => {
  const { topicArn } = await create({ envelope: "sns", eventTypes: [], signatureVersion: version });
  const { SubscribeURL } = await validated(receiver.received[0] ?? { body: "" });
  const { pathname, search } = new URL(String(SubscribeURL));
  await server.app.inject(pathname + search);
  await createSet(server, version);
  await addDestination(server, [version, "hook"], { SnsDestination: { TopicArn: topicArn } });
  const id = await send(server, simple({ ConfigurationSetName: version }));
  await allPublished(server);
  const [validation, ...posts] = await Promise.all(receiver.received.slice(1).map(validated));
  expect(validation).toMatchObject({ Type: "Notification", TopicArn: topicArn, Message: validationText });
  expect(validation).not.toHaveProperty("Subject");
  const events = posts.map((post) => eventIn({ Type: "", TopicArn: "", Message: "", ...post }));
  expect(typesByMessage(events)).toEqual({ [id]: ["Delivery", "Send"] });
});

describe("a subscription", () => {
  const linkOf = (member: string, { body }: ReceivedPost | { body: string } = { body: "{}" }) => {
    const { [member]: link }: Record<string, string> = JSON.parse(body);
    return new URL(link ?? "");
  };
  const visit = (url: URL, method: "GET" | "HEAD" = "GET") =>
    server.app.inject({ method, url: url.pathname + url.search });

  it("may be confirmed while its request is answered, is asked for again, and anew for another URL", async () => {
    receiver.answer = async (post, response) => {
      await visit(linkOf("SubscribeURL", post));
      response.end();
    };
    const { id, confirmed } = await create({ envelope: "sns" });
    expect(confirmed).toBe(true);
    expect(await adminRefusal(server.app, "POST", `/admin/webhooks/${id}/confirm`)).toEqual([
      409,
      "The receiver has confirmed the subscription.",
    ]);
    receiver.answer = (_post, response) => response.writeHead(500).end();
    const moved = await call<CreatedWebhook>("PATCH", `/${id}`, { url: `${receiver.url}/new` });
    expect(moved).toMatchObject({ confirmed: false, confirmation: { delivered: false, status: 500 } });
    // The link of the earlier URL confirms nothing now.
    expect((await visit(linkOf("SubscribeURL", receiver.received[0]))).statusCode).toBe(404);
    receiver.answer = (_post, response) => response.end();
    expect(await call("POST", `/${id}/confirm`)).toMatchObject({ confirmed: false, confirmation: { status: 200 } });
    await visit(linkOf("SubscribeURL", receiver.received[1]));
    expect(await call("GET", `/${id}`)).toMatchObject({ confirmed: true });
    await eventually(() => expect(receiver.received.map(({ path }) => path)).toEqual(["/in", "/new", "/new"]));
  });

  it("changes nothing by a link that is not right", async () => {
    const { id } = await create({ envelope: "sns" });
    await create({ name: "other", envelope: "sns" });
    await create({ name: "bare" });
    const good = linkOf("SubscribeURL", receiver.received[0]);
    const token = good.searchParams.get("Token") ?? "";
    const links: [number, Record<string, string>][] = [
      [400, {}],
      [400, { Action: "Publish", TopicArn: arnOf("hook"), Token: token }],
      [404, { Action: "ConfirmSubscription" }],
      [404, { Action: "ConfirmSubscription", TopicArn: arnOf("hook") }],
      [404, { Action: "ConfirmSubscription", TopicArn: arnOf("hook"), Token: "" }],
      [404, { Action: "ConfirmSubscription", TopicArn: arnOf("hook"), Token: `${token}0` }],
      [404, { Action: "ConfirmSubscription", TopicArn: arnOf("other"), Token: token }],
      [404, { Action: "ConfirmSubscription", TopicArn: arnOf("bare"), Token: token }],
      [404, { Action: "ConfirmSubscription", TopicArn: "hook\0", Token: token }],
      [404, { Action: "Unsubscribe", SubscriptionArn: `${arnOf("hook")}:${id}`, Token: token }],
    ];
    for (const [status, parameters] of links) {
      const answer = await server.app.inject({
        method: "GET",
        url: `/publishing/sns?${new URLSearchParams(parameters)}`,
      });
      expect([parameters, answer.statusCode]).toEqual([parameters, status]);
    }
    const twice = await server.app.inject({ method: "GET", url: `${good.pathname}${good.search}&Token=x` });
    expect(twice.statusCode).toBe(404);
    expect((await visit(good, "HEAD")).statusCode).toBe(404);
    for (const { confirmed, enabled } of (await call<{ webhooks: Webhook[] }>("GET", "")).webhooks) {
      expect([confirmed ?? false, enabled]).toEqual([false, true]);
    }
    for (const file of ["SimpleNotificationService-0123.pem", `SimpleNotificationService-${"0".repeat(32)}.pem`, "x"]) {
      expect((await server.app.inject({ method: "GET", url: `/publishing/${file}` })).statusCode).toBe(404);
    }
  });
});

it("may have a configuration set, and be changed to all mail", async () => {
  await server.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: "news" }));
  const { id, configurationSet } = await create({ configurationSet: "news" });
  expect(configurationSet).toBe("news");
  expect(await call("PATCH", `/${id}`, { configurationSet: null })).toMatchObject({ configurationSet: null });
});
