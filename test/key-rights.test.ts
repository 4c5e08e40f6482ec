/** Access keys with rights: what they may call over the API, SMTP, the admin API and in the dashboard. */
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operationRights } from "../src/access/policies/operation-rights.ts";
import { smtpPassword } from "../src/access/smtp-credentials.ts";
import { operationNamed } from "../src/contract/operations.ts";
import { writtenOperations } from "../src/operations/written.ts";
import { type Credentials, signedCall } from "./support/admin-caller.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { askForKeys, createKey, listKeys } from "./support/keys-of.ts";
import { refused } from "./support/refused.ts";
import { simple } from "./support/sent-mail.ts";

let server: InProcessServer;
const keys = new Map<string, Credentials>();

async function keyOf(...allow: string[]): Promise<Credentials> {
  const name = allow.join(" ");
  const known = keys.get(name) ?? (await createKey(server, new Date(), { allow }));
  keys.set(name, known);
  return known;
}

beforeAll(async () => {
  server = await startInProcess({
    environment: { MAILGLASS_AUTH: "required", MAILGLASS_SMTP_PORT: "0", MAILGLASS_RATE_LIMITS: "off" },
  });
  const all = await createKey(server, new Date());
  for (const EmailIdentity of ["example.com", "other.example"]) {
    const made = await signedCall(server, all, "/v2/email/identities", { method: "POST", content: { EmailIdentity } });
    expect(made.status).toBe(200);
  }
});
afterAll(() => server.close());

const statusOf = async (by: Credentials, method: string, target: string, content?: object) =>
  (await signedCall(server, by, target, { method, content })).status;
const send = async (by: Credentials, FromEmailAddress: string) => {
  const client = new SESv2Client({ endpoint: server.url, region: "us-east-1", credentials: by, maxAttempts: 1 });
  await client.send(new SendEmailCommand(simple({ FromEmailAddress }))).finally(() => client.destroy());
};

it("rights for one identity cover calls about it only", async () => {
  const key = await keyOf("read:example.com", "write:example.com");
  const identity = "/v2/email/identities/example.com";
  expect(await statusOf(key, "GET", identity)).toBe(200);
  expect(await statusOf(key, "GET", `${identity}/policies`)).toBe(200);
  expect(await statusOf(key, "PUT", `${identity}/feedback`, { EmailForwardingEnabled: true })).toBe(200);
  expect(await statusOf(key, "POST", "/v2/email/identities", { EmailIdentity: "me@example.com" })).toBe(200);
  const arn = (name: string) => `arn:aws:ses:us-east-1:000000000000:${name}`;
  const tags = (name: string) => `/v2/email/tags?ResourceArn=${encodeURIComponent(arn(name))}`;
  expect(await statusOf(key, "GET", tags("identity/example.com"))).toBe(200);
  for (const [method, target, content] of [
    ["GET", "/v2/email/identities/other.example", undefined],
    ["GET", "/v2/email/identities/sub.example.com", undefined],
    ["GET", "/v2/email/identities", undefined],
    ["GET", tags("identity/other.example"), undefined],
    ["GET", tags("configuration-set/example.com"), undefined],
    ["PUT", `${identity}/configuration-set`, { ConfigurationSetName: "set" }],
    ["POST", "/v2/email/identities", { EmailIdentity: "new@example.com", ConfigurationSetName: "set" }],
    ["POST", "/v2/email/outbound-emails", simple()],
  ] as const) {
    expect([target, await statusOf(key, method, target, content)]).toEqual([target, 403]);
  }
});

it("a right to send with one identity covers its addresses, over the API and SMTP", async () => {
  const key = await keyOf("send:example.com");
  await send(key, "a@example.com");
  await send(key, "a@mail.example.com");
  const user = `arn:aws:iam::000000000000:user/${key.accessKeyId}`;
  const other = "arn:aws:ses:us-east-1:000000000000:identity/other.example";
  const text = (action: string) => `User \`${user}' is not authorized to perform \`${action}' on resource \`${other}'`;
  expect(await refused(send(key, "a@other.example"))).toEqual(["AccessDeniedException", text("ses:SendEmail")]);
  const auth = { user: key.accessKeyId, pass: smtpPassword(key.secretAccessKey, "us-east-1") };
  const submit = async (from: string) => {
    const port = server.mailPorts.smtp ?? 0;
    const transport = createTransport({ host: "127.0.0.1", port, auth, tls: { rejectUnauthorized: false } });
    await transport.sendMail({ from, to: "b@example.net", text: "x" }).finally(() => transport.close());
  };
  await submit("a@example.com");
  await expect(submit("a@other.example")).rejects.toThrow(`554 Access denied: ${text("ses:SendRawEmail")}`);
});

it("the same rights hold over SES v1", async () => {
  const call = (by: Credentials, parameters: Record<string, string>) =>
    signedCall(server, by, `/?${new URLSearchParams(parameters)}`, { method: "POST" });
  const mail = (from: string) => ({
    ...{ Action: "SendEmail", Source: from, "Destination.ToAddresses.member.1": "b@example.net" },
    ...{ "Message.Subject.Data": "s", "Message.Body.Text.Data": "t" },
  });
  const statuses = async (...allow: string[]) => {
    const by = await keyOf(...allow);
    const calls: Record<string, string>[] = [
      mail("a@example.com"),
      mail("a@other.example"),
      { Action: "SendRawEmail", "RawMessage.Data": btoa("From: a@other.example\r\nTo: b@example.net\r\n\r\nx") },
      { Action: "GetSendQuota" },
      { Action: "UpdateAccountSendingEnabled", Enabled: "true" },
    ];
    const answers = await Promise.all(calls.map((one) => call(by, one)));
    for (const { status, text } of answers) if (status !== 200) expect(text).toContain("<Code>AccessDenied</Code>");
    return answers.map(({ status }) => status);
  };
  expect(await statuses("send:example.com")).toEqual([200, 403, 403, 403, 403]);
  expect(await statuses("send")).toEqual([200, 200, 200, 403, 403]);
  expect(await statuses("read")).toEqual([403, 403, 403, 200, 403]);
  expect(await statuses("write")).toEqual([403, 403, 403, 403, 200]);
  expect(await statuses("write:example.com", "read:example.com")).toEqual([403, 403, 403, 403, 403]);
});

it("without the right to send, SMTP mail is refused", async () => {
  const key = await keyOf("read");
  const auth = { user: key.accessKeyId, pass: smtpPassword(key.secretAccessKey, "us-east-1") };
  const port = server.mailPorts.smtp ?? 0;
  const transport = createTransport({ host: "127.0.0.1", port, auth, tls: { rejectUnauthorized: false } });
  const sent = transport.sendMail({ from: "a@example.com", to: "b@example.net", text: "x" });
  await expect(sent.finally(() => transport.close())).rejects.toThrow("554 Access denied");
});

it("of the admin API, only reading, and only with a right to read everything", async () => {
  const [reads, writes, sends] = [await keyOf("read"), await keyOf("write"), await keyOf("send", "read:example.com")];
  for (const target of ["/admin/queue", "/admin/accounts", "/admin/messages"]) {
    expect(await statusOf(reads, "GET", target)).not.toBe(403);
    expect(await statusOf(writes, "GET", target)).toBe(403);
    expect(await statusOf(sends, "GET", target)).toBe(403);
  }
  const account = { id: "111122223333", name: "x" };
  for (const key of [reads, writes, sends]) {
    expect(await statusOf(key, "POST", "/admin/accounts", account)).toBe(403);
    expect(await statusOf(key, "DELETE", "/admin/accounts/111122223333")).toBe(403);
    expect(await statusOf(key, "POST", "/admin/webhooks", {})).toBe(403);
  }
});

it("a browser that signed in with the key may do the same", async () => {
  const { accessKeyId, secretAccessKey } = await keyOf("read");
  const signedIn = await fetch(`${server.url}/session`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify({ accessKeyId, secretAccessKey }),
  });
  expect(signedIn.status).toBe(200);
  const { csrf = "" }: { csrf?: string } = JSON.parse(await signedIn.text());
  const cookie = signedIn.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
  const ask = async (method: string, path: string, body?: object) =>
    (
      await fetch(server.url + path, {
        method,
        headers: { cookie, "x-csrf-token": csrf, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      })
    ).status;
  expect(await ask("GET", "/v2/email/identities")).toBe(200);
  expect(await ask("GET", "/admin/queue")).toBe(200);
  expect(await ask("POST", "/v2/email/outbound-emails", simple())).toBe(403);
  expect(await ask("POST", "/v2/email/identities", { EmailIdentity: "new.example" })).toBe(403);
  expect(await ask("POST", "/admin/webhooks", {})).toBe(403);
});

it("the list of keys shows rights; rights that can't be read allow nothing", async () => {
  const key = await keyOf("send:Example.COM", "read");
  const shown = async () => (await listKeys(server, new Date())).find(({ id }) => id === key.accessKeyId)?.allow;
  expect(await shown()).toEqual(["send:example.com", "read"]);
  for (const allow of [
    ["all"],
    ["send:"],
    "send",
    [1],
    Array.from({ length: 51 }, (_, one) => `send:a${one}.example`),
  ]) {
    const { status } = await askForKeys(server, new Date(), { method: "POST", content: { allow } });
    expect(status).toBe(400);
  }
  await server.database.query('UPDATE access_keys SET rights = \'[{"right": "admin"}]\' WHERE id = $1', [
    key.accessKeyId,
  ]);
  await expect.poll(() => statusOf(key, "GET", "/v2/email/identities")).toBe(403);
  expect(await shown()).toEqual([]);
});

// The last: what these calls delete and pause, other tests need.
describe.each(["send", "read", "write"] as const)("a key that may only %s", (right) => {
  it.each(writtenOperations)("%s", async (name) => {
    const { method, path } = operationNamed(name);
    const target = path.replace(/\{EmailIdentity\}/, "swept.example").replace(/\{\w+\+?\}/g, "none");
    const { status, text } = await signedCall(server, await keyOf(right), target, {
      method,
      ...(method === "GET" || method === "DELETE" ? {} : { content: {} }),
    });
    if (operationRights[name] === right) expect(status).not.toBe(403);
    else expect([status, text]).toEqual([403, expect.stringContaining(`is not authorized to perform \`ses:${name}'`)]);
  });
});
