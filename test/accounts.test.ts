/** Two accounts in two regions on one server: SDKs, SMTP clients and browsers, with authentication and without. */
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smtpPassword } from "../src/access/smtp-credentials.ts";
import { readHistory } from "../src/events/history.ts";
import { type Credentials, signedCall } from "./support/admin-caller.ts";
import { browserCall } from "./support/browser-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { refused } from "./support/refused.ts";
import { simple } from "./support/sent-mail.ts";

/** Account and region of a message that is sent so. */
async function sentIn(server: InProcessServer, region: string, credentials: Credentials): Promise<string> {
  const client = new SESv2Client({ endpoint: server.url, region, credentials, maxAttempts: 1 });
  try {
    const { MessageId = "" } = await client.send(new SendEmailCommand(simple()));
    return await scopeOf(server, MessageId);
  } finally {
    client.destroy();
  }
}

async function scopeOf(server: InProcessServer, messageId: string): Promise<string> {
  const numbers = new Set((await readHistory(server, messageId)).map(({ scope }) => scope));
  expect(numbers.size).toBe(1);
  const rows = await server.database.query<{ account: string; region: string }>(
    "SELECT account, region FROM scopes WHERE id = ANY($1::integer[])",
    [[...numbers]],
  );
  return rows.map(({ account, region }) => `${account} ${region}`).join();
}

const theirs = "111122223333";

describe("with authentication", () => {
  let server: InProcessServer;
  let ours: Credentials;
  let others: Credentials;

  beforeAll(async () => {
    server = await startInProcess({
      environment: { MAILGLASS_AUTH: "required", MAILGLASS_REGIONS: "eu-west-1", MAILGLASS_SMTP_PORT: "0" },
    });
    ours = await createKey(server, new Date());
    expect((await admin(ours, "POST", "/admin/accounts", { id: theirs, name: "Theirs" })).status).toBe(201);
    others = await createKey(server, new Date(), { account: theirs });
  });
  afterAll(() => server.close());

  const admin = (by: Credentials, method: string, target: string, content?: object) =>
    signedCall(server, by, target, { method, content });

  it("mail belongs to the key's account and the signature's region", async () => {
    expect(await sentIn(server, "us-east-1", ours)).toBe("000000000000 us-east-1");
    expect(await sentIn(server, "eu-west-1", ours)).toBe("000000000000 eu-west-1");
    expect(await sentIn(server, "us-east-1", others)).toBe(`${theirs} us-east-1`);
    expect(await sentIn(server, "eu-west-1", others)).toBe(`${theirs} eu-west-1`);
  });

  it("a region that is not served is refused as before", async () => {
    const [error, text] = await refused(sentIn(server, "us-west-2", others));
    expect(error).toBe("InvalidSignatureException");
    expect(text).toContain("Credential should be scoped to a valid region, not 'us-west-2'.");
  });

  it("mail by SMTP belongs to the login's account and the region of its password", async () => {
    const sent = async ({ accessKeyId: user, secretAccessKey }: Credentials, region: string) => {
      const auth = { user, pass: smtpPassword(secretAccessKey, region) };
      const port = server.mailPorts.smtp ?? 0;
      const transport = createTransport({ host: "127.0.0.1", port, auth, tls: { rejectUnauthorized: false } });
      const { response } = await transport.sendMail({ from: "a@example.com", to: "b@example.com", text: "x" });
      transport.close();
      return scopeOf(server, response.replace("250 Ok ", ""));
    };
    expect(await sent(ours, "us-east-1")).toBe("000000000000 us-east-1");
    expect(await sent(others, "us-east-1")).toBe(`${theirs} us-east-1`);
    expect(await sent(others, "eu-west-1")).toBe(`${theirs} eu-west-1`);
    await expect(sent(others, "us-west-2")).rejects.toThrow("535");
  });

  it("a key of another account sees its own messages only; an operator sees all, or those that are chosen", async () => {
    const send = async (by: Credentials) => {
      const client = new SESv2Client({ endpoint: server.url, region: "us-east-1", credentials: by, maxAttempts: 1 });
      const { MessageId } = await client.send(new SendEmailCommand(simple()));
      client.destroy();
      return `/admin/messages/${MessageId}`;
    };
    const [own, foreign] = [await send(others), await send(ours)];
    const statusOf = async (by: Credentials, target: string, region = "us-east-1") =>
      (await signedCall(server, by, target, { region })).status;
    for (const part of ["", "/content", "/mail?recipient=ada%40gmail.com"]) {
      expect(await statusOf(others, foreign + part)).toBe(404);
      expect(await statusOf(ours, own + part)).not.toBe(403);
    }
    expect(await statusOf(others, own)).toBe(200);
    expect(await statusOf(others, own, "eu-west-1")).toBe(404);
    expect(await statusOf(others, `${own}?region=eu-west-1`)).toBe(404);
    expect(await statusOf(others, `${own}?account=${theirs}&region=us-east-1`)).toBe(200);
    expect(await statusOf(ours, own)).toBe(200);
    expect(await statusOf(ours, `${own}?account=000000000000`)).toBe(404);
    expect(await statusOf(ours, `${own}?account=${theirs}`)).toBe(200);
  });

  it.each([
    ["ours", "account=999999999999", 400, "There is no account <999999999999>."],
    ["ours", "account=x", 400, "There is no account <x>."],
    ["ours", "region=us-west-2", 400, "The region <us-west-2> is not served."],
    ["ours", "account=000000000000&account=000000000000", 400, "may be given once"],
    ["others", "account=000000000000", 403, `of the account <${theirs}> can't see other accounts`],
    ["others", "account=999999999999", 403, `of the account <${theirs}> can't see other accounts`],
  ] as const)("%s can't choose %s", async (who, query, status, text) => {
    for (const target of ["/admin/lists/suppression", "/admin/messages/x", "/admin/templates/preview-frame"]) {
      const answer = await admin(who === "ours" ? ours : others, "GET", `${target}?${query}`);
      expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
    }
  });

  it("a browser's session has its key's account, and chooses as the admin API does", async () => {
    const sent = async (by: Credentials, query: string) => {
      const signIn = await browserCall(server.url, "POST", "/session", { json: by });
      const { csrf } = Object(signIn.json());
      const headers = { cookie: signIn.cookie, "x-csrf-token": csrf };
      const path = `/v2/email/outbound-emails${query}`;
      const answer = await browserCall(server.url, "POST", path, { json: simple(), headers });
      return answer.status === 200 ? scopeOf(server, Object(answer.json()).MessageId) : answer.status;
    };
    expect(await sent(others, "")).toBe(`${theirs} us-east-1`);
    expect(await sent(others, "?region=eu-west-1")).toBe(`${theirs} eu-west-1`);
    expect(await sent(others, "?account=000000000000")).toBe(403);
    expect(await sent(ours, "")).toBe("000000000000 us-east-1");
    expect(await sent(ours, `?account=${theirs}&region=eu-west-1`)).toBe(`${theirs} eu-west-1`);
    expect(await sent(ours, "?account=999999999999")).toBe(400);
  });

  it("an account's uploads have a folder of their own", async () => {
    const place = async (by: Credentials) =>
      JSON.parse((await admin(by, "POST", "/admin/uploads", { bucket: "lists", key: "a.csv" })).text).s3Url;
    expect(await place(ours)).toBe("s3://lists/a.csv");
    expect(await place(others)).toBe(`s3://lists/${theirs}/a.csv`);
  });

  it("accounts are created, listed and deleted by operators", async () => {
    const created = await admin(ours, "POST", "/admin/accounts", { name: "New" });
    const { id } = JSON.parse(created.text);
    expect([created.status, id]).toEqual([201, expect.stringMatching(/^\d{12}$/)]);
    expect(JSON.parse((await admin(ours, "GET", "/admin/accounts")).text).accounts).toEqual([
      { id: "000000000000", name: "default", regions: ["eu-west-1", "us-east-1"] },
      { id: theirs, name: "Theirs", regions: ["eu-west-1", "us-east-1"], createdAt: expect.any(String) },
      { id, name: "New", regions: [], createdAt: expect.any(String) },
    ]);
    const refusals = [
      [await admin(ours, "POST", "/admin/accounts", { id }), 409, `there is already an account ${id}`],
      [await admin(ours, "POST", "/admin/accounts", { id: "1" }), 400, "twelve digits"],
      [await admin(ours, "POST", "/admin/accounts", { id: 1 }), 400, "takes a JSON object"],
      [await admin(ours, "POST", "/admin/accounts", { color: "red" }), 400, "takes a JSON object"],
      [await admin(ours, "DELETE", `/admin/accounts/${theirs}`), 409, "still has 1 access keys, "],
      [await admin(ours, "DELETE", "/admin/accounts/000000000000"), 409, "is the default account"],
      [await admin(ours, "DELETE", "/admin/accounts/999999999999"), 404, "there is no account 999999999999"],
    ] as const;
    for (const [answer, status, text] of refusals) {
      expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
    }
    expect((await admin(ours, "DELETE", `/admin/accounts/${id}`)).status).toBe(204);
    expect(JSON.parse((await admin(ours, "GET", "/admin/accounts")).text).accounts).toHaveLength(2);
  });
});

describe("without authentication", () => {
  const key = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: "any" });

  it("the region is that of the signature if it is served, and the account of twelve digits is made at its first call", async () => {
    const server = await startInProcess({
      environment: { MAILGLASS_REGIONS: "*", MAILGLASS_ACCOUNTS_FROM_KEYS: "on" },
    });
    try {
      expect(await sentIn(server, "us-east-1", key("any"))).toBe("000000000000 us-east-1");
      expect(await sentIn(server, "ap-south-1", key("any"))).toBe("000000000000 ap-south-1");
      const made = await Promise.all(Array.from({ length: 4 }, () => sentIn(server, "eu-west-1", key(theirs))));
      expect(new Set(made)).toEqual(new Set([`${theirs} eu-west-1`]));
      expect(await sentIn(server, "mars", key("444455556666"))).toBe("444455556666 us-east-1");
      const { MessageId = "" } = await server.client.send(new SendEmailCommand(simple()));
      expect(await scopeOf(server, MessageId)).toBe("000000000000 us-east-1");
      await server.database.query(
        "INSERT INTO accounts (id, name, created_at) SELECT 200000000000 + number, '', now() FROM generate_series(1, 997) AS number",
      );
      const [error, text] = await refused(sentIn(server, "us-east-1", key("777788889999")));
      expect([error, text]).toEqual(["LimitExceededException", expect.stringContaining("mailglass accounts delete")]);
      expect(await sentIn(server, "us-east-1", key(theirs))).toBe(`${theirs} us-east-1`);
    } finally {
      await server.close();
    }
  });

  it("everything is for the default scope, unless settings say otherwise", async () => {
    const server = await startInProcess();
    try {
      expect(await sentIn(server, "eu-west-1", key(theirs))).toBe("000000000000 us-east-1");
      const unsigned = await browserCall(server.url, "POST", "/v2/email/outbound-emails", { json: simple() });
      expect(await scopeOf(server, Object(unsigned.json()).MessageId)).toBe("000000000000 us-east-1");
      expect((await fetch(`${server.url}/admin/accounts`)).status).toBe(200);
    } finally {
      await server.close();
    }
  });
});
