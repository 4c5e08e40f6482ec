/** Bad input to the admin API of webhooks: clear errors, and nothing is stored or posted. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { CreatedWebhook } from "../src/admin-api/webhooks.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

let server: InProcessServer;
let receiver: WebhookReceiver;

beforeAll(async () => {
  server = await startInProcess();
});
afterAll(() => server.close());
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await server.database.query("DELETE FROM webhooks");
  await receiver.close();
});

const call = <Answer>(method: "GET" | "POST", path: string, body?: unknown) =>
  callAdmin<Answer>(server.app, method, `/admin/webhooks${path}`, body);
const create = (body: object = {}) =>
  call<CreatedWebhook>("POST", "", { name: "hook", url: `${receiver.url}/in`, ...body });

const url = "https://example.com";
const bad: [unknown, RegExp | string][] = [
  [undefined, "The body must be a JSON object."],
  [[], "The body must be a JSON object."],
  [{}, "A webhook must have a name and a url."],
  [{ name: "a" }, "A webhook must have a name and a url."],
  [{ name: 1, url }, "name must be a text."],
  [{ name: "a b", url }, /^The name must be 1 to 256/],
  [{ name: "", url }, /^The name must be 1 to 256/],
  [{ name: "a.fifo", url }, /^The name must be 1 to 256/],
  [{ name: "a\n", url }, /^The name must be 1 to 256/],
  [{ name: "a".repeat(257), url }, /^The name must be 1 to 256/],
  [{ name: "a", url: 1 }, "url must be a text."],
  [{ name: "a", url: "nowhere" }, /^The url must be absolute/],
  [{ name: "a", url: "https://user:pass@example.com" }, /^The url must not have a user name/],
  [{ name: "a", url, envelope: "json" }, 'envelope may be "event" or "sns".'],
  [{ name: "a", url, eventTypes: "SEND" }, "eventTypes must be a list of event types."],
  [{ name: "a", url, eventTypes: ["Send"] }, /^There is no event type "Send"\. Event types are SEND, /],
  [{ name: "a", url, eventTypes: ["SEND", "SEND"] }, "eventTypes names a type twice."],
  [{ name: "a", url, eventTypes: [{ a: "b" }] }, /^There is no event type \{"a":"b"\}/],
  [{ name: "a", url, eventTypes: [null] }, /^There is no event type null/],
  [{ name: "a", url, configurationSet: "none" }, "Configuration set <none> does not exist."],
  [{ name: "a", url, configurationSet: "\0" }, /^configurationSet must be the name/],
  [{ name: "a", url, configurationSet: 1 }, /^configurationSet must be the name/],
  [{ name: "a", url, signatureVersion: "2" }, 'signatureVersion belongs to the envelope "sns".'],
  [{ name: "a", url, envelope: "sns", signatureVersion: 2 }, 'signatureVersion may be "1" or "2".'],
  [{ name: "a", url, secret: "x" }, /^There is no member "secret" here\./],
  [{ name: "a", url, ["\ud800".repeat(200)]: 1 }, /^There is no member "\ufffd{100}" here\./],
];

it.each(bad)("%j creates nothing", async (body, message) => {
  const [status, text] = await adminRefusal(server.app, "POST", "/admin/webhooks", body);
  expect(status).toBe(400);
  expect(text).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  expect(await call("GET", "")).toEqual({ webhooks: [] });
  expect(receiver.received).toEqual([]);
});

it("changes nothing", async () => {
  const { secret: _secret, ...created } = await create();
  for (const body of [
    undefined,
    { name: "other" },
    { envelope: "sns" },
    { enabled: "yes" },
    { url: null },
    { url, eventTypes: ["NONE"] },
    { configurationSet: "none" },
    { signatureVersion: "1" },
  ]) {
    expect((await adminRefusal(server.app, "PATCH", `/admin/webhooks/${created.id}`, body))[0]).toBe(400);
  }
  const rotation = `/admin/webhooks/${created.id}/rotate-secret`;
  for (const body of [{ keepPreviousHours: -1 }, { keepPreviousHours: 169 }, { keepPreviousHours: "1" }, { a: 1 }]) {
    expect((await adminRefusal(server.app, "POST", rotation, body))[0]).toBe(400);
  }
  expect(await call("GET", `/${created.id}`)).toEqual(created);
});

it("of other routes has clear errors", async () => {
  const { id } = await create();
  const sns = await create({ name: "sns", envelope: "sns" });
  const unknown = "00000000-0000-0000-0000-000000000000";
  const day = "2026-11-24T00:00:00Z";
  const cases: [number, "GET" | "POST" | "PATCH" | "DELETE", string, unknown?][] = [
    [404, "GET", `/${unknown}`],
    [404, "GET", "/x"],
    [404, "DELETE", `/${unknown}`],
    [404, "POST", `/${unknown}/test`],
    [404, "PATCH", "/x%00", {}],
    [404, "GET", `/${unknown}/deliveries`],
    [404, "GET", `/${id}/deliveries/1-1`],
    [404, "GET", `/${id}/deliveries/999999999999999-0`],
    [404, "GET", `/${id}/deliveries/x`],
    [400, "GET", `/${id}/deliveries?cursor=x`],
    [400, "GET", `/${id}/deliveries?limit=0`],
    [400, "GET", `/${id}/deliveries?failed=yes`],
    [400, "GET", `/${id}/deliveries?color=red`],
    [409, "POST", `/${id}/confirm`],
    [409, "POST", `/${sns.id}/rotate-secret`],
    [409, "POST", "", { name: "hook", url }],
    [400, "POST", `/${id}/resend`],
    [400, "POST", `/${id}/resend`, {}],
    [400, "POST", `/${id}/resend`, { deliveryId: 1 }],
    [400, "POST", `/${id}/resend`, { deliveryId: unknown, from: day, to: day }],
    [400, "POST", `/${id}/resend`, { from: day }],
    [400, "POST", `/${id}/resend`, { from: day, to: day }],
    [400, "POST", `/${id}/resend`, { from: "yesterday", to: day }],
    [409, "POST", `/${sns.id}/resend`, { deliveryId: unknown }],
  ];
  for (const [status, method, path, body] of cases) {
    const [found, message] = await adminRefusal(server.app, method, `/admin/webhooks${path}`, body);
    expect([method, path, body, found]).toEqual([method, path, body, status]);
    expect(message).toMatch(/\w.*\.$/);
  }
});

it("stops at 100 webhooks", async () => {
  await server.database.query(
    `INSERT INTO webhooks (scope, name, url, envelope, event_types, created_at)
     SELECT 1, 'n' || n, 'https://example.com/', 'event', '{}', now() FROM generate_series(1, 100) AS n`,
  );
  const body = { name: "one-more", url };
  const text = "There are 100 webhooks; there may be no more.";
  expect(await adminRefusal(server.app, "POST", "/admin/webhooks", body)).toEqual([409, text]);
});

it("to private destinations is refused once other machines can reach the server", async () => {
  const reachable = await startInProcess({
    environment: { MAILGLASS_PUBLIC_URL: "https://mail.example.com", MAILGLASS_AUTH: "off" },
  });
  try {
    for (const host of ["127.0.0.1", "[::ffff:10.0.0.1]", "169.254.169.254", "localhost", "2130706433"]) {
      const body = { name: "hook", url: `http://${host}/` };
      const [status, message] = await adminRefusal(reachable.app, "POST", "/admin/webhooks", body);
      expect([host, status]).toEqual([host, 400]);
      expect(message).toMatch(/ is not a public address, and MAILGLASS_WEBHOOK_PRIVATE_DESTINATIONS is refuse$/);
    }
    expect(await reachable.database.query("SELECT FROM webhooks")).toEqual([]);
  } finally {
    await reachable.close();
  }
});
