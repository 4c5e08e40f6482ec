/** A server that wants calls signed: what the SDK is answered with right and wrong credentials. */
import "@aws-sdk/signature-v4a";
import {
  GetAccountCommand,
  GetEmailIdentityCommand,
  ListEmailIdentitiesCommand,
  SESv2Client,
  type SESv2ClientConfig,
  SendEmailCommand,
} from "@aws-sdk/client-sesv2";
import { S3RequestPresigner } from "@aws-sdk/s3-request-presigner";
import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/protocols";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CreatedKey } from "../src/access/access-keys.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { askForKeys, createKey } from "./support/keys-of.ts";
import { refused } from "./support/refused.ts";
import { simple } from "./support/sent-mail.ts";
import { presign } from "./support/sign.ts";

let server: InProcessServer;
let key: CreatedKey;
/** How far the server's clock is ahead of the clients', in milliseconds. */
let ahead = 0;
const clock = () => new Date(Date.now() + ahead);

beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_AUTH: "required" }, clock });
  key = await createKey(server, clock(), { description: "tests" });
});
afterAll(() => server.close());

const clients: SESv2Client[] = [];
afterEach(() => {
  ahead = 0;
  for (const client of clients.splice(0)) client.destroy();
});

function clientWith(credentials: Partial<CreatedKey>, options: SESv2ClientConfig = {}): SESv2Client {
  const { accessKeyId, secretAccessKey, sessionToken } = { ...key, ...credentials };
  const client = new SESv2Client({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    maxAttempts: 1,
    ...options,
  });
  clients.push(client);
  return client;
}

const account = (client: SESv2Client) => client.send(new GetAccountCommand({}));
const unknown = ["UnrecognizedClientException", "The security token included in the request is invalid."];
const mismatch = ["InvalidSignatureException", expect.stringMatching(/^The request signature we calculated does not/)];

describe("the SDK", () => {
  it("is served with a key: texts of any kind in paths, queries and bodies", async () => {
    const client = clientWith({});
    expect((await account(client)).SendingEnabled).toBe(true);
    const { MessageId } = await client.send(new SendEmailCommand(simple()));
    expect(MessageId).toMatch(/^0100/);
    for (const name of ["a b", "ü/ö", "a%2Fb", "+x+", "(!*')~", "a@b.example", "..", "a//b"]) {
      // Whether there is such an identity is not asked here, but that its name went through.
      const [code] = await refused(client.send(new GetEmailIdentityCommand({ EmailIdentity: name })));
      expect([name, code]).toEqual([name, expect.stringMatching(/^(BadRequest|NotFound|UnknownOperation)Exception$/)]);
      const NextToken = `${name}&=?`;
      expect((await refused(client.send(new ListEmailIdentitiesCommand({ NextToken }))))[0]).toBe(
        "BadRequestException",
      );
    }
  });

  it("is told of a wrong secret, an unknown key, and a token that does not belong to the key", async () => {
    expect(await refused(account(clientWith({ secretAccessKey: "x".repeat(40) })))).toEqual(mismatch);
    expect(await refused(account(clientWith({ accessKeyId: "AKIAIOSFODNN7EXAMPLE" })))).toEqual(unknown);
    expect(await refused(account(clientWith({ sessionToken: "token" })))).toEqual(unknown);
    expect(await refused(account(server.client))).toEqual(unknown);
  });

  it("is told of another region", async () => {
    const client = clientWith({}, { region: "eu-west-1" });
    expect(await refused(account(client))).toEqual([
      "InvalidSignatureException",
      "Credential should be scoped to a valid region, not 'eu-west-1'.",
    ]);
  });

  it("is told of a clock that is more than five minutes off", async () => {
    ahead = 240_000;
    expect((await account(clientWith({}))).SendingEnabled).toBe(true);
    ahead = 302_000;
    expect(await refused(account(clientWith({})))).toEqual([
      "InvalidSignatureException",
      expect.stringMatching(
        /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
      ),
    ]);
    ahead = -360_000;
    expect(await refused(account(clientWith({})))).toEqual([
      "InvalidSignatureException",
      expect.stringMatching(/^Signature not yet current: .* is still later than .* \+ 5 min\.\)$/),
    ]);
  });

  it("is served with a temporary key until it expires", async () => {
    const temporary = await createKey(server, clock(), { seconds: 900 });
    expect((await account(clientWith(temporary))).SendingEnabled).toBe(true);
    const { accessKeyId, secretAccessKey } = temporary;
    const withoutToken = clientWith({}, { credentials: { accessKeyId, secretAccessKey } });
    expect(await refused(account(withoutToken))).toEqual(unknown);
    ahead = 901_000;
    const late = clientWith(temporary, { systemClockOffset: ahead });
    expect(await refused(account(late))).toEqual([
      "ExpiredTokenException",
      "The security token included in the request is expired",
    ]);
  });

  it("is refused with a key that was deactivated or deleted", async () => {
    const other = await createKey(server, clock());
    const client = clientWith(other);
    await account(client);
    const at = `/${other.accessKeyId}`;
    expect(await askForKeys(server, clock(), { method: "POST", path: `${at}/deactivate` })).toEqual({
      status: 204,
      body: "",
    });
    expect(await refused(account(client))).toEqual(unknown);
    expect((await askForKeys(server, clock(), { method: "POST", path: `${at}/activate` })).status).toBe(204);
    await account(client);
    expect((await askForKeys(server, clock(), { method: "DELETE", path: at })).status).toBe(204);
    expect(await refused(account(client))).toEqual(unknown);
    expect((await askForKeys(server, clock(), { method: "DELETE", path: at })).status).toBe(404);
  });

  it.each<[string, (request: HttpRequest) => void]>([
    [
      "body",
      (request) =>
        Object.assign(request, { body: new TextDecoder().decode(request.body).replace("sender@", "tamper@") }),
    ],
    ["path", (request) => Object.assign(request, { path: "/v2/email/outbound-bulk-emails" })],
    ["query", (request) => Object.assign(request.query, { more: "1" })],
    ["stated hash", (request) => Object.assign(request.headers, { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" })],
  ])("sends no mail whose %s was changed on its way", async (_what, tamper) => {
    const client = clientWith({});
    // After the signature was made.
    client.middlewareStack.add(
      (next) => (args) => {
        if (!HttpRequest.isInstance(args.request)) throw new Error("not a request");
        tamper(args.request);
        delete args.request.headers["content-length"];
        return next(args);
      },
      { step: "deserialize" },
    );
    expect(await refused(client.send(new SendEmailCommand(simple())))).toEqual(mismatch);
  });
});

it("refuses version 4A, with which SDKs sign for multi-region endpoints, and says what to do", async () => {
  const client = clientWith({});
  let authorization = "";
  client.middlewareStack.add(
    (next) => (args) => {
      if (HttpRequest.isInstance(args.request)) authorization = args.request.headers.authorization ?? "";
      return next(args);
    },
    { step: "deserialize" },
  );
  const text = expect.stringMatching(
    /^Signature Version 4A \(AWS4-ECDSA-P256-SHA256\) is not accepted: .*leave EndpointId out/,
  );
  expect(await refused(client.send(new SendEmailCommand({ ...simple(), EndpointId: "abc.def" })))).toEqual([
    "IncompleteSignatureException",
    text,
  ]);
  expect(authorization).toMatch(/^AWS4-ECDSA-P256-SHA256 Credential=/);
  // Also if it is presigned, and in v1.
  const query = "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Region-Set=%2A&X-Amz-Credential=a&X-Amz-Signature=b";
  const presigned = await server.app.inject(`/v2/email/account?${query}`);
  expect([presigned.statusCode, presigned.json()]).toEqual([400, { message: text }]);
  for (const request of [
    { method: "POST", url: "/?Action=GetSendQuota", headers: { authorization } },
    { method: "GET", url: `/?Action=GetSendQuota&${query}` },
  ] as const) {
    const answer = await server.app.inject(request);
    expect([answer.statusCode, answer.body]).toEqual([
      400,
      expect.stringMatching(/<Code>IncompleteSignature<\/Code><Message>Signature Version 4A /),
    ]);
  }
});

describe("a presigned request", () => {
  const asked = () => ({ method: "GET", target: "/v2/email/account", headers: { host: new URL(server.url).host } });
  const by = () => ({ ...key, now: new Date() });

  it("is served until it expires", async () => {
    const url = server.url + presign(asked(), by(), 3600);
    expect((await fetch(url)).status).toBe(200);
    ahead = 3_540_000;
    expect((await fetch(url)).status).toBe(200);
    ahead = 3_602_000;
    const late = await fetch(url);
    expect([late.status, late.headers.get("x-amzn-errortype")]).toEqual([403, "InvalidSignatureException"]);
    expect(await late.json()).toEqual({ message: expect.stringMatching(/^Signature expired: .* - 3600 sec\.\)$/) });
  });

  it("is not for another path, nor for a body that was not signed", async () => {
    const url = server.url + presign(asked(), by(), 60);
    expect((await fetch(url.replace("/account", "/identities"))).status).toBe(403);
    expect((await fetch(url, { method: "DELETE" })).status).toBe(403);
    const post = { ...asked(), method: "POST", target: "/v2/email/outbound-emails" };
    const headers = { "content-type": "application/json" };
    const send = (target: string, body: string) => fetch(server.url + target, { method: "POST", headers, body });
    const body = JSON.stringify(simple());
    expect((await send(presign(post, by(), 60), body)).status).toBe(403);
    expect((await send(presign({ ...post, body }, by(), 60), body)).status).toBe(200);
    expect((await send(presign(post, { ...by(), payloadHash: "UNSIGNED-PAYLOAD" }, 60), body)).status).toBe(200);
  });

  it("is served as the SDK's presigner makes it, which leaves the body out", async () => {
    const { hostname, port } = new URL(server.url);
    const presigner = new S3RequestPresigner({
      service: "ses",
      region: "us-east-1",
      credentials: key,
      sha256: Sha256,
      uriEscapePath: true,
    });
    const request = new HttpRequest({
      hostname,
      port: Number(port),
      path: "/v2/email/account",
      headers: { host: `${hostname}:${port}` },
    });
    const { path, query } = await presigner.presign(request, { expiresIn: 60 });
    const text = new URLSearchParams(Object.entries(query ?? {}).map(([name, value]) => [name, String(value)]));
    expect((await fetch(`${server.url}${path}?${text}`)).status).toBe(200);
  });
});
