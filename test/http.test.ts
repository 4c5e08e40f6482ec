import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operations } from "../src/contract/operations.ts";
import { listenWithoutStores } from "./support/app-without-stores.ts";
import { ask as askApp, type Method, refusal as refusalOf } from "./support/http-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

/** How the API answers what is not as it should be, over HTTP. */
let server: InProcessServer;
const maxBodyBytes = 4096;

beforeAll(async () => {
  server = await startInProcess({
    environment: { MAILGLASS_EXPORT_WORKERS: "0", MAILGLASS_MAX_BODY_BYTES: String(maxBodyBytes) },
  });
});
afterAll(() => server.close());

const ask = (method: Method, url: string, body?: unknown, headers?: Record<string, string>) =>
  askApp(server.app, method, url, { body, headers });
const refusal = (method: Method, url: string, body?: unknown, headers?: Record<string, string>) =>
  refusalOf(server.app, method, url, { body, headers });

const mail = (changes: object = {}) => ({
  FromEmailAddress: "sender@example.com",
  Destination: { ToAddresses: ["user@example.com"] },
  Content: { Simple: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } } },
  ...changes,
});
describe("the way in", () => {
  // All operations are written, but a newer SDK may know more.
  it("tells of an operation that nobody has written, whatever it is sent", async () => {
    const { app } = await listenWithoutStores(async () => ({}));
    try {
      for (const { name, method, path } of operations) {
        const url = path.replaceAll(/\{\w+\}/g, "label");
        const body = method === "GET" || method === "DELETE" ? undefined : { A: [1] };
        const found = await refusalOf(app, method, url, { body });
        expect(found).toEqual([501, "NotImplementedException", `Mailglass does not support ${name} yet.`]);
      }
    } finally {
      await app.close();
    }
  });

  it("answers lists as older SDKs ask for them, by GET with the page in the query", async () => {
    for (const EmailIdentity of ["a.example", "b.example"])
      await ask("POST", "/v2/email/identities", { EmailIdentity });
    const first = (await ask("GET", "/v2/email/identities?PageSize=1")).json();
    expect(first.EmailIdentities).toMatchObject([{ IdentityName: "a.example", SendingEnabled: true }]);
    const next = (await ask("GET", `/v2/email/identities?NextToken=${encodeURIComponent(first.NextToken)}`)).json();
    expect(next.EmailIdentities).toMatchObject([{ IdentityName: "b.example" }]);
    expect((await ask("GET", "/v2/email/configuration-sets")).json()).toMatchObject({ ConfigurationSets: [] });
    expect(await refusal("GET", "/v2/email/identities?PageSize=x")).toEqual([
      400,
      "SerializationException",
      "'x' can not be converted to Integer",
    ]);
    expect((await refusal("GET", "/v2/email/configuration-sets?NextToken=x"))[2]).toBe("invalid nextToken <x>");
  });

  it.each<[Method, string]>([
    ["GET", "/v2/email"],
    ["GET", "/v2/email/"],
    ["GET", "/v2/email/no-such-thing"],
    ["GET", "/v1/email/account"],
    ["POST", "/v2/email/account"],
    ["PATCH", "/v2/email/account"],
    ["OPTIONS", "/v2/email/account"],
    ["GET", "/v2//email/account"],
    ["GET", "/v2/email/identities/"],
    ["GET", "/v2/email/export-jobs/"],
    ["GET", "/downloads/exports/only-one-part"],
  ])("%s %s is no operation", async (method, url) => {
    expect(await refusal(method, url)).toEqual([404, "UnknownOperationException", null]);
  });

  it("answers HEAD without a body, as no operation", async () => {
    const answer = await ask("HEAD", "/v2/email/account");
    expect([answer.statusCode, answer.headers["x-amzn-errortype"], answer.body]).toEqual([
      404,
      "UnknownOperationException",
      "",
    ]);
  });

  it("takes GetMessageInsights with and without the slash", async () => {
    const expected = [404, "NotFoundException", "Message <none> not found for account <000000000000>"];
    expect(await refusal("GET", "/v2/email/insights/none")).toEqual(expected);
    expect(await refusal("GET", "/v2/email/insights/none/")).toEqual(expected);
    expect(await refusal("GET", "/v2/email/insights/none/?a=b")).toEqual(expected);
  });

  it.each(["%zz", "%", "%ff", "%ed%a0%80"])("refuses a path with %s", async (label) => {
    const [status, type] = await refusal("GET", `/v2/email/identities/${label}`);
    expect([status, type]).toEqual([400, "SerializationException"]);
  });

  it("looks up a label of any length", async () => {
    const name = "a".repeat(10_000);
    expect(await refusal("GET", `/v2/email/identities/${name}`)).toEqual([
      404,
      "NotFoundException",
      `Email identity ${name} does not exist.`,
    ]);
  });

  it("decodes labels once", async () => {
    const [, , message] = await refusal("GET", "/v2/email/identities/a%252Fb%2Fc");
    expect(message).toBe("Email identity a%2Fb/c does not exist.");
  });
});

describe("bodies", () => {
  const send = "/v2/email/outbound-emails";

  it.each([
    "application/json",
    "APPLICATION/JSON; charset=utf-8",
    "application/x-amz-json-1.1",
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/xml",
    "multipart/form-data; boundary=b",
    "nonsense",
    "a/b/c; =",
  ])("takes the type %s", async (type) => {
    const answer = await ask("POST", send, mail(), { "content-type": type });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ MessageId: expect.stringMatching(/^0100[0-9a-f]{12}-[0-9a-f-]{36}-000000$/) });
  });

  it("refuses a body beyond the limit, and takes one at the limit", async () => {
    const padded = (length: number) => {
      const body = JSON.stringify(mail());
      return `${body}${" ".repeat(length - body.length)}`;
    };
    expect((await ask("POST", send, padded(maxBodyBytes))).statusCode).toBe(200);
    expect(await refusal("POST", send, padded(maxBodyBytes + 1))).toEqual([
      413,
      "RequestEntityTooLargeException",
      `The request body is larger than ${maxBodyBytes} bytes.`,
    ]);
  });

  it.each(["{", "[1", '{"a":1}}', "{'a':1}", "nul", '"\u0001"', "{}{}", '{"FromEmailAddress":"\\ud8"}'])(
    "refuses %j, which is not JSON",
    async (body) => {
      expect(await refusal("POST", send, body)).toEqual([400, "SerializationException", null]);
    },
  );

  it("refuses bytes that are not UTF-8", async () => {
    const answer = await server.app.inject({
      method: "POST",
      url: send,
      headers: { "content-type": "application/json" },
      payload: Buffer.from('{"FromEmailAddress":"\xff@example.com"}', "latin1"),
    });
    expect([answer.statusCode, answer.headers["x-amzn-errortype"]]).toEqual([400, "SerializationException"]);
  });

  it.each<[unknown, string]>([
    [[], "Start of list found where not expected"],
    [{ FromEmailAddress: 1 }, "NUMBER_VALUE can not be converted to a String"],
    [{ FromEmailAddress: true }, "TRUE_VALUE can not be converted to a String"],
    [{ FromEmailAddress: {} }, "Start of structure or map found where not expected."],
    [{ FromEmailAddress: ["a"] }, "Start of list found where not expected"],
    [{ Destination: { ToAddresses: {} } }, "Expected list or null"],
    [{ Content: [] }, "Start of list found where not expected"],
  ])("refuses %j, whose types are wrong", async (body, message) => {
    expect(await refusal("POST", send, body)).toEqual([400, "SerializationException", message]);
  });

  it("ignores members that it doesn't know, null members and an empty body where nothing is required", async () => {
    const known = mail({ Unknown: { deep: [1] }, ConfigurationSetName: null, __proto__: null, constructor: 1 });
    expect((await ask("POST", send, known)).statusCode).toBe(200);
    expect((await ask("POST", "/v2/email/list-export-jobs")).json()).toEqual({ ExportJobs: [] });
    for (const body of ["null", " \r\n"]) {
      expect(await refusal("POST", "/v2/email/list-export-jobs", body)).toEqual([400, "SerializationException", null]);
    }
  });
});
