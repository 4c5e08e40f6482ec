/** `POST /admin/forget` and `mailglass forget` delete a person's data, own and mirrored, and nothing else. */
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import {
  CreateContactCommand,
  CreateContactListCommand,
  GetMessageInsightsCommand,
  PutSuppressedDestinationCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ForgetAnswer } from "../src/admin-api/forget.ts";
import type { ChangedMirrorSource, MirrorSource } from "../src/admin-api/mirror.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { runCommand } from "./support/run-command.ts";
import { insightsOf, send, simple } from "./support/sent-mail.ts";

const ann = "ann@example.com";
const bob = "bob@example.com";
const account = "111122223333";
const decompress = promisify(zstdDecompress);

let server: InProcessServer;
let toAnn: string;
let toBob: string;
let toBoth: string;
/** Where the mail to Ann alone is stored. */
let place: { key: string; offset: number; length: number };
let source: ChangedMirrorSource;

const forget = (body: object) => callAdmin<ForgetAnswer>(server.app, "POST", "/admin/forget", body);
const nothing: ForgetAnswer = {
  ...{ events: 0, messages: 0, mail: 0, archived: 0, queued: 0, publications: 0, webhookAnswers: 0 },
  ...{ refusedEvents: 0, setAside: 0, contacts: 0, suppressions: 0 },
};

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  return (await server.events.client.query({ query: sql, format: "JSONEachRow" })).json<Record<string, unknown>>();
}

async function texts(table: string): Promise<string> {
  const stored = await server.database.query<{ payload: Uint8Array }>(`SELECT payload FROM ${table}`);
  return (await Promise.all(stored.map(async ({ payload }) => (await decompress(payload)).toString()))).join("\n");
}

const post = (record: object | string) =>
  server.app.inject({
    ...{ method: "POST", url: `/mirror/${source.id}` },
    headers: { "x-mailglass-key": source.secret ?? "", "content-type": "application/json" },
    payload: typeof record === "string" ? record : JSON.stringify(record),
  });

beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_PUBLISHING_RETRY_SECONDS: "3600" } });
  const { client } = server;
  // Nothing listens there, so its events wait.
  await callAdmin(server.app, "POST", "/admin/webhooks", {
    name: "nobody",
    url: "http://127.0.0.1:9/",
    envelope: "event",
  });
  toAnn = await send(server, simple({ Destination: { ToAddresses: ["Ann@Example.com"] } }));
  toBob = await send(server, simple({ Destination: { ToAddresses: [bob] } }));
  toBoth = await send(server, simple({ Destination: { ToAddresses: [ann], BccAddresses: [bob] } }));
  await client.send(new PutSuppressedDestinationCommand({ EmailAddress: ann, Reason: "BOUNCE" }));
  await client.send(new CreateContactListCommand({ ContactListName: "news" }));
  for (const EmailAddress of [ann, bob]) {
    await client.send(new CreateContactCommand({ ContactListName: "news", EmailAddress }));
  }
  const body = { name: "bus", kind: "eventbridge", accounts: [account], region: "us-east-1" };
  source = await callAdmin<ChangedMirrorSource>(server.app, "POST", "/admin/mirror", body);
  const mail = {
    ...{
      messageId: "0100018c0f3a1b2c-1f2e3d4c-0000-4000-8000-000000000001-000000",
      timestamp: "2026-11-20T10:00:00.000Z",
      source: "shop@example.com",
    },
    ...{ sendingAccountId: account, destination: [ann] },
  };
  const bounce = {
    ...{ bounceType: "Permanent", bounceSubType: "General", feedbackId: "f-1", timestamp: "2026-11-20T10:00:01.000Z" },
    bouncedRecipients: [{ emailAddress: ann }],
  };
  expect((await post({ eventType: "Bounce", mail, bounce })).statusCode).toBe(200);
  for (const record of [`about <${ann}>`, `about jo${ann}`]) {
    expect((await post({ record })).statusCode).toBe(200);
  }
  await eventually(async () => {
    const [found] = await rows(
      `SELECT object_key AS key, toUInt32(object_offset) AS start, toUInt32(object_length) AS bytes FROM events
       WHERE message_id = '${toAnn}' AND type = 'SEND'`,
    );
    expect(found).toBeDefined();
    place = { key: String(found?.key), offset: Number(found?.start), length: Number(found?.bytes) };
    // No delivery attempt is in progress.
    expect(await texts("publication_batches")).toContain(toBob);
    expect(await server.database.query("SELECT FROM publication_batches WHERE state <> 'waiting'")).toEqual([]);
  });
});
afterAll(() => server?.close());

describe("a person's data", () => {
  let before: string;

  it("is removed, and counted by kind", async () => {
    before = (await texts("publications")) + (await texts("publication_batches"));
    expect(before).toContain("nn@");
    const told = await forget({ address: "ANN@example.com" });
    // SEND and DELIVERY of two messages, and the bounce of the mirrored one.
    expect(told).toMatchObject({ ...{ events: 5, messages: 3, mail: 1, queued: 0, setAside: 1 }, contacts: 0 });
    expect(told.publications).toBeGreaterThan(3);
  });

  it("is in no table of the event database", async () => {
    for (const table of ["events", "message_states", "recipient_outcomes"]) {
      const found = await rows(`SELECT DISTINCT lower(recipient) AS who FROM ${table} ORDER BY who`);
      expect(found).toEqual([{ who: bob }]);
    }
    await expect(insightsOf(server, toAnn)).rejects.toMatchObject({ name: "NotFoundException" });
    const { Insights } = await server.client.send(new GetMessageInsightsCommand({ MessageId: toBoth }));
    expect(Insights?.map(({ Destination }) => Destination)).toEqual([bob]);
  });

  it("is not in the mail that was sent to nobody else", async () => {
    const stored = await server.objects.read(place.key, place);
    expect(stored && (await buffer(stored))).toEqual(Buffer.alloc(place.length));
    expect((await server.app.inject({ method: "GET", url: `/admin/messages/${toBob}/content` })).statusCode).toBe(200);
    expect((await server.app.inject({ method: "GET", url: `/admin/messages/${toBoth}/content` })).statusCode).toBe(200);
  });

  it("is not queued for targets, but that of others still is", async () => {
    const after = (await texts("publications")) + (await texts("publication_batches"));
    expect(after).not.toContain(toAnn);
    expect(after).toContain(toBob);
    expect(after).toContain(toBoth);
    expect(after).not.toContain(`"recipient":"${ann}"`);
  });

  it("is not in the mirror's set-aside records", async () => {
    const path = `/admin/mirror/${source.id}`;
    const { records } = await callAdmin<{ records: { text: string }[] }>(server.app, "GET", `${path}/set-aside`);
    expect(records.map(({ text }) => JSON.parse(text))).toEqual([{ record: `about jo${ann}` }]);
    expect(await callAdmin<MirrorSource>(server.app, "GET", path)).toMatchObject({ recordsSetAside: 1 });
  });

  it("is gone: a second call finds nothing", async () => {
    expect(await forget({ address: ann })).toEqual(nothing);
  });
});

it("deletes entries of lists only if asked to", async () => {
  expect(await forget({ address: ann, lists: true })).toEqual({ ...nothing, contacts: 1, suppressions: 1 });
  expect(await forget({ address: bob, lists: true })).toMatchObject({ contacts: 1, suppressions: 0 });
});

it("refuses invalid addresses and unknown members", async () => {
  const refusal = (body: unknown) => adminRefusal(server.app, "POST", "/admin/forget", body);
  expect(await refusal({ address: "nobody" })).toEqual([400, expect.stringMatching(/^This is not an email address: /)]);
  expect(await refusal({ address: "" })).toMatchObject([400, expect.any(String)]);
  for (const body of [{}, { address: 1 }, { address: ann, lists: "yes" }, { address: ann, all: true }]) {
    expect(await refusal(body)).toEqual([400, expect.stringContaining("address, a text; lists, true or false")]);
  }
});

it("the command shows its usage, and reports that it needs a server", async () => {
  const command = (...args: string[]) => runCommand(["forget", ...args], { MAILGLASS_PORT: "1" });
  expect(await command("--help")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^usage: mailglass forget/) });
  expect(await command()).toMatchObject({ code: 2, stdout: "" });
  expect(await command(ann)).toMatchObject({ code: 1, stderr: expect.stringContaining("no server answers") });
});
