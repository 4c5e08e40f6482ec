/** A server that wants calls signed: what it asks credentials for, what not, and how it treats who has none. */
import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CreatedKey } from "../src/access/access-keys.ts";
import { createAuthenticator } from "../src/access/authenticator.ts";
import { commandKey } from "../src/access/command-key.ts";
import { mountAuthentication } from "../src/http/authentication.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { askForKeys, createKey, listKeys } from "./support/keys-of.ts";
import { simple } from "./support/sent-mail.ts";
import { type Signer, signHeaders, type UnsignedRequest } from "./support/sign.ts";

let server: InProcessServer;
let key: CreatedKey;
let ahead = 0;
/** Set where a test needs a clock that stands still. */
let stoppedAt: Date | undefined;
const clock = () => stoppedAt ?? new Date(Date.now() + ahead);

beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_AUTH: "required" }, clock });
  key = await createKey(server, clock());
});
afterAll(() => server.close());

/** Status, error and message of the answer to a request that is signed, or not at all. */
async function ask(method: string, target: string, signer?: Partial<Signer>, body?: string) {
  const host = new URL(server.url).host;
  const headers = { host, ...(body === undefined ? {} : { "content-type": "application/json" }) };
  const request: UnsignedRequest = { method, target, headers, ...(body === undefined ? {} : { body }) };
  const sent = signer ? signHeaders(request, { ...key, now: clock(), ...signer }) : headers;
  const answer = await fetch(server.url + target, { method, headers: sent, ...(body === undefined ? {} : { body }) });
  const text = await answer.text();
  return { status: answer.status, error: answer.headers.get("x-amzn-errortype"), text };
}

const unsigned = {
  status: 403,
  error: "MissingAuthenticationTokenException",
  text: '{"message":"Missing Authentication Token"}',
};

describe("credentials are asked for", () => {
  const asked = [
    ["GET", "/v2/email/account"],
    ["GET", "/v2/email/no-such-operation"],
    ["POST", "/v2/email/outbound-emails"],
    ["POST", "/admin/simulations"],
    ["POST", "/admin/uploads"],
    ["POST", "/admin/import-jobs/x/cancel"],
    ["GET", "/admin/lists/suppression"],
    ["GET", "/admin/lists/contacts/x"],
    ["GET", "/admin/access-keys"],
    ["GET", "/%61dmin/lists/suppression"],
  ] as const;
  it.each(asked)("by %s %s", async (method, target) => {
    // Each test has its time, so that none is one failure too many.
    ahead += 60_000;
    expect(await ask(method, target, undefined, method === "POST" ? "{}" : undefined)).toEqual(unsigned);
    const { error } = await ask(method, target, { secretAccessKey: "wrong" }, method === "POST" ? "{}" : undefined);
    expect(error).toBe("InvalidSignatureException");
  });

  it("by any route below /admin/ that will ever be added", async () => {
    const app = Fastify();
    const unused = () => expect.fail("not asked for in this test");
    mountAuthentication(app, {
      authentication: "required",
      authenticator: createAuthenticator({
        keys: { find: async () => undefined, used: unused },
        commandKey: commandKey(server.sealer),
        accountId: "000000000000",
        serves: () => true,
        clock,
      }),
      failedAttempts: { count: () => false },
      sessions: { begin: unused, find: unused, end: unused },
      publicUrl: unused,
    });
    app.register(async (admin) => admin.get("/admin/new/:thing", async () => "secret"));
    app.get("/new", async () => "public");
    const answer = await app.inject("/admin/new/x");
    expect([answer.statusCode, answer.json().message]).toEqual([403, "Missing Authentication Token"]);
    expect((await app.inject("/new")).body).toBe("public");
  });

  it("and not by health, downloads, uploads and subscriptions, whose links have signatures of their own", async () => {
    expect((await ask("GET", "/health")).status).toBe(200);
    for (const [method, target] of [
      ["GET", "/downloads/exports/job/file?expires=1&signature=x"],
      ["PUT", "/uploads/bucket/key?expires=1&signature=x"],
      ["GET", "/subscriptions/x"],
      ["GET", "/nothing"],
    ] as const) {
      expect((await ask(method, target)).error).not.toBe("MissingAuthenticationTokenException");
    }
  });

  it("by no call but those that manage keys, where authentication is off", async () => {
    const open = await startInProcess();
    try {
      expect((await fetch(`${open.url}/admin/lists/suppression`)).status).toBe(200);
      expect((await fetch(`${open.url}/admin/access-keys`)).status).toBe(403);
      expect(await listKeys(open, new Date())).toEqual([]);
    } finally {
      await open.close();
    }
  });
});

describe("a key", () => {
  it("opens the admin API, but does not manage keys: the server's own commands do", async () => {
    expect(await ask("GET", "/admin/lists/suppression", {})).toMatchObject({ status: 200 });
    expect(await ask("POST", "/admin/uploads", {}, '{"bucket":"lists","key":"a.csv"}')).toMatchObject({ status: 200 });
    for (const [method, target] of [
      ["GET", "/admin/access-keys"],
      ["POST", "/admin/access-keys"],
      ["DELETE", `/admin/access-keys/${key.accessKeyId}`],
    ] as const) {
      expect(await ask(method, target, {})).toMatchObject({ status: 403, error: "AccessDeniedException" });
    }
    expect(await listKeys(server, clock())).toHaveLength(1);
  });

  it("of the commands opens nothing else", async () => {
    const { id: accessKeyId, secretAccessKey } = commandKey(server.sealer);
    const command = { accessKeyId, secretAccessKey };
    expect(await ask("GET", "/admin/lists/suppression", command)).toMatchObject({ status: 200 });
    expect(await ask("GET", "/v2/email/account", command)).toMatchObject({
      status: 403,
      error: "AccessDeniedException",
    });
  });

  it.each([
    ["no object", [], 400],
    ["a description that is no text", { description: 1 }, 400],
    ["a time that is no number", { seconds: "900" }, 400],
    ["a time too short", { seconds: 1 }, 400],
  ])("is not made with %s", async (_what, content, status) => {
    const before = await listKeys(server, clock());
    expect((await askForKeys(server, clock(), { method: "POST", content })).status).toBe(status);
    expect(await listKeys(server, clock())).toEqual(before);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/octet-stream", undefined])(
    "is not made of a body of the type %s",
    async (type) => {
      const before = await listKeys(server, clock());
      const { id: accessKeyId, secretAccessKey } = commandKey(server.sealer);
      for (const body of ['{"description":"x"}', "description=x"]) {
        const target = "/admin/access-keys";
        const headers = { host: new URL(server.url).host, ...(type !== undefined && { "content-type": type }) };
        const request = { method: "POST", target, headers, body };
        const signed = signHeaders(request, { accessKeyId, secretAccessKey, now: clock() });
        // Without the type that fetch gives to texts.
        const answer = await fetch(server.url + target, { method: "POST", headers: signed, body: Buffer.from(body) });
        expect([answer.status, await answer.json()]).toEqual([415, { message: "The body must be JSON." }]);
      }
      expect(await listKeys(server, clock())).toEqual(before);
    },
  );

  it("is the caller's identity in the events of its mail, and was last used when it sent that", async () => {
    const { text } = await ask("POST", "/v2/email/outbound-emails", {}, JSON.stringify(simple()));
    const { MessageId = "" } = JSON.parse(text);
    const insights = await ask("GET", `/v2/email/insights/${MessageId}`, {});
    expect(JSON.parse(insights.text).EmailTags).toContainEqual({
      Name: "ses:caller-identity",
      Value: key.accessKeyId,
    });
    const [listed] = await listKeys(server, clock());
    expect(new Date(listed?.lastUsedAt ?? 0).getTime()).toBeGreaterThan(clock().getTime() - 60_000);
  });
});

describe("a body", () => {
  const path = "/v2/email/outbound-emails";
  it("that is not the one whose hash was signed is refused, whether the hash was stated or not", async () => {
    ahead += 60_000;
    const request = { method: "POST", target: path, headers: { host: new URL(server.url).host }, body: "{}" };
    for (const hashUnstated of [true, false]) {
      const headers = signHeaders(request, { ...key, now: clock(), hashUnstated });
      const answer = await fetch(server.url + path, { method: "POST", headers, body: '{"a":1}' });
      expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([403, "InvalidSignatureException"]);
    }
    const admin = {
      ...request,
      target: "/admin/uploads",
      headers: { ...request.headers, "content-type": "application/json" },
    };
    const headers = signHeaders(admin, { ...key, now: clock() });
    const answer = await fetch(`${server.url}/admin/uploads`, {
      method: "POST",
      headers,
      body: '{"bucket":"b","key":"k"}',
    });
    expect(answer.status).toBe(403);
  });

  it("of any bytes and size is hashed as it came", async () => {
    // Wrong for SES, but rightly signed.
    const body = `{"ConfigurationSetName":"${"ü€😀".repeat(100_000)}"}`;
    for (const hashUnstated of [true, false]) {
      expect(await ask("POST", path, { hashUnstated }, body)).toMatchObject({ status: 400 });
    }
    const description = "ü€😀";
    expect(await askForKeys(server, clock(), { method: "POST", content: { description } })).toMatchObject({
      status: 201,
    });
  });
});

it("an address that fails again and again is told to slow down, but served where it signs rightly", async () => {
  ahead += 60_000;
  // A failure is forgotten each second, and the answers may take longer.
  stoppedAt = clock();
  const answers = await Promise.all(Array.from({ length: 70 }, () => ask("GET", "/v2/email/account")));
  expect(answers.filter(({ status }) => status === 403)).toHaveLength(60);
  const [late] = answers.filter(({ status }) => status !== 403);
  expect(late).toEqual({ status: 429, error: "TooManyRequestsException", text: '{"message":"Rate exceeded"}' });
  expect(await ask("GET", "/v2/email/account", {})).toMatchObject({ status: 200 });
  stoppedAt = undefined;
  ahead += 60_000;
  expect(await ask("GET", "/v2/email/account")).toEqual(unsigned);
});

const run = promisify(execFile);
function canSign(): boolean {
  try {
    return execFileSync("curl", ["--help", "all"], { encoding: "utf8" }).includes("--aws-sigv4");
  } catch {
    return false;
  }
}
if (!canSign()) console.warn("there is no curl here that signs requests: its tests are skipped");

describe.skipIf(!canSign())("curl --aws-sigv4", () => {
  const curl = async (path: string, ...more: string[]) => {
    const user = `${key.accessKeyId}:${key.secretAccessKey}`;
    const { stdout } = await run("curl", [
      "-s",
      "--aws-sigv4",
      "aws:amz:us-east-1:ses",
      "--user",
      user,
      ...more,
      server.url + path,
    ]);
    return JSON.parse(stdout);
  };

  it("is served", async () => {
    ahead = 0;
    expect(await curl("/v2/email/account")).toMatchObject({ SendingEnabled: true });
    expect(await curl("/v2/email/identities?PageSize=5")).not.toHaveProperty("message");
    const json = ["-H", "content-type: application/json", "-d"];
    expect(await curl("/v2/email/outbound-emails", ...json, JSON.stringify(simple()))).toEqual({
      MessageId: expect.stringMatching(/^0100/),
    });
    expect(await curl("/admin/uploads", ...json, '{"bucket":"lists","key":"a.csv"}')).toMatchObject({
      s3Url: "s3://lists/a.csv",
    });
  });

  it("is refused with a wrong secret", async () => {
    expect(await curl("/v2/email/account", "--user", `${key.accessKeyId}:wrong`)).toEqual({
      message: expect.stringContaining("The request signature we calculated does not match"),
    });
  });
});
