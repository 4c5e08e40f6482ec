/**
 * Requests as SDKs of earlier years make them, byte for byte and signed: lists by GET with a filter in the body (JS until
 * 3.499, boto3 1.26, CLI 2.9, PHP 3.299, Go 1.17), and DKIM keys at a path below /v1 (every SDK until December 2025).
 */
import { request } from "node:http";
import { text } from "node:stream/consumers";
import {
  CreateContactCommand,
  CreateContactListCommand,
  CreateEmailIdentityCommand,
  CreateImportJobCommand,
  GetEmailIdentityCommand,
  SESv2Client,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CreatedKey } from "../src/access/access-keys.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { type Signer, signHeaders, type UnsignedRequest } from "./support/sign.ts";

let server: InProcessServer;
let client: SESv2Client;
let key: CreatedKey;

beforeAll(async () => {
  server = await startInProcess({
    environment: { MAILGLASS_AUTH: "required", MAILGLASS_EXPORT_WORKERS: "0", MAILGLASS_IMPORT_BUCKETS: "given" },
  });
  key = await createKey(server, new Date(), { description: "tests" });
  const { accessKeyId, secretAccessKey } = key;
  client = new SESv2Client({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey },
  });
  await client.send(
    new CreateContactListCommand({
      ContactListName: "news",
      Topics: [{ TopicName: "sports", DisplayName: "Sports", DefaultSubscriptionStatus: "OPT_OUT" }],
    }),
  );
  for (const name of ["a", "b", "c", "d"]) {
    const UnsubscribeAll = name === "b";
    const contact = { ContactListName: "news", EmailAddress: `${name}@example.com`, UnsubscribeAll };
    await client.send(new CreateContactCommand(contact));
  }
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: "example.com" }));
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

interface Sent {
  method: string;
  target: string;
  body?: string;
  /** Sent in place of the body that is signed. */
  forged?: string;
  headers?: Record<string, string>;
  signer?: Partial<Signer>;
}

async function send({ method, target, body, forged, headers = {}, signer = {} }: Sent) {
  const { host } = new URL(server.url);
  const { accessKeyId, secretAccessKey } = key;
  const unsigned: UnsignedRequest =
    body === undefined
      ? { method, target, headers: { host } }
      : { method, target, headers: { host, "content-type": "application/json" }, body };
  const signed = signHeaders(unsigned, { accessKeyId, secretAccessKey, now: new Date(), ...signer });
  const sent = forged ?? body;
  const length = sent === undefined ? {} : { "content-length": String(Buffer.byteLength(sent)) };
  const { promise, resolve, reject } = Promise.withResolvers<[status: number | undefined, answer: unknown]>();
  const options = { method, headers: { ...signed, ...("transfer-encoding" in headers ? {} : length), ...headers } };
  const call = request(`${server.url}${target}`, options, (response) => {
    text(response).then((answer) => resolve([response.statusCode, JSON.parse(answer)]), reject);
  });
  call.on("error", reject);
  call.end(sent);
  return promise;
}

const contacts = "/v2/email/contact-lists/news/contacts";
const addresses = (...names: string[]) => names.map((name) => ({ EmailAddress: `${name}@example.com` }));

describe.each([
  ["with the body's hash stated", false],
  ["without it, as botocore signs", true],
])("%s", (_, hashUnstated) => {
  const signer = { hashUnstated };

  it("ListContacts by GET has its page in the query and its filter in the body", async () => {
    const target = `${contacts}?PageSize=1`;
    const [status, first] = await send({ method: "GET", target, signer });
    expect([status, first]).toMatchObject([200, { Contacts: addresses("a"), NextToken: expect.any(String) }]);
    const token = encodeURIComponent(Object(first).NextToken);
    expect(await send({ method: "GET", target: `${contacts}?NextToken=${token}&PageSize=2`, signer })).toMatchObject([
      200,
      { Contacts: addresses("b", "c") },
    ]);
    const body = JSON.stringify({ Filter: { FilteredStatus: "OPT_OUT" } });
    expect(await send({ method: "GET", target: contacts, body, signer })).toMatchObject([
      200,
      { Contacts: addresses("b") },
    ]);
    expect(
      await send({ method: "GET", target: contacts, body, signer, headers: { "transfer-encoding": "chunked" } }),
    ).toMatchObject([200, { Contacts: addresses("b") }]);
    // SDKs send an empty object where there is no filter.
    expect(await send({ method: "GET", target: `${contacts}?PageSize=9`, body: "{}", signer })).toMatchObject([
      200,
      { Contacts: addresses("a", "b", "c", "d") },
    ]);
  });

  it("ListImportJobs by GET, too", async () => {
    const body = JSON.stringify({ ImportDestinationType: "CONTACT_LIST" });
    const target = "/v2/email/import-jobs";
    expect(await send({ method: "GET", target: `${target}?PageSize=10`, body, signer })).toEqual([
      200,
      { ImportJobs: [], NextToken: null },
    ]);
    await client.send(
      new CreateImportJobCommand({
        ImportDestination: { SuppressionListDestination: { SuppressionListImportAction: "PUT" } },
        ImportDataSource: { S3Url: "s3://given/a.csv", DataFormat: "CSV" },
      }),
    );
    const [, all] = await send({ method: "GET", target, signer });
    expect(Object(all).ImportJobs.length).toBeGreaterThan(0);
    const [, lists] = await send({ method: "GET", target, body, signer });
    expect(lists).toEqual({ ImportJobs: [], NextToken: null });
  });

  it("PutEmailIdentityDkimSigningAttributes is found below /v1", async () => {
    const body = JSON.stringify({
      SigningAttributesOrigin: "AWS_SES",
      SigningAttributes: { NextSigningKeyLength: hashUnstated ? "RSA_1024_BIT" : "RSA_2048_BIT" },
    });
    const target = "/v1/email/identities/example.com/dkim/signing";
    const [status, answer] = await send({ method: "PUT", target, body, signer });
    expect([status, answer]).toMatchObject([200, { DkimTokens: [expect.any(String)] }]);
    const { DkimAttributes } = await client.send(new GetEmailIdentityCommand({ EmailIdentity: "example.com" }));
    expect(DkimAttributes?.CurrentSigningKeyLength).toBe(hashUnstated ? "RSA_1024_BIT" : "RSA_2048_BIT");
  });

  it("a GET whose body is not the one that was signed is refused", async () => {
    const body = JSON.stringify({ Filter: { FilteredStatus: "OPT_OUT" } });
    const forged = body.replace("OPT_OUT", "OPT_IN");
    expect((await send({ method: "GET", target: contacts, body, forged, signer }))[0]).toBe(403);
  });
});

it("both older forms need a signature", async () => {
  const signer = { accessKeyId: "AKIAIOSFODNN7EXAMPLE" };
  const target = "/v1/email/identities/example.com/dkim/signing";
  expect((await send({ method: "PUT", target, body: "{}", signer }))[0]).toBe(403);
  expect((await send({ method: "GET", target: contacts, body: "{}", signer }))[0]).toBe(403);
});

it.each<[body: string, status: number, message: string | null]>([
  ["{", 400, null],
  ["null", 400, null],
  ["[]", 400, "Start of list found where not expected"],
  ['{"Filter":{}}', 400, "Invalid FilteredStatus <null>"],
  [`{"Filter":null,"x":"${"y".repeat(65_536)}"}`, 413, "The request body is larger than 65536 bytes."],
])("a GET with the body %.40j is refused", async (body, status, message) => {
  expect(await send({ method: "GET", target: contacts, body })).toEqual([status, { message }]);
});
