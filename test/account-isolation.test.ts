/** No route of the admin API shows or changes what belongs to another account, or to all, to a key of an account. */
import { randomUUID } from "node:crypto";
import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  CreateContactListCommand,
  CreateEmailIdentityCommand,
  CreateImportJobCommand,
  PutSuppressedDestinationCommand,
  SESv2Client,
  SendEmailCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { encodeFacts } from "../src/alerts/alert.ts";
import { insertAlert } from "../src/stores/postgres/alerts.ts";
import { inScope } from "../src/stores/postgres/database.ts";
import { insertSmimeCertificate } from "../src/stores/postgres/smime-certificates.ts";
import { type Credentials, signedCall } from "./support/admin-caller.ts";
import { routesOf } from "./support/app-routes.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { liveStream } from "./support/live-stream.ts";
import { simple } from "./support/sent-mail.ts";

let server: InProcessServer;
let ours: Credentials;
let theirs: Credentials;
/** What parameters of paths stand for: resources of the default account. */
let named: Record<string, string>;

/** In everything that the default account has. */
const marker = "only-ours";

/** What a key of another account gets from each route. A route that is not here must answer 403. */
const expected: Readonly<Record<string, number>> = {
  "GET /admin/scopes": 200,
  "GET /admin/messages": 200,
  "GET /admin/messages/count": 200,
  "GET /admin/messages/{messageId}": 404,
  "GET /admin/messages/{messageId}/content": 404,
  "GET /admin/messages/{messageId}/html": 404,
  "GET /admin/messages/{messageId}/mail": 404,
  "POST /admin/messages/{messageId}/events": 404,
  "GET /admin/faults": 200,
  "POST /admin/faults": 201,
  "PUT /admin/faults": 200,
  "DELETE /admin/faults": 200,
  "GET /admin/faults/{id}": 404,
  "DELETE /admin/faults/{id}": 404,
  "GET /admin/clock": 200,
  "GET /admin/overview": 200,
  "GET /admin/live": 200,
  "POST /admin/exports/count": 200,
  "GET /admin/queue": 200,
  "GET /admin/alerts": 200,
  "GET /admin/archives": 200,
  "GET /admin/archives/{id}": 404,
  "GET /admin/archives/{id}/messages": 404,
  "GET /admin/archives/{id}/messages/{messageId}/mail": 404,
  "GET /admin/certificates": 200,
  "POST /admin/certificates": 400,
  "GET /admin/certificates/{id}": 404,
  "DELETE /admin/certificates/{id}": 404,
  "GET /admin/deliverability-tests/{id}": 404,
  "GET /admin/publishing": 200,
  "POST /admin/publishing/replay": 404,
  "GET /admin/identities/{identity}/dns": 404,
  "POST /admin/identities/{identity}/check": 404,
  "GET /admin/identities/{identity}/notifications": 400,
  "PUT /admin/identities/{identity}/notifications": 400,
  "POST /admin/imports/preview": 404,
  "POST /admin/import-jobs/{id}/cancel": 404,
  "POST /admin/uploads": 200,
  "GET /admin/lists/suppression": 200,
  "GET /admin/lists/contacts/{name}": 404,
  "POST /admin/templates/preview": 200,
  "GET /admin/templates/preview-frame": 200,
  "GET /admin/webhooks": 200,
  "POST /admin/webhooks": 201,
  "GET /admin/webhooks/{id}": 404,
  "PATCH /admin/webhooks/{id}": 404,
  "DELETE /admin/webhooks/{id}": 404,
  "POST /admin/webhooks/{id}/rotate-secret": 404,
  "POST /admin/webhooks/{id}/confirm": 404,
  "POST /admin/webhooks/{id}/test": 404,
  "GET /admin/webhooks/{id}/deliveries": 404,
  "GET /admin/webhooks/{id}/deliveries/{delivery}": 404,
  "POST /admin/webhooks/{id}/resend": 404,
};

/** Queries and bodies without which a route would refuse the call for another reason. */
const queries: Readonly<Record<string, string>> = {
  "GET /admin/overview": "?from=2026-01-01T00:00:00Z&to=2030-01-01T00:00:00Z",
  "GET /admin/messages/{messageId}/mail": `?recipient=${marker}%40example.com`,
  "POST /admin/imports/preview": `?destination=contacts&list=${marker}&action=PUT&format=JSON`,
};
const webhook = { url: "https://example.com/", name: "same", envelope: "event" };
const bodies: Readonly<Record<string, object>> = {
  "PUT /admin/identities/{identity}/notifications": { notifications: { Bounce: {}, Complaint: {}, Delivery: {} } },
  "POST /admin/exports/count": { StartDate: Date.now() / 1000 - 86_400, EndDate: Date.now() / 1000 + 3600 },
  "POST /admin/publishing/replay": {
    configurationSet: marker,
    eventDestination: marker,
    from: "2026-01-01T00:00:00Z",
    to: "2030-01-01T00:00:00Z",
  },
  "POST /admin/uploads": { bucket: "lists", key: "a.csv" },
  "POST /admin/templates/preview": { TemplateContent: { Text: "x" }, TemplateData: "{}" },
  "POST /admin/webhooks": webhook,
  "PATCH /admin/webhooks/{id}": { enabled: false },
  "POST /admin/webhooks/{id}/resend": { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" },
  "POST /admin/accounts": { name: "mine" },
  "POST /admin/messages/{messageId}/events": { type: "OPEN" },
  "POST /admin/faults": { effect: { type: "throttle" } },
  "PUT /admin/faults": { faults: [] },
};

beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_AUTH: "required", MAILGLASS_IMPORT_WORKERS: "0" } });
  ours = await createKey(server, new Date());
  await signedCall(server, ours, "/admin/accounts", { method: "POST", content: { id: "111122223333" } });
  theirs = await createKey(server, new Date(), { account: "111122223333" });
  const client = new SESv2Client({ endpoint: server.url, region: "us-east-1", credentials: ours });
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: `${marker}.example.com` }));
  await client.send(new CreateContactListCommand({ ContactListName: marker }));
  const address = `${marker}-suppressed@example.com`;
  await client.send(new PutSuppressedDestinationCommand({ EmailAddress: address, Reason: "BOUNCE" }));
  await client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: marker }));
  const CloudWatchDestination = {
    DimensionConfigurations: [
      { DimensionName: "x", DimensionValueSource: "MESSAGE_TAG" as const, DefaultDimensionValue: "y" },
    ],
  };
  await client.send(
    new CreateConfigurationSetEventDestinationCommand({
      ConfigurationSetName: marker,
      EventDestinationName: marker,
      EventDestination: { Enabled: false, MatchingEventTypes: ["SEND"], CloudWatchDestination },
    }),
  );
  // What waits for delivery, as a server that delivers would have it.
  await server.database.query(
    `INSERT INTO send_queue (scope, message_id, recipient, recipient_index, domain, sent_at, expires_at, envelope)
     SELECT 1, 'm', $1 || '@' || $1 || '.example.com', 0, $1 || '.example.com', now(), now() + interval '1 day', '{}'`,
    [marker],
  );
  const now = new Date();
  const rate = { kind: "bounce-rate", rate: 0.1, threshold: 0.05, volume: 1_000, windowDays: 1 } as const;
  await insertAlert(server.database, {
    ...{ id: randomUUID(), kind: "bounce-rate", scope: 1, source: null, subjectType: "tenant", subject: marker },
    ...{ since: now, openedAt: now, clearSince: null, closedAt: null, text: "The rate is high" },
    details: encodeFacts({ ...rate, measuredAt: now.toISOString() }),
  });
  const { MessageId = "" } = await client.send(
    new SendEmailCommand(simple({ Destination: { ToAddresses: [`${marker}@example.com`] } })),
  );
  const { JobId = "" } = await client.send(
    new CreateImportJobCommand({
      ImportDestination: { SuppressionListDestination: { SuppressionListImportAction: "PUT" } },
      ImportDataSource: { S3Url: "s3://lists/none.csv", DataFormat: "CSV" },
    }),
  );
  client.destroy();
  const content = { ...webhook, name: marker };
  const created = await signedCall(server, ours, "/admin/webhooks", { method: "POST", content });
  expect(created.status).toBe(201);
  const { id } = JSON.parse(created.text);
  const archive = await signedCall(server, ours, "/admin/archives", {
    method: "POST",
    content: { name: marker, retentionDays: 1 },
  });
  const certificate = randomUUID();
  await insertSmimeCertificate(
    inScope(server.database, 1),
    {
      ...{ id: certificate, chain: "", addresses: [`${marker}@example.com`] },
      ...{ notBefore: now, notAfter: now, createdAt: now },
    },
    Buffer.from("sealed"),
    10,
  );
  named = {
    archive: JSON.parse(archive.text).id,
    certificate,
    messageId: MessageId,
    identity: `${marker}.example.com`,
    name: marker,
    id,
    job: JobId,
    delivery: "1-1",
    key: ours.accessKeyId,
    account: "000000000000",
  };
});
afterAll(() => server.close());

/** The names of IDs in `named`, by a part of the path; of all other paths, it is `id`. */
const idNames = [
  ["/import-jobs/", "job"],
  ["/access-keys/", "key"],
  ["/accounts/", "account"],
  ["/archives/", "archive"],
  ["/certificates/", "certificate"],
] as const;

/** The path of a route with the default account's resources. */
function targetOf(route: string): string {
  const [, path = ""] = route.split(" ");
  const id = idNames.find(([part]) => path.includes(part))?.[1] ?? "id";
  return (
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(named[name === "id" ? id : name] ?? "")) +
    (queries[route] ?? "")
  );
}

it("each route of the admin API answers a key of another account with its own, or not at all", async () => {
  const routes = routesOf(server.app).filter((route) => route.includes(" /admin/"));
  expect(routes.length).toBeGreaterThan(40);
  expect(routes).toEqual(expect.arrayContaining(Object.keys(expected)));
  const answers = [];
  const statuses = [];
  for (const route of routes) {
    const [method = "GET"] = route.split(" ");
    const content = bodies[route] ?? (method === "GET" || method === "DELETE" ? undefined : {});
    const { status, text } = await signedCall(server, theirs, targetOf(route), { method, content });
    // A refusal may repeat what was asked for.
    answers.push(`${route}: ${status}${status < 400 && text.includes(marker) ? " with what is not theirs" : ""}`);
    statuses.push(`${route}: ${expected[route] ?? 403}`);
  }
  expect(answers).toEqual(statuses);
});

it("nothing of the default account has changed", async () => {
  const get = async (target: string) => (await signedCall(server, ours, target)).text;
  expect((await get("/admin/lists/suppression")).trim()).toBe(`${marker}-suppressed@example.com,BOUNCE`);
  const { webhooks } = JSON.parse(await get("/admin/webhooks"));
  expect(webhooks.map(({ name, enabled }: { name: string; enabled: boolean }) => [name, enabled])).toEqual([
    [marker, true],
  ]);
  const jobs = await server.database.query<{ status: string }>("SELECT status FROM import_jobs");
  expect(jobs).toEqual([{ status: "CREATED" }]);
  expect(JSON.parse(await get("/admin/accounts")).accounts).toHaveLength(2);
  expect(await get(`/admin/messages/${named.messageId}`)).toContain(marker);
  expect(await get(`/admin/archives/${named.archive}`)).toContain(marker);
  const certificates = await server.database.query("SELECT id FROM smime_certificates");
  expect(certificates).toEqual([{ id: named.certificate }]);
});

it("searches, counts, the overview, the queue, publishing and alerts have nothing of it; an operator sees it", async () => {
  const views = async (by: Credentials) => {
    const get = async (route: string) => {
      const [method = "GET"] = route.split(" ");
      const { text } = await signedCall(server, by, targetOf(route), { method, content: bodies[route] });
      return JSON.parse(text);
    };
    const [messages, { count }, overview, exported, queue, { targets }, alerts] = await Promise.all([
      get("GET /admin/messages"),
      get("GET /admin/messages/count"),
      get("GET /admin/overview"),
      get("POST /admin/exports/count"),
      get("GET /admin/queue"),
      get("GET /admin/publishing"),
      get("GET /admin/alerts"),
    ]);
    const { sends, deliveries } = overview.totals.volumes;
    const rows = messages.messages.length;
    return {
      counts: [rows, count, sends, deliveries, exported.count, overview.breakdown.length],
      queue: [queue.due, queue.domains.length],
      targets: targets.map(({ kind }: { kind: string }) => kind).sort(),
      alerts: alerts.open.length,
    };
  };
  // Theirs has the webhook that the first test created, and no more.
  expect(await views(theirs)).toEqual({ counts: [0, 0, 0, 0, 0, 0], queue: [0, 0], targets: ["webhook"], alerts: 0 });
  expect(await views(ours)).toEqual({
    counts: [1, 1, 1, 1, 1, 1],
    queue: [1, 1],
    targets: ["eventDestination", "webhook", "webhook"],
    alerts: 1,
  });
});

it("the live feed tells a key of its own account's events only, also when it resumes at one of others", async () => {
  const streams = { ours: await liveStream(server, ours), theirs: await liveStream(server, theirs) };
  const clients = [ours, theirs].map(
    (credentials) => new SESv2Client({ endpoint: server.url, region: "us-east-1", credentials }),
  );
  const sent: string[] = [];
  for (const [index, client] of clients.entries()) {
    const Destination = { ToAddresses: [`${index === 0 ? marker : "other"}@example.com`] };
    sent.push((await client.send(new SendEmailCommand(simple({ Destination })))).MessageId ?? "");
    client.destroy();
  }
  const [ofOurs = "", ofTheirs = ""] = sent;
  await streams.ours.until((text) => text.split(ofTheirs).length > 2);
  await streams.theirs.until((text) => text.split(ofTheirs).length > 2);
  expect(streams.ours.text()).toContain(ofOurs);
  expect(streams.theirs.text()).not.toContain(ofOurs);
  expect(streams.theirs.text()).not.toContain(marker);
  // The entry of an event of the default account, after which its next ones and those of the other came.
  const [, before = ""] = /^id: (.+)$/m.exec(streams.ours.text()) ?? [];
  for (const one of Object.values(streams)) await one.close();
  const resumed = await liveStream(server, theirs, before);
  await resumed.until((text) => text.split(ofTheirs).length > 2);
  await resumed.close();
  expect(resumed.text()).not.toContain(ofOurs);
  expect(resumed.text()).not.toContain(marker);
});
