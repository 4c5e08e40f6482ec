/** All that a scope sees of itself. */
import type { SESv2 } from "@aws-sdk/client-sesv2";
import { type Actor, arnOf, names, people, tenants } from "./isolation-world.ts";

/** Answers by the call's name; errors as texts. What changes with time alone is left out. */
export type View = Readonly<Record<string, string>>;

/** What this scope's programs and people see. */
export async function viewOf(actor: Actor): Promise<View> {
  const entries: [string, string][] = [];
  for (const [name, ask] of Object.entries(questions(actor))) {
    const answer = await ask().catch((error: Error) => `${error.name}: ${error.message}`);
    entries.push([name, typeof answer === "string" ? steady(answer) : steady(JSON.stringify(answer))]);
  }
  return Object.fromEntries(entries);
}

/** Signed links expire from the time of the call on, rendered mail has its time, and each answer an ID. */
function steady(text: string): string {
  return text
    .replaceAll(/"\$metadata":\{[^}]*\},?/g, "")
    .replaceAll(/expires=\d+&signature=[\w-]+/g, "")
    .replaceAll(/Date: [^\\]*|=_[0-9a-f-]{36}/g, "")
    .replaceAll(/"lastCheckedAt":"[^"]*"/g, "");
}

const from = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000);
const to = new Date(from.getTime() + 3 * 86_400_000);

function questions(actor: Actor): Record<string, () => Promise<unknown>> {
  const { client, ids } = actor;
  const { some } = names;
  const all: Record<string, () => Promise<unknown>> = {
    account: () => client.getAccount({}),
    sets: () => client.listConfigurationSets({}),
    lists: () => client.listContactLists({}),
    identities: () => client.listEmailIdentities({}),
    templates: () => client.listEmailTemplates({}),
    verifications: () => client.listCustomVerificationEmailTemplates({}),
    tenants: () => client.listTenants({}),
    pools: () => client.listDedicatedIpPools({}),
    addresses: () => client.getDedicatedIps({}),
    exports: () => client.listExportJobs({}),
    imports: () => client.listImportJobs({}),
    rendered: () => client.testRenderEmailTemplate({ TemplateName: some, TemplateData: '{"name":"x"}' }),
    metrics: () => metrics(client),
    ...Object.fromEntries(
      [some, names.other].flatMap((name) => [
        [`set ${name}`, () => client.getConfigurationSet({ ConfigurationSetName: name })],
        [`destinations ${name}`, () => client.getConfigurationSetEventDestinations({ ConfigurationSetName: name })],
        [`template ${name}`, () => client.getEmailTemplate({ TemplateName: name })],
        [`verification ${name}`, () => client.getCustomVerificationEmailTemplate({ TemplateName: name })],
        [`list ${name}`, () => client.getContactList({ ContactListName: name })],
        [`contacts ${name}`, () => client.listContacts({ ContactListName: name })],
      ]),
    ),
  };
  for (const EmailAddress of people) {
    all[`contact ${EmailAddress}`] = () => client.getContact({ ContactListName: some, EmailAddress });
  }
  for (const EmailIdentity of ["example.com", "other.example", "a@example.com", ...people]) {
    all[`identity ${EmailIdentity}`] = () => client.getEmailIdentity({ EmailIdentity });
    all[`notifications ${EmailIdentity}`] = () => see(actor, `/admin/identities/${EmailIdentity}/notifications`);
  }
  for (const resource of [
    "identity/example.com",
    `configuration-set/${some}`,
    `template/${some}`,
    `contact-list/${some}`,
    `custom-verification-email-template/${some}`,
    `dedicated-ip-pool/${some}`,
  ]) {
    const ResourceArn = arnOf(actor, resource);
    all[`tags ${resource}`] = () => client.listTagsForResource({ ResourceArn });
    all[`tenants of ${resource}`] = () => client.listResourceTenants({ ResourceArn });
  }
  for (const TenantName of tenants) {
    all[`tenant ${TenantName}`] = () => client.getTenant({ TenantName });
    all[`resources ${TenantName}`] = () => client.listTenantResources({ TenantName });
    all[`suppressed ${TenantName}`] = () => client.listSuppressedDestinations({ TenantName });
  }
  all.suppressed = () => client.listSuppressedDestinations({});
  for (const JobId of ids.export.slice(-2)) all[`export ${JobId}`] = () => client.getExportJob({ JobId });
  for (const JobId of ids.import.slice(-2)) all[`import ${JobId}`] = () => client.getImportJob({ JobId });
  for (const MessageId of ids.message.slice(-2)) {
    all[`insights ${MessageId}`] = () => client.getMessageInsights({ MessageId });
    all[`message ${MessageId}`] = () => see(actor, `/admin/messages/${MessageId}`);
  }
  for (const path of [
    "/admin/messages",
    "/admin/messages/count",
    "/admin/queue",
    "/admin/publishing",
    "/admin/webhooks",
    "/admin/lists/suppression",
    `/admin/lists/contacts/${some}`,
    ...ids.webhook.slice(-2).map((id) => `/admin/webhooks/${id}/deliveries`),
  ]) {
    all[path] = () => see(actor, path);
  }
  return all;
}

/** Sends of the scope and of its tenants; of these tenants only, if given. */
function metrics(client: SESv2, only?: readonly string[]): Promise<unknown> {
  const query = { Namespace: "VDM", Metric: "SEND", StartDate: from, EndDate: to } as const;
  return client.batchGetMetricData({
    Queries: [
      ...(only ? [] : [{ Id: "all", ...query }]),
      ...(only ?? tenants).map((name) => ({ Id: name, ...query, Dimensions: { TENANT_NAME: name } })),
    ],
  });
}

/** The status belongs to the answer. */
async function see(actor: Actor, path: string): Promise<string> {
  const { status, text } = await actor.admin("GET", path);
  return `${status} ${text}`;
}

/** What concerns one tenant of a scope, and nobody else in it. */
export async function viewOfTenant({ client }: Actor, TenantName: string, address: string): Promise<View> {
  const entries = [];
  for (const ask of [
    () => client.getTenant({ TenantName }),
    () => client.listTenantResources({ TenantName }),
    () => client.listSuppressedDestinations({ TenantName }),
    () => client.getSuppressedDestination({ TenantName, EmailAddress: address }),
    () => metrics(client, [TenantName]),
  ]) {
    const answer = await ask().catch((error: Error) => `${error.name}: ${error.message}`);
    entries.push([`${entries.length}`, steady(JSON.stringify(answer))]);
  }
  return Object.fromEntries(entries);
}
