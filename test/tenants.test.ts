/** A tenant's life with the SDK: its resources, its mail, what becomes of it, and its end. */
import {
  BatchGetMetricDataCommand,
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  CreateEmailTemplateCommand,
  CreateExportJobCommand,
  CreateTenantCommand,
  CreateTenantResourceAssociationCommand,
  DeleteEmailIdentityCommand,
  DeleteTenantCommand,
  DeleteTenantResourceAssociationCommand,
  GetTenantCommand,
  PutSuppressedDestinationCommand,
  PutTenantSuppressionAttributesCommand,
  paginateListResourceTenants,
  paginateListTenantResources,
  paginateListTenants,
  SendBulkEmailCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readHistory } from "../src/events/history.ts";
import { mailTags } from "../src/publishing/ses-event/mail-object.ts";
import { ask } from "./support/http-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { downloadExport, endOfExport } from "./support/message-export.ts";
import { refused } from "./support/refused.ts";
import { insightsOf, send, simple, told } from "./support/sent-mail.ts";

let server: InProcessServer;
beforeAll(async () => {
  server = await startInProcess();
});
afterAll(() => server.close());

const arn = (resource: string) => `arn:aws:ses:us-east-1:000000000000:${resource}`;
const associate = (TenantName: string, resource: string) =>
  server.client.send(new CreateTenantResourceAssociationCommand({ TenantName, ResourceArn: arn(resource) }));
const day = 24 * 3600 * 1000;
const today = Math.floor(Date.now() / day) * day;
const interval = { StartDate: new Date(today), EndDate: new Date(today + 2 * day) };

it("is what SES says on the wire", async () => {
  const { client, app } = server;
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: "wire.example" }));
  const created = await ask(app, "POST", "/v2/email/tenants", { body: { TenantName: "wire" } });
  expect(created.json()).toMatchObject({ TenantName: "wire", SendingStatus: "ENABLED", SuppressionAttributes: null });
  const got = await ask(app, "POST", "/v2/email/tenants/get", { body: { TenantName: "wire" } });
  expect(got.json().Tenant).toEqual(created.json());
  await associate("wire", "identity/wire.example");
  const resources = await ask(app, "POST", "/v2/email/tenants/resources/list", {
    body: { TenantName: "wire", Filter: { RESOURCE_TYPE: "identity" } },
  });
  expect(resources.json()).toEqual({
    TenantResources: [{ ResourceType: "identity", ResourceArn: arn("identity/wire.example") }],
    NextToken: null,
  });
  const denied = await ask(app, "POST", "/v2/email/outbound-emails", { body: simple({ TenantName: "wire" }) });
  expect([denied.statusCode, denied.headers["x-amzn-errortype"], denied.json()]).toEqual([
    403,
    "AccessDeniedException",
    { Message: `Tenant not associated with resources [${arn("identity/sender@example.com")}].` },
  ]);
  const none = await ask(app, "POST", "/v2/email/tenants/get", { body: {} });
  expect([none.statusCode, none.json()]).toEqual([400, { message: "TenantName cannot be empty" }]);
  await client.send(new DeleteTenantCommand({ TenantName: "wire" }));
});

it("lives from its creation to its deletion", async () => {
  const { client } = server;
  const Tags = [{ Key: "plan", Value: "free" }];
  for (const TenantName of ["acme", "other"]) await client.send(new CreateTenantCommand({ TenantName, Tags }));
  expect((await client.send(new GetTenantCommand({ TenantName: "acme" }))).Tenant).toMatchObject({
    TenantArn: expect.stringMatching(/^arn:aws:ses:us-east-1:000000000000:tenant\/acme\/tn-[0-9a-f]{30}$/),
    Tags,
    SendingStatus: "ENABLED",
  });
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: "example.com" }));
  await client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: "set" }));
  const TemplateContent = { Subject: "Hi", Text: "Hi" };
  await client.send(new CreateEmailTemplateCommand({ TemplateName: "hi", TemplateContent }));
  for (const resource of ["identity/example.com", "configuration-set/set", "template/hi"]) {
    for (const tenant of ["acme", "other"]) await associate(tenant, resource);
  }
  const seen: unknown[] = [];
  for await (const page of paginateListTenants({ client, pageSize: 1 }, {})) {
    seen.push(...(page.Tenants ?? []).map((one) => one.TenantName));
  }
  for await (const page of paginateListTenantResources({ client, pageSize: 1 }, { TenantName: "acme" })) {
    seen.push(...(page.TenantResources ?? []).map((one) => one.ResourceArn));
  }
  const ResourceArn = arn("template/hi");
  for await (const page of paginateListResourceTenants({ client, pageSize: 1 }, { ResourceArn })) {
    seen.push(...(page.ResourceTenants ?? []).map((one) => one.TenantName));
  }
  const associated = ["configuration-set/set", "identity/example.com", "template/hi"];
  expect(seen).toEqual(["acme", "other", ...associated.map(arn), "acme", "other"]);

  const start = new Date();
  const mail = { ConfigurationSetName: "set", TenantName: "acme" };
  const id = await send(server, simple(mail));
  const Destination = { ToAddresses: ["user@gmail.com"] };
  const bulk = new SendBulkEmailCommand({
    ...mail,
    FromEmailAddress: "sender@example.com",
    DefaultContent: { Template: { TemplateName: "hi", TemplateData: "{}" } },
    BulkEmailEntries: [{ Destination }],
  });
  expect((await client.send(bulk)).BulkEmailEntryResults).toMatchObject([{ Status: "SUCCESS" }]);
  await send(server, simple({ ...mail, TenantName: "other" }));
  await send(server, simple());
  const [row] = (await readHistory(server, id)) ?? [];
  expect(row && mailTags(row)["ses:tenant-name"]).toEqual(["acme"]);

  await server.recorder.drained();
  const query = { Namespace: "VDM", Metric: "SEND", ...interval } as const;
  const { Results = [] } = await client.send(
    new BatchGetMetricDataCommand({
      Queries: ["acme", "other", "none"].map((name) => ({ ...query, Id: name, Dimensions: { TENANT_NAME: name } })),
    }),
  );
  const counts = ["acme", "other", "none"].map((name) => Results.find(({ Id }) => Id === name)?.Values?.[0] ?? 0);
  expect(counts).toEqual([2, 1, 0]);
  const exported = async (source: object) => {
    const job = new CreateExportJobCommand({
      ExportDataSource: source,
      ExportDestination: { DataFormat: "JSON" },
    });
    const { JobId = "" } = await client.send(job);
    return JSON.parse(await downloadExport(await endOfExport(client, JobId)));
  };
  const messages = (filter: object) =>
    exported({ MessageInsightsDataSource: { StartDate: start, EndDate: new Date(Date.now() + 1000), ...filter } });
  expect(await messages({ Include: { TenantName: ["acme"] } })).toHaveLength(2);
  expect(await messages({ Exclude: { TenantName: ["acme"] } })).toHaveLength(2);
  const volumes = await exported({
    MetricsDataSource: {
      Dimensions: { TENANT_NAME: ["*"] },
      Namespace: "VDM",
      Metrics: [{ Name: "SEND", Aggregation: "VOLUME" }],
      ...interval,
    },
  });
  expect(volumes.map((one: { tenant_name: string }) => one.tenant_name).sort()).toEqual(["acme", "other"]);

  const suppression = { SuppressedReasons: ["BOUNCE" as const], SuppressionScope: "TENANT" as const };
  await client.send(new PutTenantSuppressionAttributesCommand({ TenantName: "acme", ...suppression }));
  const suppressed = { EmailAddress: "user@gmail.com", Reason: "BOUNCE" as const };
  await client.send(new PutSuppressedDestinationCommand({ ...suppressed, TenantName: "acme" }));
  const outcome = async (TenantName: string) =>
    told(await insightsOf(server, await send(server, simple({ ...mail, TenantName })))).map(([, events]) => events);
  expect(await outcome("acme")).toMatchObject([
    [["SEND"], ["BOUNCE", "PERMANENT", "ON_TENANT_SUPPRESSION_LIST", expect.any(String)]],
  ]);
  expect(await outcome("other")).toEqual([[["SEND"], ["DELIVERY"]]]);
  const file = await server.app.inject({ url: "/admin/lists/suppression?format=csv&tenant=acme" });
  expect(file.body).toBe("user@gmail.com,BOUNCE\r\n");

  const deleteIdentity = () => client.send(new DeleteEmailIdentityCommand({ EmailIdentity: "example.com" }));
  const kept = `Cannot delete <${arn("identity/example.com")}> because it has tenant associations. Remove all tenant associations and try again.`;
  expect(await refused(deleteIdentity())).toEqual(["BadRequestException", kept]);
  await client.send(new DeleteTenantCommand({ TenantName: "acme" }));
  expect(await refused(send(server, simple(mail)))).toEqual([
    "NotFoundException",
    "Tenant acme for AwsAccountId 000000000000 not found.",
  ]);
  expect(await refused(deleteIdentity())).toEqual(["BadRequestException", kept]);
  const other = { TenantName: "other", ResourceArn: arn("identity/example.com") };
  await client.send(new DeleteTenantResourceAssociationCommand(other));
  await deleteIdentity();
  expect(server.logged).toEqual([]);
});
