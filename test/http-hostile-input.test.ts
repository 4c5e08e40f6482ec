/**
 * Whatever a client sends to any written operation, it is answered as SES would answer something: done, or refused with
 * a modelled error and nothing changed. Inputs are good ones with something in them replaced by what is hostile: other
 * types, NUL and lone surrogates (PostgreSQL refuses both in a text), long texts, numbers out of range.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { operationNamed } from "../src/contract/operations.ts";
import { startRecorder } from "../src/events/recorder.ts";
import { type WrittenOperation, writtenOperations } from "../src/operations/written.ts";
import { ask } from "./support/http-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { runs } from "./support/runs.ts";
import { validValues } from "./support/valid-values.ts";

let server: InProcessServer;

beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_EXPORT_WORKERS: "0" } });
  // What is accepted stays in the outbox, where a change of state can be seen.
  await server.recorder.stop();
  const made: [path: string, body: object][] = [
    ["/identities", { EmailIdentity: "tagged.example" }],
    ["/identities", { EmailIdentity: "example.com" }],
    ["/tenants", { TenantName: "tenant" }],
    ["/tenants/resources", { TenantName: "tenant", ResourceArn: `${arns}:identity/example.com` }],
  ];
  for (const [path, body] of made) {
    expect((await ask(server.app, "POST", `/v2/email${path}`, { body })).statusCode).toBe(200);
  }
  await server.database.query("UPDATE tenants SET id = 'tn-1'");
});
afterAll(() => server.close());

const arns = "arn:aws:ses:us-east-1:000000000000";
const simple = {
  FromEmailAddress: "Sender <sender@example.com>",
  Destination: { ToAddresses: ["user@example.com"], CcAddresses: ["other@example.net"], BccAddresses: [] },
  ReplyToAddresses: ["reply@example.com"],
  FeedbackForwardingEmailAddress: "bounces@example.com",
  Content: {
    Simple: {
      Subject: { Data: "Grüße", Charset: "UTF-8" },
      Body: { Text: { Data: "text" }, Html: { Data: "<p>html</p>", Charset: "ISO-8859-1" } },
      Headers: [{ Name: "X-Own", Value: "value" }],
      Attachments: [{ RawContent: "YWJj", FileName: "a.txt", ContentType: "text/plain", ContentId: "id" }],
    },
  },
  EmailTags: [{ Name: "campaign", Value: "one" }],
  TenantName: "tenant",
};
const raw = {
  Content: {
    Raw: { Data: Buffer.from("From: a@example.com\r\nTo: b@example.com\r\n\r\nbody\r\n").toString("base64") },
  },
};
const filters = {
  FromEmailAddress: ["*@example.com"],
  Destination: ["user@*"],
  Subject: ["*"],
  Isp: ["Gmail"],
  LastDeliveryEvent: ["DELIVERY"],
  LastEngagementEvent: ["OPEN"],
  TenantName: ["t"],
};
const messages = {
  ExportDataSource: {
    MessageInsightsDataSource: { StartDate: 1, EndDate: 2, Include: filters, Exclude: filters, MaxResults: 10 },
  },
  ExportDestination: { DataFormat: "CSV" },
};
const metrics = {
  ExportDataSource: {
    MetricsDataSource: {
      Dimensions: { ISP: ["*"], EMAIL_IDENTITY: ["example.com"] },
      Namespace: "VDM",
      Metrics: [{ Name: "SEND", Aggregation: "VOLUME" }],
      StartDate: 0,
      EndDate: 86400,
    },
  },
  ExportDestination: { DataFormat: "JSON" },
};

const ResourceArn = "arn:aws:ses:us-east-1:000000000000:identity/tagged.example";

/** Inputs that are good; other operations start from generated ones alone. */
const good: Partial<Record<WrittenOperation, readonly object[]>> = {
  SendEmail: [simple, raw],
  CreateExportJob: [messages, metrics],
  CreateConfigurationSet: [
    {
      ConfigurationSetName: "set",
      TrackingOptions: { CustomRedirectDomain: "click.example.com", HttpsPolicy: "REQUIRE" },
      DeliveryOptions: { TlsPolicy: "REQUIRE", MaxDeliverySeconds: 300 },
      ReputationOptions: { ReputationMetricsEnabled: true, LastFreshStart: 1 },
      SendingOptions: { SendingEnabled: true },
      Tags: [{ Key: "key", Value: "value" }],
      SuppressionOptions: { SuppressedReasons: ["BOUNCE"] },
      VdmOptions: { DashboardOptions: { EngagementMetrics: "ENABLED" } },
    },
  ],
  CreateConfigurationSetEventDestination: [
    {
      ConfigurationSetName: "set",
      EventDestinationName: "topic",
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ["SEND", "DELIVERY_DELAY"],
        SnsDestination: { TopicArn: "arn:aws:sns:us-east-1:000000000000:topic" },
      },
    },
  ],
  CreateEmailIdentity: [
    { EmailIdentity: "example.com", Tags: [{ Key: "key", Value: "value" }], ConfigurationSetName: "" },
    { EmailIdentity: "user@example.com" },
  ],
  CreateTenant: [
    {
      TenantName: "tenant",
      Tags: [{ Key: "key", Value: "value" }],
      SuppressionAttributes: { SuppressedReasons: ["BOUNCE"], SuppressionScope: "TENANT" },
    },
    { TenantName: "other" },
  ],
  CreateTenantResourceAssociation: [
    { TenantName: "tenant", ResourceArn: `${arns}:configuration-set/set` },
    { TenantName: "tenant", ResourceArn: `${arns}:identity/example.com` },
  ],
  DeleteTenantResourceAssociation: [{ TenantName: "other", ResourceArn: `${arns}:identity/example.com` }],
  GetBlacklistReports: [{ BlacklistItemNames: ["192.0.2.1", "2001:db8::1"] }],
  ListRecommendations: [
    { Filter: { STATUS: "OPEN", IMPACT: "HIGH" }, PageSize: 1, NextToken: "t" },
    { Filter: { RESOURCE_ARN: `${arns}:identity/example.com` }, PageSize: 1 },
  ],
  ListReputationEntities: [
    {
      Filter: {
        ENTITY_TYPE: "RESOURCE",
        REPUTATION_IMPACT: "HIGH",
        SENDING_STATUS: "DISABLED",
        ENTITY_REFERENCE_PREFIX: `${arns}:tenant/t`,
      },
      PageSize: 1,
      NextToken: "t",
    },
    { Filter: { ENTITY_REFERENCE_PREFIX: `${arns}:tenant/t` }, PageSize: 1 },
  ],
  ListResourceTenants: [{ ResourceArn: `${arns}:identity/example.com`, PageSize: 1, NextToken: "t" }],
  ListTenantResources: [{ TenantName: "tenant", Filter: { RESOURCE_TYPE: "identity" }, PageSize: 1, NextToken: "t" }],
  ListTenants: [{ Filter: { TENANT_NAME_CONTAINS: "t", SENDING_STATUS: "ENABLED" }, PageSize: 1, NextToken: "t" }],
  PutSuppressedDestination: [{ EmailAddress: "user@example.com", Reason: "BOUNCE", TenantName: "tenant" }],
  PutTenantSuppressionAttributes: [
    { TenantName: "tenant", SuppressedReasons: ["COMPLAINT"], SuppressionScope: "TENANT" },
  ],
  ListConfigurationSets: [{ Filter: { CONFIGURATION_SET_NAME_CONTAINS: "set" }, PageSize: 1, NextToken: "t" }],
  ListEmailIdentities: [{ Filter: { IDENTITY_NAME_CONTAINS: "abc", IDENTITY_TYPE: "DOMAIN" }, NextToken: "t" }],
  ListExportJobs: [{ ExportSourceType: "METRICS_DATA", JobStatus: "FAILED", NextToken: "t", PageSize: 1 }],
  ListTagsForResource: [{ ResourceArn }],
  TagResource: [{ ResourceArn, Tags: [{ Key: "key", Value: "value" }] }],
  UntagResource: [{ ResourceArn, TagKeys: ["key", "other"] }],
  UpdateReputationEntityCustomerManagedStatus: [{ SendingStatus: "DISABLED" }, { SendingStatus: "REINSTATED" }],
  UpdateReputationEntityPolicy: [{ ReputationEntityPolicy: "arn:aws:ses:us-east-1:aws:reputation-policy/strict" }],
};

const hostile = fc.oneof(
  fc.constantFrom<unknown>(null, "", "\0", "a\0b", "\ud800", "\udfff-", "é\ud83d", "\u2028", "\r\nBcc: x@example.com"),
  fc.constantFrom<unknown>(0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, true, [], {}, [[]], "x".repeat(100_000)),
  fc.constantFrom<unknown>([null], ["\0"], { "\0": ["\0"] }, { a: "\ud800" }, Array(2_000).fill("a@example.com")),
  fc.string({ unit: "binary" }),
  fc.jsonValue(),
);

/** The wire's form: timestamps as epoch seconds, bytes as base64. */
function toWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toWire(member)]));
}

/** The ways to all places in a value, its own included. */
function ways(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([name, member]) => ways(member).map((way) => [name, ...way]))];
}

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined || typeof value !== "object" || value === null) return by;
  const members: [string, unknown][] = Object.entries(value).map(([key, member]) =>
    key === name ? [key, replaced(member, rest, by)] : [key, member],
  );
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

/** The value with what is at one of its places replaced. */
function change(value: unknown, place: number, by: unknown): unknown {
  const all = ways(value);
  return replaced(value, all[place % all.length] ?? [], by);
}

function inputs(name: WrittenOperation): fc.Arbitrary<unknown> {
  const generated = validValues(operationNamed(name).input, {}).map(toWire);
  const seeds = good[name] ?? [];
  const base = seeds.length > 0 ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...seeds) }, generated) : generated;
  const changed = fc
    .tuple(base, fc.array(fc.tuple(fc.nat(10_000), hostile), { maxLength: 2 }))
    .map(([value, changes]) => changes.reduce((whole: unknown, [place, by]) => change(whole, place, by), value));
  return fc.oneof({ weight: 9, arbitrary: changed }, fc.jsonValue());
}

const labels = fc.oneof(
  fc.constantFrom(
    "RESOURCE",
    `${arns}:tenant/tenant/tn-1`,
    "set",
    "example.com",
    "\0",
    "%",
    "..",
    "a/b",
    "é",
    "x".repeat(5_000),
    "\u{1f600}",
  ),
  fc.string({ unit: "grapheme", minLength: 1 }),
);

async function state(): Promise<string> {
  const [row] = await server.database.query<{ state: string }>(
    `SELECT json_build_array(
       (SELECT json_agg(account) FROM account),
       (SELECT json_agg(s ORDER BY name) FROM configuration_sets s),
       (SELECT json_agg(i ORDER BY name) FROM email_identities i),
       (SELECT json_agg(t ORDER BY name) FROM tenants t),
       (SELECT json_agg(r ORDER BY position) FROM tenant_resources r),
       (SELECT json_agg(d ORDER BY tenant, address) FROM suppressed_destinations d),
       (SELECT count(*) FROM export_jobs), (SELECT json_agg(id ORDER BY id) FROM outbox))::text AS state`,
  );
  return row?.state ?? "";
}

/** The members of an input that go into the query, each element of a list by itself. */
function queryOf(name: WrittenOperation, input: unknown): string {
  const query = new URLSearchParams();
  const given = new Map(Object.entries(Object(input)));
  for (const { name: member, location, wireName } of operationNamed(name).members) {
    if (location !== "query" || !given.has(member)) continue;
    for (const value of [given.get(member)].flat()) query.append(wireName, String(value));
  }
  return query.size === 0 ? "" : `?${query}`;
}

it.each(writtenOperations)("%s", async (name) => {
  const { method, path, members } = operationNamed(name);
  const hasBody = members.some(({ location }) => location === "body");
  let before = await state();
  const check = async (given: string, input: unknown) => {
    const labelled = path.replaceAll(/\{(\w+)\}/g, (_, member) => {
      // With another type, nothing would be asked about the entity.
      const label = member === "ReputationEntityType" && given !== "set" ? "RESOURCE" : given;
      return encodeURIComponent(label.toWellFormed()).replaceAll(".", "%2E");
    });
    const url = `${labelled}${queryOf(name, input)}`;
    const answer = await ask(server.app, method, url, { body: hasBody ? JSON.stringify(input) : undefined });
    const after = await state();
    if (answer.statusCode !== 200) {
      expect(answer.body).not.toContain("internal error");
      expect([400, 403, 404, 501]).toContain(answer.statusCode);
      expect(answer.headers["x-amzn-errortype"]).toMatch(/^(\w+Exception|MessageRejected)$/);
      expect(after).toBe(before);
    } else {
      // Limits would end the test early; a stopped account would hide what sending does.
      await server.database.query("DELETE FROM export_jobs");
      await server.database.query("DELETE FROM configuration_sets");
      await ask(server.app, "PUT", "/v2/email/account/sending", { body: { SendingEnabled: true } });
      await ask(server.app, "PUT", "/v2/email/account/vdm", { body: { VdmAttributes: { VdmEnabled: "ENABLED" } } });
      before = await state();
    }
  };
  await fc.assert(fc.asyncProperty(labels, inputs(name), check), { numRuns: runs(name === "SendEmail" ? 400 : 80) });
});

it("logs no unexpected error, and the event database takes all that was accepted", async () => {
  expect(server.logged).toEqual([]);
  const [sent] = await server.database.query<{ rows: number }>("SELECT count(*) AS rows FROM outbox");
  expect(sent?.rows).toBeGreaterThan(runs(30));
  const failures: object[] = [];
  const log = { error: (details: object) => failures.push(details) };
  const recorder = startRecorder({ database: server.database, events: server.events, log });
  await recorder.drained();
  await recorder.stop();
  expect(failures).toEqual([]);
  expect(await server.database.query("SELECT id FROM outbox")).toEqual([]);
});
