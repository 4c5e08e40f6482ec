/** What the check of signatures says to requests that are not as they should be. */
import { describe, expect, it } from "vitest";
import { rawHeadersOf, signHeaders } from "../../test/support/sign.ts";
import {
  check,
  inHeader,
  inQuery,
  longTerm,
  minutes,
  request,
  sessionSigner,
  signer,
  temporary,
  token,
  used,
} from "../../test/support/signature-check.ts";
import type { SignableRequest } from "./canonical-request.ts";

const mismatch = [
  "InvalidSignatureException",
  expect.stringContaining("The request signature we calculated does not match"),
];
const unknownKey = ["UnrecognizedClientException", "The security token included in the request is invalid."];

const withHeaders = (change: (headers: Record<string, string>) => void) => {
  const headers = signHeaders(request, signer);
  change(headers);
  return { ...request, rawHeaders: rawHeadersOf(headers) };
};

describe("a signature", () => {
  it.each<[string, SignableRequest & { body?: string }]>([
    ["in the header", inHeader(signer)],
    ["that states no hash of the body", inHeader({ ...signer, hashUnstated: true })],
    ["that leaves the body out", inHeader({ ...signer, payloadHash: "UNSIGNED-PAYLOAD" })],
    ["in the query", inQuery(signer, 1)],
    ["in the query, for a week", inQuery(signer, 604_800)],
    ["in the query, for the usual time", inQuery(signer, undefined)],
    ["in the query that leaves the body out", inQuery({ ...signer, payloadHash: "UNSIGNED-PAYLOAD" }, 60)],
    ["with a Date header in place of X-Amz-Date", inHeader({ ...signer, httpDate: true })],
  ])("%s is right", async (_form, signed) => {
    used.length = 0;
    expect(await check(signed)).toBe(`key ${longTerm.id}`);
    expect(used).toEqual([longTerm.id]);
  });

  it("is told from that of the server's own commands", async () => {
    used.length = 0;
    const by = { ...signer, accessKeyId: "MAILGLASSCOMMANDS", secretAccessKey: "command secret" };
    expect(await check(inHeader(by))).toBe("command MAILGLASSCOMMANDS");
    expect(used).toEqual([]);
  });

  it("of an unknown key and one of a wrong secret are refused", async () => {
    expect(await check(inHeader({ ...signer, accessKeyId: "AKIANOBODY0000000000" }))).toEqual(unknownKey);
    expect(await check(inHeader({ ...signer, secretAccessKey: "another" }))).toEqual(mismatch);
    expect(await check(inQuery({ ...signer, secretAccessKey: "another" }, 60))).toEqual(mismatch);
  });

  it.each([
    ["five minutes late", 5, 0, undefined],
    ["five minutes early", -5, 0, undefined],
    [
      "more than five minutes late",
      5,
      1,
      "Signature expired: 20261124T120000Z is now earlier than 20261124T120001Z (20261124T120501Z - 5 min.)",
    ],
    [
      "more than five minutes early",
      -5,
      -1,
      "Signature not yet current: 20261124T120000Z is still later than 20261124T115959Z (20261124T115459Z + 5 min.)",
    ],
  ])("that comes %s", async (_when, late, seconds, text) => {
    const at = new Date(minutes(late).getTime() + seconds * 1000);
    const expected = text === undefined ? `key ${longTerm.id}` : ["InvalidSignatureException", text];
    expect(await check(inHeader(signer), at)).toEqual(expected);
    expect(await check(inQuery(signer, undefined), at)).toEqual(expected);
  });

  it("in the query is good until it expires, and not before it was made", async () => {
    expect(await check(inQuery(signer, 3600), minutes(60))).toBe(`key ${longTerm.id}`);
    expect(await check(inQuery(signer, 3600), minutes(61))).toEqual([
      "InvalidSignatureException",
      "Signature expired: 20261124T120000Z is now earlier than 20261124T120100Z (20261124T130100Z - 3600 sec.)",
    ]);
    expect(await check(inQuery(signer, 3600), minutes(-6))).toEqual([
      "InvalidSignatureException",
      expect.stringMatching(/^Signature not yet current: /),
    ]);
    for (const seconds of [0, -1, 604_801, 1.5, Number.NaN]) {
      expect(await check(inQuery(signer, seconds))).toEqual([
        "IncompleteSignatureException",
        expect.stringContaining("X-Amz-Expires must be"),
      ]);
    }
  });
});

describe("a session token", () => {
  it("is wanted of a temporary key, in both forms", async () => {
    expect(await check(inHeader(sessionSigner))).toBe(`key ${temporary.id}`);
    expect(await check(inQuery(sessionSigner, 60))).toBe(`key ${temporary.id}`);
    const without = { ...sessionSigner, sessionToken: undefined };
    expect(await check(inHeader(without))).toEqual(unknownKey);
    expect(await check(inQuery(without, 60))).toEqual(unknownKey);
    expect(await check(inHeader({ ...sessionSigner, sessionToken: "another" }))).toEqual(unknownKey);
  });

  it("is refused with a long-term key, and where it is not signed", async () => {
    expect(await check(inHeader({ ...signer, sessionToken: token }))).toEqual(unknownKey);
    const unsigned = inHeader({ ...sessionSigner, sessionToken: undefined });
    unsigned.rawHeaders.push("X-Amz-Security-Token", token);
    expect(await check(unsigned)).toEqual([
      "InvalidSignatureException",
      "'X-Amz-Security-Token' must be a 'SignedHeader' in the AWS Authorization.",
    ]);
  });

  it("expires with its key", async () => {
    const at = minutes(60);
    expect(await check(inHeader({ ...sessionSigner, now: at }), at)).toEqual([
      "ExpiredTokenException",
      "The security token included in the request is expired",
    ]);
  });
});

describe("a request is told what it lacks:", () => {
  const stated = signHeaders(request, signer).authorization ?? "";
  const authorized = (authorization: string) => withHeaders((headers) => Object.assign(headers, { authorization }));
  it.each<[string, SignableRequest, string, string | RegExp]>([
    [
      "any signature",
      { ...request, rawHeaders: [] },
      "MissingAuthenticationTokenException",
      "Missing Authentication Token",
    ],
    [
      "one of AWS's kind",
      authorized("Bearer abc"),
      "MissingAuthenticationTokenException",
      "Missing Authentication Token",
    ],
    [
      "one form of two",
      { ...inQuery(signer, 60), rawHeaders: rawHeadersOf({ Host: "h", Authorization: stated }) },
      "InvalidSignatureException",
      /^Found both 'X-Amz-Algorithm'/,
    ],
    [
      "all parts",
      authorized("AWS4-HMAC-SHA256"),
      "IncompleteSignatureException",
      /requires 'Credential' parameter. .*'Signature' .*'SignedHeaders'/,
    ],
    [
      "a name for a part",
      authorized("AWS4-HMAC-SHA256 Credential"),
      "IncompleteSignatureException",
      /missing equal-sign/,
    ],
    [
      "a date",
      withHeaders((headers) => delete headers["x-amz-date"]),
      "IncompleteSignatureException",
      /'X-Amz-Date' or a 'Date' header/,
    ],
    [
      "a date that is one",
      withHeaders((headers) => Object.assign(headers, { "x-amz-date": "20261332T120000Z" })),
      "IncompleteSignatureException",
      "Date must be in ISO-8601 'basic format'. Got '20261332T120000Z'. See http://en.wikipedia.org/wiki/ISO_8601",
    ],
    [
      "a signed host",
      authorized(stated.replace("host;", "")),
      "InvalidSignatureException",
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    ],
    [
      "the algorithm",
      authorized(stated.replace("HMAC", "ECDSA-P256")),
      "IncompleteSignatureException",
      "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now).",
    ],
    [
      "a whole credential",
      authorized(stated.replace("/ses/", "/")),
      "IncompleteSignatureException",
      /exactly 5 slash-delimited elements/,
    ],
    [
      "parts of a signed query",
      { ...request, target: "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=x", rawHeaders: [] },
      "IncompleteSignatureException",
      "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the query-string parameters.",
    ],
    [
      "a hash that is one",
      inHeader({ ...signer, payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" }),
      "IncompleteSignatureException",
      /^x-amz-content-sha256 must be/,
    ],
  ])("%s", async (_what, asked, code, text) => {
    expect(await check(asked)).toEqual([code, typeof text === "string" ? text : expect.stringMatching(text)]);
  });

  it("the right scope, all that is wrong with it at once", async () => {
    const scope = "20261123/eu-west-1/s3/aws5_request";
    expect(await check(authorized(stated.replace("20261124/us-east-1/ses/aws4_request", scope)))).toEqual([
      "InvalidSignatureException",
      "Credential should be scoped to a valid region, not 'eu-west-1'. Credential should be scoped to correct service: 'ses'. Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261123' != '20261124', from '20261124T120000Z'.",
    ]);
  });
});
