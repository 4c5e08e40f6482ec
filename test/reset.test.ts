/** Resets for test suites: everything of an account in a region is gone, also what is in progress, and nothing else. */
import { SendEmailCommand } from "@aws-sdk/client-sesv2";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { connectMailglass, type Mailglass } from "../src/testing/index.ts";
import { databases } from "./support/databases.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { adminCalls, operationCalls } from "./support/isolation-calls.ts";
import { type View, viewOf } from "./support/isolation-views.ts";
import { type Actor, fill, fourScopes } from "./support/isolation-world.ts";
import { startReceivingServer } from "./support/receiving-server.ts";
import { simple } from "./support/sent-mail.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

describe.each(databases)("a reset on $name", ({ open }) => {
  let server: InProcessServer;
  let receiver: WebhookReceiver;
  let actors: Actor[];
  const empty = new Map<Actor, View>();

  beforeAll(async () => {
    receiver = await startWebhookReceiver();
    server = await startInProcess({
      database: await open(),
      environment: {
        MAILGLASS_AUTH: "required",
        MAILGLASS_REGIONS: "eu-west-1",
        MAILGLASS_RATE_LIMITS: "off",
        MAILGLASS_TEST_ENDPOINTS: "on",
      },
    });
    actors = await fourScopes(server);
    for (const me of actors) {
      empty.set(me, await viewOf(me));
      await fill(me, receiver.url);
      const first = { me, all: [me], pick: <Choice>(choices: readonly Choice[]) => firstOf(choices) };
      await adminCalls.upload?.(first);
      for (const name of ["SendEmail", "CreateExportJob", "CreateImportJob"] as const)
        await operationCalls[name](first);
    }
  });
  afterAll(async () => {
    for (const { client } of actors) client.destroy();
    await server.close();
    await server.database.close();
    await receiver.close();
  });

  /** What a scope sees without the IDs that it was told. */
  const seen = (actor: Actor) =>
    viewOf({ ...actor, ids: { ...actor.ids, export: [], import: [], message: [], webhook: [] } });
  const settled = () =>
    eventually(async () => {
      const open = await server.database.query(
        `SELECT FROM export_jobs WHERE status IN ('CREATED', 'PROCESSING')
         UNION ALL SELECT FROM import_jobs WHERE status IN ('CREATED', 'PROCESSING')`,
      );
      expect(open).toEqual([]);
    });
  const inbox = async (actor: Actor) => JSON.parse((await actor.admin("GET", "/testing/messages/count")).text).count;

  it("leaves an account as it was when it was new, and all others as they were", async () => {
    // Jobs run: those of the first one are lost to the reset.
    const [first, ...others] = actors;
    if (!first) throw new Error("there are no actors");
    expect((await first.admin("POST", "/testing/reset")).status).toBe(204);
    expect(await seen(first)).toEqual(empty.get(first));
    expect(await inbox(first)).toBe(0);
    await settled();
    const views = new Map<Actor, View>();
    for (const other of others) views.set(other, await viewOf(other));
    for (const other of others) expect(await inbox(other)).toBeGreaterThan(0);
    for (const job of first.ids.export) {
      await expect(first.client.getExportJob({ JobId: job })).rejects.toThrow("Invalid JobId");
    }
    // The same names again.
    await fill(first, receiver.url);
    await first.client.send(new SendEmailCommand(simple()));
    expect(await inbox(first)).toBe(1);
    expect((await first.admin("POST", "/testing/reset", { scope: "own" })).status).toBe(204);
    expect(await seen(first)).toEqual(empty.get(first));
    for (const other of others) expect(await viewOf(other)).toEqual(views.get(other));
  });

  it("of all resets all", async () => {
    const [first] = actors;
    expect((await first?.admin("POST", "/testing/reset", { scope: "all" }))?.status).toBe(204);
    for (const actor of actors) {
      expect(await seen(actor)).toEqual(empty.get(actor));
      expect(await inbox(actor)).toBe(0);
    }
    const target = "/testing/messages/count?scope=all";
    expect(JSON.parse((await first?.admin("GET", target))?.text ?? "")).toEqual({ count: 0 });
  });

  it("leaves nothing behind, in the end", async () => {
    const [live] = await server.database.query<{ ids: number[] }>(
      "SELECT array_agg(id) AS ids FROM scopes WHERE retired_at IS NULL",
    );
    for (const table of ["configuration_sets", "email_identities", "outbox", "webhooks", "contact_lists", "tenants"]) {
      await eventually(async () => {
        expect(await server.database.query(`SELECT FROM ${table} WHERE scope <> ALL($1)`, [live?.ids])).toEqual([]);
      });
    }
    await eventually(async () => {
      const rows = await server.events.client.query({
        query: "SELECT count() AS count FROM events",
        format: "JSONEachRow",
      });
      expect(await rows.json()).toEqual([{ count: expect.toSatisfy((count) => Number(count) === 0) }]);
    });
    expect(server.logged).toEqual([]);
  });
});

describe("a reset of the default account", () => {
  let server: InProcessServer;
  let mailglass: Mailglass;
  beforeAll(async () => {
    server = await startInProcess({ environment: { MAILGLASS_SMTP_PORT: "0" } });
    mailglass = await connectMailglass(server.url);
  });
  afterAll(() => server.close());

  test("holds for connections that stay open: of SDKs, of SMTP clients and of those who wait", async () => {
    const smtp = createTransport({
      host: "127.0.0.1",
      port: server.mailPorts.smtp,
      pool: true,
      maxConnections: 1,
      ignoreTLS: true,
    });
    const mail = { from: "a@example.com", to: "b@example.com", subject: "by SMTP", text: "x" };
    await smtp.sendMail(mail);
    await server.client.send(new SendEmailCommand(simple()));
    expect(await mailglass.inbox.count()).toBe(2);
    // Within the process, so that the wait has begun when the reset arrives.
    const waiting = server.app.inject("/testing/messages/wait?subject=second&timeout=50");
    await mailglass.inbox.count();
    await mailglass.reset();
    expect(await mailglass.inbox.count()).toBe(0);
    await smtp.sendMail({ ...mail, subject: "second" });
    expect((await waiting).json().subject).toBe("second");
    await server.client.send(new SendEmailCommand(simple()));
    expect(await mailglass.inbox.count()).toBe(2);
    smtp.close();
  });

  test("again and again, while mail is sent", async () => {
    const sending = new AbortController();
    const senders = Array.from({ length: 4 }, async () => {
      while (!sending.signal.aborted) await server.client.send(new SendEmailCommand(simple()));
    });
    for (let n = 0; n < 10; n++) await mailglass.reset();
    sending.abort();
    await Promise.all(senders);
    await mailglass.reset();
    expect(await mailglass.inbox.count()).toBe(0);
    await server.client.send(new SendEmailCommand(simple()));
    expect(await mailglass.inbox.count()).toBe(1);
    expect(server.logged).toEqual([]);
  });
});

test("a reset takes mail out of the queue, also while it is being delivered", async () => {
  await using receiving = await startReceivingServer();
  const server = await startInProcess({
    environment: {
      MAILGLASS_DELIVERY: "relay",
      MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${receiving.port}`,
      MAILGLASS_IDENTITY_VERIFICATION: "off",
      MAILGLASS_RETRY_SECONDS: "1",
    },
  });
  let refused = 0;
  receiving.rcpt = () => {
    refused++;
    return "450 4.2.0 Not now";
  };
  for (let n = 0; n < 20; n++) await server.client.send(new SendEmailCommand(simple()));
  await eventually(() => expect(refused).toBeGreaterThan(5));
  const mailglass = await connectMailglass(server.url);
  await mailglass.reset();
  expect(await server.database.query("SELECT FROM send_queue")).toEqual([]);
  receiving.rcpt = () => undefined;
  const after = simple();
  await server.client.send(new SendEmailCommand(after));
  await eventually(() => expect(receiving.taken.length).toBeGreaterThan(0));
  // What was in progress may have been taken, but is recorded nowhere.
  const messages = await mailglass.inbox.list();
  expect(messages).toHaveLength(1);
  const events = await messages[0]?.events({ until: "DELIVERY", timeout: 50_000 });
  expect(events?.at(-1)?.type).toBe("DELIVERY");
  await server.close();
  expect(server.logged).toEqual([]);
});

test("a server that stops and starts again knows what was reset", async () => {
  const database = await databases[1]?.open();
  const started = await startInProcess({ ...(database && { database }) });
  const first = await connectMailglass(started.url);
  await started.client.send(new SendEmailCommand(simple()));
  await first.reset();
  await started.client.send(new SendEmailCommand(simple()));
  // Another process on the same database follows within a second.
  const other = await startInProcess({ ...started, environment: {} });
  const second = await connectMailglass(other.url);
  await eventually(async () => expect(await second.inbox.count()).toBe(1));
  await second.reset();
  await eventually(async () => expect(await first.inbox.count()).toBe(0));
  await other.close();
  await started.close();
  await database?.close();
});

function firstOf<Choice>(choices: readonly Choice[]): Choice {
  for (const choice of choices) return choice;
  throw new Error("there is nothing to choose from");
}
