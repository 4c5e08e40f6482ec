/** No route of the admin API shows or changes what belongs to another account, or to all, to a key of an account. */
import {
  CreateContactListCommand,
  CreateEmailIdentityCommand,
  CreateImportJobCommand,
  PutSuppressedDestinationCommand,
  SESv2Client,
  SendEmailCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Credentials, signedCall } from "./support/admin-caller.ts";
import { routesOf } from "./support/app-routes.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
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
  "GET /admin/overview": 200,
  "GET /admin/live": 200,
  "GET /admin/queue": 200,
  "GET /admin/publishing": 200,
  "POST /admin/publishing/replay": 404,
  "POST /admin/exports/count": 200,
  "GET /admin/messages/{messageId}": 404,
  "GET /admin/messages/{messageId}/content": 404,
  "GET /admin/messages/{messageId}/html": 404,
  "GET /admin/messages/{messageId}/mail": 404,
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

/** Routes of stores whose functions do not take a scope yet: they are not called. */
const withoutScope = /\/admin\/(identities|imports\/preview|import-jobs|lists|webhooks)/;

/** Queries and bodies without which a route would refuse the call for another reason. */
const queries: Readonly<Record<string, string>> = {
  "GET /admin/overview": "?from=2026-01-01T00%3A00%3A00Z&to=2030-01-01T00%3A00%3A00Z&by=identity",
  "GET /admin/messages/{messageId}/mail": `?recipient=${marker}%40example.com`,
  "POST /admin/imports/preview": `?destination=contacts&list=${marker}&action=PUT&format=JSON`,
};
const webhook = { url: "https://example.com/", name: "same", envelope: "event" };
const bodies: Readonly<Record<string, object>> = {
  "POST /admin/exports/count": { StartDate: 1788220800, EndDate: 1788307200 },
  "POST /admin/publishing/replay": {
    configurationSet: "none",
    eventDestination: "none",
    from: "2026-01-01T00:00:00Z",
    to: "2026-01-02T00:00:00Z",
  },
  "PUT /admin/identities/{identity}/notifications": { notifications: { Bounce: {}, Complaint: {}, Delivery: {} } },
  "POST /admin/uploads": { bucket: "lists", key: "a.csv" },
  "POST /admin/templates/preview": { TemplateContent: { Text: "x" }, TemplateData: "{}" },
  "POST /admin/webhooks": webhook,
  "PATCH /admin/webhooks/{id}": { enabled: false },
  "POST /admin/webhooks/{id}/resend": { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" },
  "POST /admin/accounts": { name: "mine" },
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
  named = {
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

/** The path of a route with the default account's resources. */
function targetOf(route: string): string {
  const [, path = ""] = route.split(" ");
  const idOf = path.includes("import-jobs") ? "job" : path.includes("access-keys") ? "key" : "id";
  const id = path.includes("/accounts/") ? "account" : idOf;
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
  for (const route of routes.filter((one) => !withoutScope.test(one))) {
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
});
