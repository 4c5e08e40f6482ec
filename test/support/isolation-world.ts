/** Accounts and regions on one server in which everything has the same names, for tests that nothing crosses them. */
import { SESv2 } from "@aws-sdk/client-sesv2";
import { signedCall } from "./admin-caller.ts";
import type { InProcessServer } from "./in-process-server.ts";
import { createKey } from "./keys-of.ts";

/** An account in one region, as its own programs see it. */
export interface Actor {
  /** In the texts that only this scope knows: descriptions, subjects, tags, attributes. */
  readonly marker: string;
  readonly account: string;
  readonly region: string;
  readonly client: SESv2;
  /** Calls the admin API for this scope. */
  admin(method: string, path: string, content?: object): Promise<{ status: number; text: string }>;
  /** What the server named, which callers of other scopes may know. */
  readonly ids: Record<IdKind, string[]>;
}

export const idKinds = ["message", "export", "import", "webhook", "tenant", "token", "file", "link"] as const;
export type IdKind = (typeof idKinds)[number];

/** Two accounts in two regions each; the first is the default account in the default region. */
export async function fourScopes(server: InProcessServer): Promise<Actor[]> {
  const ours = await createKey(server, new Date());
  const other = "111122223333";
  await signedCall(server, ours, "/admin/accounts", { method: "POST", content: { id: other } });
  const theirs = await createKey(server, new Date(), { account: other });
  const actors = [];
  for (const [account, credentials] of [
    ["000000000000", ours],
    [other, theirs],
  ] as const) {
    for (const region of ["us-east-1", "eu-west-1"]) {
      const choice = `account=${account}&region=${region}`;
      actors.push({
        marker: `only-${account[0]}-${region}`,
        account,
        region,
        client: new SESv2({ endpoint: server.url, region, credentials, maxAttempts: 1 }),
        admin: (method: string, path: string, content?: object) =>
          signedCall(server, credentials, `${path}${path.includes("?") ? "&" : "?"}${choice}`, {
            method,
            content,
            region,
          }),
        ids: { message: [], export: [], import: [], webhook: [], tenant: [], token: [], file: [], link: [] },
      });
    }
  }
  return actors;
}

/** The ARN of a scope's resource. */
export function arnOf({ account, region }: Actor, resource: string): string {
  return `arn:aws:ses:${region}:${account}:${resource}`;
}

/** The dedicated IP address of a scope. */
export function dedicatedIpOf({ account, region }: Actor): string {
  return `192.0.2.${account.startsWith("0") ? 1 : 11}${region.startsWith("us") ? 1 : 2}`;
}

/** Names that every scope has, and one that none has at first. */
export const names = { some: "same", other: "other" };
export const tenants = ["t1", "t2"];
export const people = ["a@example.net", "b@example.net"];

const TopicName = "news";
export const topics = [{ TopicName, DisplayName: "News", DefaultSubscriptionStatus: "OPT_IN" as const }];

/** Fills a scope with one of everything. */
export async function fill(actor: Actor, webhookUrl: string): Promise<void> {
  const { client, marker, ids } = actor;
  const { some } = names;
  const Tags = [{ Key: "of", Value: marker }];
  const resources = ["identity/example.com", `configuration-set/${some}`, `template/${some}`];
  await client.createEmailIdentity({ EmailIdentity: "example.com", Tags });
  await client.createConfigurationSet({ ConfigurationSetName: some, Tags });
  await client.createConfigurationSetEventDestination({
    ConfigurationSetName: some,
    EventDestinationName: some,
    EventDestination: { Enabled: false, MatchingEventTypes: ["SEND"], CloudWatchDestination: dimension(marker) },
  });
  await client.createDedicatedIpPool({ PoolName: some, Tags });
  const TemplateContent = { Subject: marker, Text: `Hi {{name}}, ${marker}` };
  await client.createEmailTemplate({ TemplateName: some, TemplateContent, Tags });
  await client.createCustomVerificationEmailTemplate({
    TemplateName: some,
    FromEmailAddress: "news@example.com",
    TemplateSubject: marker,
    TemplateContent: `<p>${marker}</p>`,
    SuccessRedirectionURL: `https://example.com/${marker}`,
    FailureRedirectionURL: "https://example.com/no",
    Tags,
  });
  await client.createContactList({ ContactListName: some, Description: marker, Topics: topics, Tags });
  for (const EmailAddress of people) {
    await client.createContact({ ContactListName: some, EmailAddress, AttributesData: JSON.stringify({ marker }) });
  }
  for (const TenantName of tenants) {
    const { TenantId = "" } = await client.createTenant({ TenantName, Tags });
    ids.tenant.push(TenantId);
    for (const resource of resources) {
      await client.createTenantResourceAssociation({ TenantName, ResourceArn: arnOf(actor, resource) });
    }
  }
  for (const TenantName of [undefined, ...tenants]) {
    const EmailAddress = `${marker}@example.org`;
    await client.putSuppressedDestination({ EmailAddress, Reason: "COMPLAINT", ...(TenantName && { TenantName }) });
  }
  const webhook = { name: some, url: `${webhookUrl}/${marker}`, envelope: "event" };
  const created = JSON.parse((await actor.admin("POST", "/admin/webhooks", webhook)).text);
  ids.webhook.push(created.id);
  const notifications = { Bounce: { headers: true }, Complaint: { headers: false }, Delivery: { headers: false } };
  await actor.admin("PUT", "/admin/identities/example.com/notifications", { notifications });
}

/** Dimensions of CloudWatch that name a scope. */
export const dimension = (marker: string) => ({
  DimensionConfigurations: [
    { DimensionName: marker, DimensionValueSource: "MESSAGE_TAG" as const, DefaultDimensionValue: "x" },
  ],
});
