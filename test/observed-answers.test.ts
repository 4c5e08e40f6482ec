/** What SES was seen to answer to nulls, empty members and unknown keys, and to senders and sets that are missing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask as askApp, type Method } from "./support/http-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

let server: InProcessServer;

beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_EXPORT_WORKERS: "0" } });
  await put("POST", "/configuration-sets", { ConfigurationSetName: "set" });
  await put("POST", "/identities", { EmailIdentity: "example.com", ConfigurationSetName: "set" });
});
afterAll(() => server.close());

/** The status, the error's name and the body of an answer. */
async function answer(method: Method, path: string, body?: unknown): Promise<[number, unknown, unknown]> {
  const { statusCode, headers, body: text } = await askApp(server.app, method, `/v2/email${path}`, { body });
  return [statusCode, headers["x-amzn-errortype"], JSON.parse(text)];
}

async function put(method: Method, path: string, body?: unknown): Promise<void> {
  expect(await answer(method, path, body)).toMatchObject([200, undefined, {}]);
}

const unreadable = [400, "SerializationException", { message: null }];
const badRequest = (message: string | null) => [400, "BadRequestException", { message }];

describe("what is not an object or a boolean", () => {
  const identity = "/identities/example.com";
  const settings = async () => [
    await answer("GET", "/account"),
    await answer("GET", "/configuration-sets/set"),
    await answer("GET", identity),
  ];

  it.each<[path: string, body: unknown]>([
    ["/account/sending", { SendingEnabled: null }],
    ["/account/sending", "null"],
    ["/account/sending", " "],
    ["/account/suppression", "null"],
    ["/configuration-sets/set/sending", { SendingEnabled: null }],
    ["/configuration-sets/set/sending", "null"],
    [`${identity}/dkim`, { SigningEnabled: null }],
    [`${identity}/feedback`, { EmailForwardingEnabled: null }],
    [`${identity}/configuration-set`, " \r\n\t"],
    [`${identity}/configuration-set`, "null"],
  ])("%s with %j changes nothing", async (path, body) => {
    const before = await settings();
    expect(await answer("PUT", path, body)).toEqual(unreadable);
    expect(await settings()).toEqual(before);
  });

  it("an empty body still takes the name of the set away, and a null name, too", async () => {
    for (const body of ["", { ConfigurationSetName: null }]) {
      await put("PUT", `${identity}/configuration-set`, { ConfigurationSetName: "set" });
      await put("PUT", `${identity}/configuration-set`, body);
      expect((await answer("GET", identity))[2]).not.toHaveProperty("ConfigurationSetName");
    }
  });

  it("a null among suppression reasons", async () => {
    const refused = badRequest("Reason null is invalid, must be one of [BOUNCE, COMPLAINT].");
    const body = { SuppressedReasons: ["BOUNCE", null] };
    expect(await answer("PUT", "/account/suppression", body)).toEqual(refused);
    expect(await answer("PUT", "/configuration-sets/set/suppression-options", body)).toEqual(refused);
    const created = { ConfigurationSetName: "new", SuppressionOptions: body };
    expect(await answer("POST", "/configuration-sets", created)).toEqual(refused);
    expect((await answer("GET", "/configuration-sets/new"))[0]).toBe(404);
  });
});

describe("filters of lists", () => {
  const keys =
    "1 validation error detected: Value at 'filter' failed to satisfy constraint: Map keys must satisfy constraint: " +
    "[Member must satisfy enum value set: [IDENTITY_NAME_CONTAINS, VERIFICATION_STATUS, IDENTITY_TYPE]]";

  it.each([{ identity_name_contains: "" }, { BOGUS: null }, { BOGUS: "x", IDENTITY_TYPE: "" }])(
    "identities: %j has one fault, its key",
    async (Filter) => {
      expect(await answer("POST", "/list-identities", { Filter, PageSize: 0 })).toEqual(badRequest(keys));
    },
  );

  it("identities: a known key without a value is no filter", async () => {
    const [status, , list] = await answer("POST", "/list-identities", { Filter: { IDENTITY_TYPE: null } });
    expect([status, list]).toMatchObject([200, { EmailIdentities: [{ IdentityName: "example.com" }] }]);
  });

  it.each([{ BOGUS: "x" }, { BOGUS: null }, { CONFIGURATION_SET_NAME_CONTAINS: "" }, { BOGUS: "" }])(
    "configuration sets: %j is no filter",
    async (Filter) => {
      const all = [200, undefined, { ConfigurationSets: ["set"] }];
      expect(await answer("POST", "/list-configuration-sets", { Filter })).toEqual(all);
    },
  );

  it("the last page of import jobs has a null token", async () => {
    expect(await answer("POST", "/import-jobs/list", {})).toEqual([
      200,
      undefined,
      { ImportJobs: [], NextToken: null },
    ]);
  });
});

describe("senders", () => {
  const simple = { Simple: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } } };
  const template = { Template: { TemplateContent: { Subject: "s", Text: "t" } } };
  const send = (Content: object, changes: object = {}) =>
    answer("POST", "/outbound-emails", { Destination: { ToAddresses: ["to@example.org"] }, Content, ...changes });
  const bulk = (FromEmailAddress: string) =>
    answer("POST", "/outbound-bulk-emails", {
      FromEmailAddress,
      DefaultContent: template,
      BulkEmailEntries: [{ Destination: { ToAddresses: ["to@example.org"] } }],
    });

  it("that are missing or malformed", async () => {
    expect(await send(simple)).toEqual(badRequest(null));
    expect(await send(template)).toEqual(badRequest("Source cannot be empty"));
    expect(await send(template, { FromEmailAddress: " " })).toEqual(badRequest("Source cannot be empty"));
    expect(await send(simple, { FromEmailAddress: '"a@b"' })).toEqual(badRequest("Missing final '@domain'"));
    expect(await bulk("sender@")).toEqual(badRequest("Invalid email address<sender@>."));
    expect(await bulk("sender@例え.jp")).toEqual(badRequest("Invalid email address<sender@例え.jp>."));
    expect((await send(simple, { FromEmailAddress: "a@b@example.com" }))[0]).toBe(200);
  });

  it("whose default configuration set is gone", async () => {
    await put("POST", "/configuration-sets", { ConfigurationSetName: "gone" });
    await put("POST", "/identities", { EmailIdentity: "gone.example", ConfigurationSetName: "gone" });
    expect((await send(simple, { FromEmailAddress: "a@gone.example" }))[0]).toBe(200);
    await put("DELETE", "/configuration-sets/gone");
    const refused = badRequest("Configuration set <gone> does not exist.");
    expect(await send(simple, { FromEmailAddress: "a@gone.example" })).toEqual(refused);
    expect((await send(simple, { FromEmailAddress: "a@gone.example", ConfigurationSetName: "gone" }))[0]).toBe(404);
    expect((await send(simple, { FromEmailAddress: "a@gone.example", ConfigurationSetName: "set" }))[0]).toBe(200);
  });
});

it("no unexpected error was logged", () => expect(server.logged).toEqual([]));
