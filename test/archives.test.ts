/** Archives of the admin API: what they keep of a configuration set's mail, and how it is read. */
import {
  CreateConfigurationSetCommand,
  PutConfigurationSetArchivingOptionsCommand,
  PutSuppressedDestinationCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Archive, ArchivedMessagePage, ArchiveList } from "../src/admin-api/archives.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { send, simple } from "./support/sent-mail.ts";

let server: InProcessServer;
beforeAll(async () => {
  server = await startInProcess();
});
afterAll(() => server.close());

const ConfigurationSetName = "kept";
const create = (body: object) => callAdmin<Archive>(server.app, "POST", "/admin/archives", body);
const found = async ({ id }: Archive, query = "") =>
  callAdmin<ArchivedMessagePage>(server.app, "GET", `/admin/archives/${id}/messages${query}`);

it("an archive keeps a set's mail with its envelope, apart from stored mail", async () => {
  const { app, client, objects } = server;
  const archive = await create({ name: "compliance", retentionDays: 3650 });
  expect(archive).toEqual({
    id: expect.stringMatching(/^a-[a-z0-9]{30}$/),
    arn: `arn:aws:ses:us-east-1:000000000000:mailmanager-archive/${archive.id}`,
    ...{ name: "compliance", retentionDays: 3650, createdAt: expect.any(String) },
  });
  const ArchivingOptions = { ArchiveArn: archive.arn };
  await client.send(new CreateConfigurationSetCommand({ ConfigurationSetName, ArchivingOptions }));
  await client.send(new PutSuppressedDestinationCommand({ EmailAddress: "gone@example.net", Reason: "BOUNCE" }));
  const Destination = {
    ToAddresses: ["to@example.net", "gone@example.net", "success@simulator.amazonses.com"],
    BccAddresses: ["bcc@example.net"],
  };
  const id = await send(server, simple({ ConfigurationSetName, Destination }));
  await send(server, simple({ Destination }));
  await send(server, simple({ ConfigurationSetName, Destination: { ToAddresses: ["gone@example.net"] } }));
  const { messages, next } = await found(archive);
  expect(next).toBeUndefined();
  expect(messages).toEqual([
    {
      ...{ messageId: id, sentAt: expect.any(String), sender: "sender@example.com", subject: "Grüße" },
      ...{ recipients: ["to@example.net", "bcc@example.net"], size: expect.any(Number) },
    },
  ]);
  const keys: string[] = [];
  for await (const { key } of objects.list("mail/")) keys.push(key);
  await objects.deleteAll(keys);
  const mail = await app.inject({ url: `/admin/archives/${archive.id}/messages/${id}/mail` });
  expect(mail.headers).toMatchObject({
    "content-type": "message/rfc822",
    "content-disposition": `attachment; filename="${id}.eml"`,
  });
  const envelope =
    "X-Envelope-From: <sender@example.com>\r\nX-Envelope-To: <to@example.net>,\r\n <bcc@example.net>\r\nMessage-ID: ";
  expect(mail.body.slice(0, envelope.length)).toBe(envelope);
  expect(mail.rawPayload.length - (messages[0]?.size ?? 0)).toBe(envelope.length - "Message-ID: ".length);
});

it("mail is found by its time, recipient, sender and subject, in pages", async () => {
  const archive = await create({ name: "searched", retentionDays: 1 });
  const set = { ConfigurationSetName: "searched" };
  await server.client.send(new CreateConfigurationSetCommand(set));
  await server.client.send(new PutConfigurationSetArchivingOptionsCommand({ ...set, ArchiveArn: archive.arn }));
  const ids: string[] = [];
  for (const name of ["a", "b", "c"]) {
    ids.unshift(await send(server, simple({ ...set, Destination: { ToAddresses: [`${name}@example.net`] } })));
  }
  const seen = async (query: string) => (await found(archive, query)).messages.map(({ messageId }) => messageId);
  expect(await seen("")).toEqual(ids);
  const { messages, next } = await found(archive, "?limit=2");
  expect(messages.map(({ messageId }) => messageId)).toEqual(ids.slice(0, 2));
  expect(await seen(`?limit=2&after=${next}`)).toEqual(ids.slice(2));
  expect(await seen("?recipient=B%40example.net")).toEqual([ids[1]]);
  expect(await seen("?sender=sender%40example.com&subject=gr%C3%BC")).toEqual(ids);
  expect(await seen(`?messageId=${ids[0]}`)).toEqual([ids[0]]);
  expect(await seen("?to=2026-01-01T00:00:00Z")).toEqual([]);
  expect(await seen("?from=2190-01-01T00:00:00Z")).toEqual([]);
  await server.client.send(new PutConfigurationSetArchivingOptionsCommand(set));
  await send(server, simple(set));
  expect(await seen("")).toEqual(ids);
});

it("archives are listed, changed, and deleted when nothing refers to them and their mail may go", async () => {
  const { app, client, database } = server;
  const archive = await create({ name: "going", retentionDays: 1 });
  const url = `/admin/archives/${archive.id}`;
  const set = { ConfigurationSetName: "going" };
  const ArchivingOptions = { ArchiveArn: archive.arn };
  await client.send(new CreateConfigurationSetCommand({ ...set, ArchivingOptions }));
  await send(server, simple(set));
  const changed = { ...archive, retentionDays: 7 };
  expect(await callAdmin(app, "PATCH", url, { retentionDays: 7 })).toEqual(changed);
  expect(await callAdmin(app, "GET", url)).toEqual(changed);
  expect((await callAdmin<ArchiveList>(app, "GET", "/admin/archives")).archives).toContainEqual(changed);
  const used = "Configuration sets refer to the archive: remove it from their ArchivingOptions first.";
  expect(await adminRefusal(app, "DELETE", `${url}?mail=delete`)).toEqual([409, used]);
  await client.send(new PutConfigurationSetArchivingOptionsCommand(set));
  expect(await adminRefusal(app, "DELETE", url)).toEqual([
    ...[409, "The archive has mail: add mail=delete to delete it, too."],
  ]);
  expect((await app.inject({ method: "DELETE", url: `${url}?mail=delete` })).statusCode).toBe(204);
  expect(await database.query("SELECT FROM archived_mail WHERE archive = $1", [archive.id])).toEqual([]);
  const missing = [404, "There is no archive with this ID."];
  expect(await adminRefusal(app, "GET", url)).toEqual(missing);
  expect(await adminRefusal(app, "GET", `${url}/messages`)).toEqual(missing);
  expect(await adminRefusal(app, "DELETE", url)).toEqual(missing);
  expect(await adminRefusal(app, "PATCH", url, { retentionDays: 1 })).toEqual(missing);
  expect((await adminRefusal(app, "GET", `${url}/messages/x/mail`))[0]).toBe(404);
});

it("bad input is refused", async () => {
  const { app } = server;
  await create({ name: "taken", retentionDays: 1 });
  const post = (body: unknown) => adminRefusal(app, "POST", "/admin/archives", body);
  expect(await post({ name: "taken", retentionDays: 1 })).toEqual([409, "There is already an archive with this name."]);
  for (const body of [
    {},
    { name: "x" },
    { name: "", retentionDays: 1 },
    { name: "x".repeat(64), retentionDays: 1 },
    { name: "a b", retentionDays: 1 },
    { name: "x", retentionDays: 0 },
    { name: "x", retentionDays: 1.5 },
    { name: "x", retentionDays: 36_501 },
    { name: "x", retentionDays: 1, more: 1 },
  ]) {
    expect((await post(body))[0], JSON.stringify(body)).toBe(400);
  }
  const { archives } = await callAdmin<ArchiveList>(app, "GET", "/admin/archives");
  const [first] = archives;
  for (const query of ["limit=0", "limit=501", "from=x", "color=1", "subject=%00"]) {
    expect((await adminRefusal(app, "GET", `/admin/archives/${first?.id}/messages?${query}`))[0], query).toBe(400);
  }
});
