/** The SES API v1 on the wire: requests as old and hand-made clients send them, and who may make them. */
import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CreatedKey } from "../src/access/access-keys.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { type Signer, signHeaders } from "./support/sign.ts";

let open: InProcessServer;
let signed: InProcessServer;
let key: CreatedKey;

beforeAll(async () => {
  open = await startInProcess({ environment: { MAILGLASS_AUTH: "off", MAILGLASS_RATE_LIMITS: "off" } });
  signed = await startInProcess({ environment: { MAILGLASS_AUTH: "required", MAILGLASS_RATE_LIMITS: "off" } });
  key = await createKey(signed, new Date(), { description: "tests" });
});
afterAll(async () => {
  await open.close();
  await signed.close();
});

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly requestId: unknown;
  readonly body: string;
}

interface Call {
  readonly method?: string;
  readonly target?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** Asks with node:http, which lets a test set any header. */
async function ask(server: InProcessServer, { method = "POST", target = "/", body, headers }: Call): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = httpRequest(`${server.url}${target}`, { method, ...(headers ? { headers } : {}) }, (response) => {
    const { statusCode: status } = response;
    const { "content-type": type, "x-amzn-requestid": requestId } = response.headers;
    text(response).then((content) => resolve({ status, type, requestId, body: content }), reject);
  });
  request.on("error", reject).end(body);
  return promise;
}

/** Status, code and text of an error; fails if it is not one in SES's form. */
async function refusal(server: InProcessServer, call: Call): Promise<[number | undefined, string, string]> {
  const { status, type, requestId, body } = await ask(server, call);
  expect(type).toBe("text/xml");
  const match =
    /^<ErrorResponse xmlns="http:\/\/ses\.amazonaws\.com\/doc\/2010-12-01\/"><Error><Type>(?:Sender|Receiver)<\/Type><Code>(\w+)<\/Code><Message>([^<]*)<\/Message>.*<\/Error><RequestId>([0-9a-f-]{36})<\/RequestId><\/ErrorResponse>$/.exec(
      body,
    );
  expect(match?.[3]).toBe(requestId);
  return [status, match?.[1] ?? body, match?.[2] ?? ""];
}

/** A call signed for a service. */
function signedCall(call: Call, service = "ses", changes: Partial<Signer> = {}): Call {
  const { method = "POST", target = "/", body, headers = {} } = call;
  const unsigned = { method, target, headers: { host: new URL(signed.url).host, ...headers }, body };
  const signer = { ...key, region: "us-east-1", service, now: new Date(), ...changes };
  return { ...call, headers: signHeaders(unsigned, Object(signer)) };
}

const quota = "<GetSendQuotaResult><Max24HourSend>";
const mail =
  "Source=a@v1.example&Destination.ToAddresses.member=success@simulator.amazonses.com&Message.Subject.Data=Hi&Message.Body.Text.Data=Hello";

describe("a call", () => {
  it.each<[string, Call]>([
    ["a POST with a form", { body: "Action=GetSendQuota&Version=2010-12-01" }],
    ["a POST without a version", { body: "Action=GetSendQuota", headers: { "content-type": "text/plain" } }],
    ["a POST with all in the query", { target: "/?Action=GetSendQuota" }],
    ["a POST with a nonsensical type", { body: "Action=GetSendQuota", headers: { "content-type": "nonsense" } }],
    ["a GET", { method: "GET", target: "/?Action=GetSendQuota&Version=2010-12-01" }],
    ["a DELETE", { method: "DELETE", target: "/?AWSAccessKeyId=x&Action=GetSendQuota" }],
    ["a DELETE with a form", { method: "DELETE", body: "Action=GetSendQuota", headers: { "content-length": "19" } }],
    ["a POST for SES's own host", { body: "Action=GetSendQuota", headers: { host: "email.us-east-1.amazonaws.com" } }],
  ])("may be %s", async (_, call) => {
    expect(await ask(open, call)).toMatchObject({
      status: 200,
      type: "text/xml",
      body: expect.stringContaining(quota),
    });
  });

  it("sends with a GET, as it does with a POST", async () => {
    for (const call of [
      { method: "GET", target: `/?Action=SendEmail&${mail}` },
      { body: `Action=SendEmail&${mail}` },
    ]) {
      expect((await ask(open, call)).body).toMatch(
        /<SendEmailResult><MessageId>0100[\w-]+<\/MessageId><\/SendEmailResult>/,
      );
    }
  });

  it("without an action is a browser's if it is a GET, and refused otherwise", async () => {
    for (const method of ["GET", "HEAD"]) {
      const page = await ask(open, { method, target: "/?Version=2010-12-01", headers: { accept: "text/html" } });
      expect(page.type).toBe("text/html; charset=utf-8");
    }
    const missing = [400, "MissingAction", "The request is missing an action or a required parameter."];
    expect(await refusal(open, { body: "a=b" })).toEqual(missing);
    expect(await refusal(open, { method: "DELETE" })).toEqual(missing);
  });

  it.each([
    ["Action=Nonsense", 400, "InvalidAction", "Could not find operation Nonsense for version 2010-12-01"],
    ["Action=%3Cx%3E%00", 400, "InvalidAction", "Could not find operation &lt;x&gt;\ufffd for version 2010-12-01"],
    ["Action=__proto__", 400, "InvalidAction", "Could not find operation __proto__ for version 2010-12-01"],
    ["Action=GetSendQuota&Version=1", 400, "InvalidAction", "Could not find operation GetSendQuota for version 1"],
    [
      "Action=ListReceiptFilters",
      400,
      "InvalidParameterValue",
      "Mailglass does not receive mail, so it refuses ListReceiptFilters: it has no receipt rules, filters or received messages.",
    ],
    [
      "Action=SendBounce&OriginalMessageId=x&BounceSender=a@b.c&BouncedRecipientInfoList.member.1.Recipient=d@e.f",
      400,
      "MessageRejected",
      "Mailglass does not receive mail, so it refuses SendBounce: it has no receipt rules, filters or received messages.",
    ],
    [
      "Action=SendBounce",
      400,
      "ValidationError",
      "3 validation errors detected: Value null at 'originalMessageId' failed to satisfy constraint: Member must not be null; Value null at 'bounceSender' failed to satisfy constraint: Member must not be null; Value null at 'bouncedRecipientInfoList' failed to satisfy constraint: Member must not be null",
    ],
    ["Action=SendRawEmail&Destinations=a", 400, "MalformedInput", "Top level element may not be treated as a list"],
    [
      "Action=SendRawEmail",
      400,
      "ValidationError",
      "1 validation error detected: Value null at 'rawMessage' failed to satisfy constraint: Member must not be null",
    ],
    [
      "Action=SendEmail&Source=a@b.c&Destination=&Message.Subject.Data=x&Message.Body.Text.Data=x",
      400,
      "InvalidParameterValue",
      "The message must have at least one recipient.",
    ],
  ])("of %s is refused", async (body, ...told) => {
    expect(await refusal(open, { body })).toEqual(told);
  });

  it("is refused if it is too long, in SES's form", async () => {
    const small = await startInProcess({ environment: { MAILGLASS_MAX_BODY_BYTES: "1024" } });
    try {
      expect(await refusal(small, { body: "x".repeat(1025) })).toEqual([
        413,
        "RequestEntityTooLarge",
        "The request body is larger than 1024 bytes.",
      ]);
    } finally {
      await small.close();
    }
  });

  it("counts toward the rate limits, but for sending", async () => {
    const limited = await startInProcess({ environment: { MAILGLASS_RATE_LIMITS: "ses" }, clock: () => new Date(0) });
    try {
      for (let call = 0; call < 5; call++) {
        expect((await ask(limited, { body: "Action=GetSendQuota" })).status).toBe(200);
        expect((await ask(limited, { body: `Action=SendEmail&${mail}` })).status).toBe(200);
      }
      expect(await refusal(limited, { body: "Action=GetSendQuota" })).toEqual([400, "Throttling", "Rate exceeded"]);
      expect((await ask(limited, { body: `Action=SendEmail&${mail}` })).status).toBe(200);
    } finally {
      await limited.close();
    }
  });
});

describe("a signature", () => {
  const body = "Action=GetSendQuota";

  it.each(["ses", "email"])("may be for the service %s", async (service) => {
    for (const call of [{ body }, { method: "GET", target: "/?Action=GetSendQuota" }]) {
      expect(await ask(signed, signedCall(call, service))).toMatchObject({ status: 200 });
    }
  });

  it("covers the host that the client believes in", async () => {
    const headers = { host: "email.us-east-1.amazonaws.com" };
    expect(await ask(signed, signedCall({ body, headers }, "email"))).toMatchObject({ status: 200 });
  });

  it("for another service, and in v2 for email, is refused", async () => {
    const scope = "Credential should be scoped to correct service: 'ses'.";
    expect(await refusal(signed, signedCall({ body }, "sns"))).toEqual([403, "SignatureDoesNotMatch", scope]);
    const v2 = await ask(signed, signedCall({ method: "GET", target: "/v2/email/account" }, "email"));
    expect([v2.status, v2.body]).toEqual([403, JSON.stringify({ message: scope })]);
  });

  it("is asked for, of any method, with codes that clients of v1 know", async () => {
    const missing = [
      403,
      "MissingAuthenticationToken",
      "Missing Authentication Token: requests must be signed with Signature Version 4 (earlier versions are not accepted).",
    ];
    expect(await refusal(signed, { body })).toEqual(missing);
    expect(await refusal(signed, { method: "DELETE", target: "/?Action=GetSendQuota" })).toEqual(missing);
    expect(await refusal(signed, { method: "GET", target: "/?Action=GetSendQuota" })).toEqual(missing);
    expect(await refusal(signed, signedCall({ body }, "ses", { secretAccessKey: "wrong" }))).toEqual([
      403,
      "SignatureDoesNotMatch",
      expect.stringContaining("The request signature we calculated does not match"),
    ]);
    expect(await refusal(signed, signedCall({ body }, "ses", { accessKeyId: "AKIAUNKNOWN000000000" }))).toEqual([
      403,
      "InvalidClientTokenId",
      "The security token included in the request is invalid.",
    ]);
    const changed = { ...signedCall({ body }), body: "Action=SendEmail  " };
    expect((await refusal(signed, changed))[1]).toBe("SignatureDoesNotMatch");
    expect((await ask(signed, { method: "GET", headers: { accept: "text/html" } })).type).toMatch(/^text\/html/);
  });

  const version = (number: number) => [
    400,
    "IncompleteSignature",
    expect.stringContaining(
      `Signature Version ${number} is not accepted: requests must be signed with Signature Version 4.`,
    ),
  ];

  it("of version 3 is refused with what to do, whether signatures are asked for or not", async () => {
    const mac = createHash("sha256").update("x").digest("base64");
    const stated = `AWS3-HTTPS AWSAccessKeyId=AKIAX,Algorithm=HmacSHA256,Signature=${mac}`;
    for (const server of [open, signed]) {
      expect(await refusal(server, { body, headers: { "x-amzn-authorization": stated } })).toEqual(version(3));
      expect(await refusal(server, { body, headers: { authorization: stated } })).toEqual(version(3));
    }
  });

  it("of version 2 is refused, too", async () => {
    const parameters = "AWSAccessKeyId=AKIAX&SignatureVersion=2&SignatureMethod=HmacSHA256&Signature=abc%3D";
    for (const server of [open, signed]) {
      const target = `/?Action=GetSendQuota&${parameters}`;
      expect(await refusal(server, { method: "GET", target })).toEqual(version(2));
      expect(await refusal(server, { target })).toEqual(version(2));
    }
    expect(await refusal(open, { body: `${body}&${parameters}` })).toEqual(version(2));
  });
});

describe("without authentication, a page of another site", () => {
  const target = `/?Action=SendEmail&${mail}`;
  const refused = [403, "AccessDenied", "A web page of another site can't call this server through a browser."];

  it.each<[string, Call]>([
    ["a form", { body: `Action=SendEmail&${mail}`, headers: { origin: "https://elsewhere.example" } }],
    ["a form of text", { body: "Action=GetSendQuota", headers: { "sec-fetch-site": "same-site" } }],
    ["an image", { method: "GET", target, headers: { "sec-fetch-site": "cross-site" } }],
    ["a link in a mail", { method: "GET", target, headers: { "sec-fetch-site": "none", accept: "text/html" } }],
    ["an image over plain HTTP", { method: "GET", target, headers: { "user-agent": "Mozilla/5.0 (X11; Linux)" } }],
  ])("can't send with %s", async (_, call) => {
    expect(await refusal(open, call)).toEqual(refused);
  });

  it("can't with its own name for this server either", async () => {
    for (const host of ["elsewhere.example", "email.elsewhere.amazonaws.com.example", "x.email.a.amazonaws.com"]) {
      expect((await refusal(open, { body: "Action=GetSendQuota", headers: { host } }))[1]).toBe("AccessDenied");
    }
  });
});
