/** Calls of every operation and of the admin API, with names that all scopes have and IDs of any of them. */
import { randomUUID } from "node:crypto";
import type { SendEmailRequest } from "@aws-sdk/client-sesv2";
import type { WrittenOperation } from "../../src/operations/written.ts";
import {
  type Actor,
  arnOf,
  dedicatedIpOf,
  dimension,
  type IdKind,
  idKinds,
  names,
  people,
  tenants,
  topics,
} from "./isolation-world.ts";

/** A call by one scope, with the choices that the test makes. */
export interface Attempt {
  readonly me: Actor;
  readonly all: readonly Actor[];
  /** One of the choices. */
  pick<Choice>(choices: readonly Choice[]): Choice;
}

type Call = (attempt: Attempt) => Promise<unknown>;

const name = ({ pick }: Attempt) => pick([names.some, names.some, names.other]);
const tenant = ({ pick }: Attempt) => pick(tenants);
const maybe = <Value>({ pick }: Attempt, value: Value) => pick([value, undefined]);
const person = ({ pick }: Attempt) => pick(people);
const identity = ({ pick }: Attempt) => pick(["example.com", "other.example", "a@example.com"]);
/** An address that the operator registered for anyone. */
const address = ({ all, pick }: Attempt) => pick(all.map(dedicatedIpOf));
const enabled = ({ pick }: Attempt) => pick([true, true, false]);
/** An ID that the server gave to anyone. */
const idOf = ({ all, pick }: Attempt, kind: IdKind) => pick([...all.flatMap(({ ids }) => ids[kind]), randomUUID()]);
const token = (attempt: Attempt) => attempt.pick([undefined, idOf(attempt, "token")]);
const paged = (attempt: Attempt) => ({ PageSize: 1, NextToken: token(attempt) });
/** An ARN in any scope. */
const anyArn = (attempt: Attempt) => {
  const tenantArns = attempt.all.flatMap((one) =>
    one.ids.tenant.map((id, at) => arnOf(one, `tenant/${tenants[at]}/${id}`)),
  );
  const resource = attempt.pick(["identity/example.com", `configuration-set/${names.some}`, `template/${names.some}`]);
  return attempt.pick([arnOf(attempt.pick(attempt.all), resource), arnOf(attempt.me, resource), ...tenantArns]);
};
const policyName = (attempt: Attempt) => ({ EmailIdentity: identity(attempt), PolicyName: name(attempt) });
/** A policy for the accounts of all scopes. */
const policy = (attempt: Attempt) => {
  const { EmailIdentity, PolicyName } = policyName(attempt);
  const AWS = attempt.pick(attempt.all).account;
  const Resource = arnOf(attempt.me, `identity/${EmailIdentity}`);
  const Statement = { Sid: attempt.me.marker, Effect: "Allow", Principal: { AWS }, Action: "ses:SendEmail", Resource };
  return { EmailIdentity, PolicyName, Policy: JSON.stringify({ Statement }) };
};
const reputation = (attempt: Attempt) => ({
  ReputationEntityReference: anyArn(attempt),
  ReputationEntityType: "RESOURCE" as const,
});
const listArn = (attempt: Attempt) =>
  attempt.pick([
    anyArn(attempt),
    arnOf(attempt.pick(attempt.all), "contact-list/same"),
    arnOf(attempt.pick(attempt.all), "dedicated-ip-pool/same"),
  ]);
const tags = ({ me }: Attempt) => [{ Key: "more", Value: me.marker }];
const set = (attempt: Attempt) => ({ ConfigurationSetName: name(attempt) });
const destination = (attempt: Attempt) => ({ ...set(attempt), EventDestinationName: name(attempt) });
const definition = ({ me }: Attempt) => ({
  Enabled: false,
  MatchingEventTypes: ["BOUNCE" as const],
  CloudWatchDestination: dimension(me.marker),
});
const list = (attempt: Attempt) => ({ ContactListName: name(attempt) });
const contact = (attempt: Attempt) => ({ ...list(attempt), EmailAddress: person(attempt) });
const contactBody = ({ me, pick }: Attempt) => ({
  AttributesData: JSON.stringify({ marker: me.marker }),
  UnsubscribeAll: pick([true, false]),
});
const template = (attempt: Attempt) => ({ TemplateName: name(attempt) });
const verification = (attempt: Attempt) => ({
  ...template(attempt),
  FromEmailAddress: "news@example.com",
  TemplateSubject: attempt.me.marker,
  TemplateContent: `<p>${attempt.me.marker}</p>`,
  SuccessRedirectionURL: `https://example.com/${attempt.me.marker}`,
  FailureRedirectionURL: "https://example.com/no",
});
const endpoint = (attempt: Attempt) => ({ EndpointName: name(attempt) });
const content = ({ me }: Attempt) => ({ Subject: `new ${me.marker}`, Text: "Hi {{name}}" });
const day = 86_400_000;
const interval = () => ({ StartDate: new Date(Date.now() - day), EndDate: new Date(Date.now() + day) });
const recipient = (attempt: Attempt) =>
  attempt.pick([...people, "bounce@simulator.amazonses.com", "complaint@simulator.amazonses.com"]);
const suppressed = (attempt: Attempt) => ({
  EmailAddress: attempt.pick([...people, ...attempt.all.map(({ marker }) => `${marker}@example.org`)]),
  TenantName: attempt.pick([undefined, ...tenants]),
});

const certificate = (attempt: Attempt) => ({ EmailIdentity: identity(attempt), FromAddress: "a@example.com" });
const certificateArn = (attempt: Attempt) =>
  arnOf(attempt.pick(attempt.all), "certificate/00000000-0000-4000-8000-000000000000").replace(":ses:", ":acm:");

const keep = (attempt: Attempt, kind: IdKind, id: string | undefined) =>
  id !== undefined && attempt.me.ids[kind].push(id);

/** Keeps the token of a page. */
async function page<Answer extends { NextToken?: string | undefined }>(
  attempt: Attempt,
  answer: Promise<Answer>,
): Promise<Answer> {
  const found = await answer;
  keep(attempt, "token", found.NextToken);
  return found;
}

function mail(attempt: Attempt): SendEmailRequest {
  const { me, pick } = attempt;
  const Simple = { Subject: { Data: me.marker }, Body: { Text: { Data: me.marker } } };
  const Template = { TemplateData: '{"name":"x"}' };
  const arn = arnOf(pick(attempt.all), `template/${names.some}`);
  return {
    FromEmailAddress: "news@example.com",
    Destination: { ToAddresses: [recipient(attempt)] },
    Content: pick([
      { Simple },
      { Template: { ...Template, ...template(attempt) } },
      { Template: { ...Template, TemplateArn: arn } },
    ]),
    ConfigurationSetName: maybe(attempt, names.some),
    TenantName: maybe(attempt, tenant(attempt)),
    ListManagementOptions: maybe(attempt, { ...list(attempt), TopicName: "news" }),
    EmailTags: [{ Name: "of", Value: me.marker }],
  };
}

/** One for each operation: a new operation does not compile until it is here. */
export const operationCalls: { readonly [Name in WrittenOperation]: Call } = {
  AssociateEmailIdentityCertificate: (on) =>
    on.me.client.associateEmailIdentityCertificate({ ...certificate(on), CertificateArn: certificateArn(on) }),
  BatchGetMetricData: (on) =>
    on.me.client.batchGetMetricData({
      Queries: [{ Id: "a", Namespace: "VDM", Metric: "SEND", ...interval(), Dimensions: { TENANT_NAME: tenant(on) } }],
    }),
  CancelExportJob: (on) => on.me.client.cancelExportJob({ JobId: idOf(on, "export") }),
  CreateConfigurationSet: (on) => on.me.client.createConfigurationSet({ ...set(on), Tags: tags(on) }),
  CreateConfigurationSetEventDestination: (on) =>
    on.me.client.createConfigurationSetEventDestination({ ...destination(on), EventDestination: definition(on) }),
  CreateContact: (on) => on.me.client.createContact({ ...contact(on), ...contactBody(on) }),
  CreateContactList: (on) =>
    on.me.client.createContactList({ ...list(on), Description: on.me.marker, Topics: topics, Tags: tags(on) }),
  CreateDeliverabilityTestReport: (on) => {
    const { FromEmailAddress, Content } = mail(on);
    return on.me.client.createDeliverabilityTestReport({ FromEmailAddress, Content, Tags: tags(on) });
  },
  CreateCustomVerificationEmailTemplate: (on) =>
    on.me.client.createCustomVerificationEmailTemplate({ ...verification(on), Tags: tags(on) }),
  CreateDedicatedIpPool: (on) => on.me.client.createDedicatedIpPool({ PoolName: name(on), Tags: tags(on) }),
  CreateEmailIdentityPolicy: (on) => on.me.client.createEmailIdentityPolicy(policy(on)),
  CreateEmailIdentity: (on) => on.me.client.createEmailIdentity({ EmailIdentity: identity(on), Tags: tags(on) }),
  CreateEmailTemplate: (on) => on.me.client.createEmailTemplate({ ...template(on), TemplateContent: content(on) }),
  async CreateExportJob(on) {
    const MetricsDataSource = {
      ...interval(),
      Namespace: "VDM" as const,
      Dimensions: { TENANT_NAME: ["*"] },
      Metrics: [{ Name: "SEND" as const, Aggregation: "VOLUME" as const }],
    };
    const ExportDataSource = on.pick([{ MessageInsightsDataSource: interval() }, { MetricsDataSource }]);
    const created = await on.me.client.createExportJob({ ExportDataSource, ExportDestination: { DataFormat: "CSV" } });
    keep(on, "export", created.JobId);
    return created;
  },
  async CreateImportJob(on) {
    const ContactListDestination = { ...list(on), ContactListImportAction: "PUT" as const };
    const SuppressionListDestination = { SuppressionListImportAction: on.pick(["PUT", "DELETE"] as const) };
    const created = await on.me.client.createImportJob({
      ImportDestination: on.pick([{ ContactListDestination }, { SuppressionListDestination }]),
      ImportDataSource: { S3Url: idOf(on, "file"), DataFormat: "CSV" },
    });
    keep(on, "import", created.JobId);
    return created;
  },
  CreateMultiRegionEndpoint: (on) =>
    on.me.client.createMultiRegionEndpoint({
      ...endpoint(on),
      Details: { RoutesDetails: [{ Region: on.pick(on.all).region }] },
    }),
  CreateTenant: (on) => on.me.client.createTenant({ TenantName: tenant(on), Tags: tags(on) }),
  CreateTenantResourceAssociation: (on) =>
    on.me.client.createTenantResourceAssociation({ TenantName: tenant(on), ResourceArn: anyArn(on) }),
  DeleteConfigurationSet: (on) => on.me.client.deleteConfigurationSet(set(on)),
  DeleteConfigurationSetEventDestination: (on) => on.me.client.deleteConfigurationSetEventDestination(destination(on)),
  DeleteContact: (on) => on.me.client.deleteContact(contact(on)),
  DeleteContactList: (on) => on.me.client.deleteContactList(list(on)),
  DeleteCustomVerificationEmailTemplate: (on) => on.me.client.deleteCustomVerificationEmailTemplate(template(on)),
  DeleteDedicatedIpPool: (on) => on.me.client.deleteDedicatedIpPool({ PoolName: name(on) }),
  DeleteEmailIdentityPolicy: (on) => on.me.client.deleteEmailIdentityPolicy(policyName(on)),
  DeleteEmailIdentity: (on) => on.me.client.deleteEmailIdentity({ EmailIdentity: identity(on) }),
  DeleteEmailTemplate: (on) => on.me.client.deleteEmailTemplate(template(on)),
  DeleteMultiRegionEndpoint: (on) => on.me.client.deleteMultiRegionEndpoint(endpoint(on)),
  DeleteSuppressedDestination: (on) => on.me.client.deleteSuppressedDestination(suppressed(on)),
  DeleteTenant: (on) => on.me.client.deleteTenant({ TenantName: tenant(on) }),
  DeleteTenantResourceAssociation: (on) =>
    on.me.client.deleteTenantResourceAssociation({ TenantName: tenant(on), ResourceArn: anyArn(on) }),
  DisassociateEmailIdentityCertificate: (on) => on.me.client.disassociateEmailIdentityCertificate(certificate(on)),
  GetAccount: (on) => on.me.client.getAccount({}),
  GetBlacklistReports: (on) => on.me.client.getBlacklistReports({ BlacklistItemNames: ["192.0.2.1"] }),
  GetConfigurationSet: (on) => on.me.client.getConfigurationSet(set(on)),
  GetConfigurationSetEventDestinations: (on) => on.me.client.getConfigurationSetEventDestinations(set(on)),
  GetContact: (on) => on.me.client.getContact(contact(on)),
  GetContactList: (on) => on.me.client.getContactList(list(on)),
  GetEmailAddressInsights: (on) =>
    on.me.client.getEmailAddressInsights({ EmailAddress: person(on).replace(/@.*/, "@localhost") }),
  GetCustomVerificationEmailTemplate: (on) => on.me.client.getCustomVerificationEmailTemplate(template(on)),
  GetDedicatedIp: (on) => on.me.client.getDedicatedIp({ Ip: address(on) }),
  GetDedicatedIpPool: (on) => on.me.client.getDedicatedIpPool({ PoolName: name(on) }),
  GetDedicatedIps: (on) => page(on, on.me.client.getDedicatedIps({ PoolName: maybe(on, name(on)), ...paged(on) })),
  GetEmailIdentityPolicies: (on) => on.me.client.getEmailIdentityPolicies({ EmailIdentity: identity(on) }),
  GetDeliverabilityDashboardOptions: (on) => on.me.client.getDeliverabilityDashboardOptions(),
  GetDeliverabilityTestReport: (on) => on.me.client.getDeliverabilityTestReport({ ReportId: on.me.marker }),
  GetDomainDeliverabilityCampaign: (on) => on.me.client.getDomainDeliverabilityCampaign({ CampaignId: on.me.marker }),
  GetDomainStatisticsReport: (on) => on.me.client.getDomainStatisticsReport({ Domain: "example.com", ...interval() }),
  GetEmailIdentity: (on) => on.me.client.getEmailIdentity({ EmailIdentity: identity(on) }),
  GetEmailTemplate: (on) => on.me.client.getEmailTemplate(template(on)),
  GetExportJob: (on) => on.me.client.getExportJob({ JobId: idOf(on, "export") }),
  GetImportJob: (on) => on.me.client.getImportJob({ JobId: idOf(on, "import") }),
  GetMessageInsights: (on) => on.me.client.getMessageInsights({ MessageId: idOf(on, "message") }),
  GetMultiRegionEndpoint: (on) => on.me.client.getMultiRegionEndpoint(endpoint(on)),
  GetReputationEntity: (on) => on.me.client.getReputationEntity(reputation(on)),
  GetSuppressedDestination: (on) => on.me.client.getSuppressedDestination(suppressed(on)),
  GetTenant: (on) => on.me.client.getTenant({ TenantName: tenant(on) }),
  ListConfigurationSets: (on) => page(on, on.me.client.listConfigurationSets(paged(on))),
  ListContactLists: (on) => page(on, on.me.client.listContactLists(paged(on))),
  ListContacts: (on) => page(on, on.me.client.listContacts({ ...list(on), ...paged(on) })),
  ListDeliverabilityTestReports: (on) => page(on, on.me.client.listDeliverabilityTestReports(paged(on))),
  ListDomainDeliverabilityCampaigns: (on) =>
    on.me.client.listDomainDeliverabilityCampaigns({ SubscribedDomain: "example.com", ...interval() }),
  ListCustomVerificationEmailTemplates: (on) => page(on, on.me.client.listCustomVerificationEmailTemplates(paged(on))),
  ListDedicatedIpPools: (on) => page(on, on.me.client.listDedicatedIpPools(paged(on))),
  ListEmailIdentities: (on) => page(on, on.me.client.listEmailIdentities(paged(on))),
  ListEmailIdentityCertificates: (on) =>
    page(on, on.me.client.listEmailIdentityCertificates({ EmailIdentity: identity(on), ...paged(on) })),
  ListEmailTemplates: (on) => page(on, on.me.client.listEmailTemplates(paged(on))),
  ListExportJobs: (on) => page(on, on.me.client.listExportJobs(paged(on))),
  ListImportJobs: (on) => page(on, on.me.client.listImportJobs(paged(on))),
  ListMultiRegionEndpoints: (on) => on.me.client.listMultiRegionEndpoints({}),
  ListRecommendations: (on) => page(on, on.me.client.listRecommendations(paged(on))),
  ListReputationEntities: (on) => page(on, on.me.client.listReputationEntities(paged(on))),
  ListResourceTenants: (on) => page(on, on.me.client.listResourceTenants({ ResourceArn: anyArn(on), ...paged(on) })),
  ListSuppressedDestinations: (on) =>
    page(on, on.me.client.listSuppressedDestinations({ TenantName: suppressed(on).TenantName, ...paged(on) })),
  ListTagsForResource: (on) => on.me.client.listTagsForResource({ ResourceArn: listArn(on) }),
  ListTenantResources: (on) => page(on, on.me.client.listTenantResources({ TenantName: tenant(on), ...paged(on) })),
  ListTenants: (on) => page(on, on.me.client.listTenants(paged(on))),
  PutAccountDetails: (on) =>
    on.me.client.putAccountDetails({ MailType: "MARKETING", WebsiteURL: `https://example.com/${on.me.marker}` }),
  PutAccountPricingAttributes: (on) =>
    on.me.client.putAccountPricingAttributes({ Plan: on.pick(["NONE", "PRO"] as const) }),
  PutAccountSendingAttributes: (on) => on.me.client.putAccountSendingAttributes({ SendingEnabled: enabled(on) }),
  PutAccountDedicatedIpWarmupAttributes: (on) =>
    on.me.client.putAccountDedicatedIpWarmupAttributes({ AutoWarmupEnabled: enabled(on) }),
  PutAccountSuppressionAttributes: (on) =>
    on.me.client.putAccountSuppressionAttributes({ SuppressedReasons: on.pick([[], ["BOUNCE"], ["COMPLAINT"]]) }),
  PutAccountVdmAttributes: (on) =>
    on.me.client.putAccountVdmAttributes({ VdmAttributes: { VdmEnabled: on.pick(["ENABLED", "DISABLED"]) } }),
  PutConfigurationSetArchivingOptions: (on) =>
    on.me.client.putConfigurationSetArchivingOptions({
      ...set(on),
      ArchiveArn: maybe(on, arnOf(on.pick(on.all), `mailmanager-archive/a-${"0".repeat(30)}`)),
    }),
  PutConfigurationSetDeliveryOptions: (on) =>
    on.me.client.putConfigurationSetDeliveryOptions({ ...set(on), TlsPolicy: on.pick(["REQUIRE", "OPTIONAL"]) }),
  PutConfigurationSetReputationOptions: (on) =>
    on.me.client.putConfigurationSetReputationOptions({ ...set(on), ReputationMetricsEnabled: enabled(on) }),
  PutConfigurationSetSendingOptions: (on) =>
    on.me.client.putConfigurationSetSendingOptions({ ...set(on), SendingEnabled: enabled(on) }),
  PutConfigurationSetSuppressionOptions: (on) =>
    on.me.client.putConfigurationSetSuppressionOptions({ ...set(on), SuppressedReasons: on.pick([[], ["BOUNCE"]]) }),
  PutConfigurationSetTrackingOptions: (on) =>
    on.me.client.putConfigurationSetTrackingOptions({ ...set(on), CustomRedirectDomain: "example.com" }),
  PutConfigurationSetVdmOptions: (on) =>
    on.me.client.putConfigurationSetVdmOptions({
      ...set(on),
      VdmOptions: { DashboardOptions: { EngagementMetrics: on.pick(["ENABLED", "DISABLED"]) } },
    }),
  PutDeliverabilityDashboardOption: (on) =>
    on.me.client.putDeliverabilityDashboardOption({ DashboardEnabled: on.pick([true, false]) }),
  PutDedicatedIpInPool: (on) => on.me.client.putDedicatedIpInPool({ Ip: address(on), DestinationPoolName: name(on) }),
  PutDedicatedIpPoolScalingAttributes: (on) =>
    on.me.client.putDedicatedIpPoolScalingAttributes({ PoolName: name(on), ScalingMode: "STANDARD" }),
  PutDedicatedIpWarmupAttributes: (on) =>
    on.me.client.putDedicatedIpWarmupAttributes({ Ip: address(on), WarmupPercentage: on.pick([0, 50, 100]) }),
  PutEmailIdentityConfigurationSetAttributes: (on) =>
    on.me.client.putEmailIdentityConfigurationSetAttributes({ EmailIdentity: identity(on), ...set(on) }),
  PutEmailIdentityDkimAttributes: (on) =>
    on.me.client.putEmailIdentityDkimAttributes({ EmailIdentity: identity(on), SigningEnabled: enabled(on) }),
  PutEmailIdentityDkimSigningAttributes: (on) =>
    on.me.client.putEmailIdentityDkimSigningAttributes({
      EmailIdentity: identity(on),
      SigningAttributesOrigin: "AWS_SES",
      SigningAttributes: { NextSigningKeyLength: "RSA_1024_BIT" },
    }),
  PutEmailIdentityFeedbackAttributes: (on) =>
    on.me.client.putEmailIdentityFeedbackAttributes({
      EmailIdentity: identity(on),
      EmailForwardingEnabled: enabled(on),
    }),
  PutEmailIdentityMailFromAttributes: (on) =>
    on.me.client.putEmailIdentityMailFromAttributes({ EmailIdentity: identity(on), MailFromDomain: "m.example.com" }),
  PutSuppressedDestination: (on) =>
    on.me.client.putSuppressedDestination({ ...suppressed(on), Reason: on.pick(["BOUNCE", "COMPLAINT"]) }),
  PutTenantSuppressionAttributes: (on) =>
    on.me.client.putTenantSuppressionAttributes({
      TenantName: tenant(on),
      SuppressedReasons: ["BOUNCE"],
      SuppressionScope: on.pick(["TENANT", "ACCOUNT"]),
    }),
  async SendBulkEmail(on) {
    const { TenantName, ConfigurationSetName } = mail(on);
    const sent = await on.me.client.sendBulkEmail({
      FromEmailAddress: "news@example.com",
      DefaultContent: { Template: { ...template(on), TemplateData: '{"name":"x"}' } },
      BulkEmailEntries: [{ Destination: { ToAddresses: [recipient(on)] } }],
      TenantName,
      ConfigurationSetName,
    });
    for (const { MessageId } of sent.BulkEmailEntryResults ?? []) keep(on, "message", MessageId);
    return sent;
  },
  async SendCustomVerificationEmail(on) {
    const EmailAddress = on.pick(["a@example.com", person(on)]);
    const sent = await on.me.client.sendCustomVerificationEmail({
      ...template(on),
      EmailAddress,
      ConfigurationSetName: maybe(on, names.some),
    });
    keep(on, "message", sent.MessageId);
    return sent;
  },
  async SendEmail(on) {
    const sent = await on.me.client.sendEmail(mail(on));
    keep(on, "message", sent.MessageId);
    return sent;
  },
  TagResource: (on) => on.me.client.tagResource({ ResourceArn: listArn(on), Tags: tags(on) }),
  TestRenderEmailTemplate: (on) =>
    on.me.client.testRenderEmailTemplate({ ...template(on), TemplateData: '{"name":"x"}' }),
  UntagResource: (on) => on.me.client.untagResource({ ResourceArn: listArn(on), TagKeys: ["more", "of"] }),
  UpdateConfigurationSet: (on) =>
    on.me.client.updateConfigurationSet({
      ...set(on),
      MessageSecurityOptions: { SigningScheme: on.pick([{ DefaultScheme: {} }, { SmimeScheme: {} }]) },
    }),
  UpdateConfigurationSetEventDestination: (on) =>
    on.me.client.updateConfigurationSetEventDestination({ ...destination(on), EventDestination: definition(on) }),
  UpdateContact: (on) => on.me.client.updateContact({ ...contact(on), ...contactBody(on) }),
  UpdateContactList: (on) =>
    on.me.client.updateContactList({ ...list(on), Description: `new ${on.me.marker}`, Topics: topics }),
  UpdateCustomVerificationEmailTemplate: (on) => on.me.client.updateCustomVerificationEmailTemplate(verification(on)),
  UpdateEmailIdentityPolicy: (on) => on.me.client.updateEmailIdentityPolicy(policy(on)),
  UpdateReputationEntityCustomerManagedStatus: (on) =>
    on.me.client.updateReputationEntityCustomerManagedStatus({
      ...reputation(on),
      SendingStatus: on.pick(["ENABLED", "DISABLED"]),
    }),
  UpdateReputationEntityPolicy: (on) =>
    on.me.client.updateReputationEntityPolicy({
      ...reputation(on),
      ReputationEntityPolicy: `arn:aws:ses:${on.me.region}:aws:reputation-policy/${on.pick(["none", "strict"])}`,
    }),
  UpdateEmailTemplate: (on) => on.me.client.updateEmailTemplate({ ...template(on), TemplateContent: content(on) }),
};

/** Calls of the admin API; a refusal is thrown, as an SDK does. */
async function admin(on: Attempt, method: string, path: string, content?: object): Promise<string> {
  const { status, text } = await on.me.admin(method, path, content);
  if (status >= 400) throw new Error(text);
  return text;
}

const webhookOf = (on: Attempt) => `/admin/webhooks/${idOf(on, "webhook")}`;
const messageOf = (on: Attempt) => `/admin/messages/${encodeURIComponent(idOf(on, "message"))}`;

export const adminCalls: Readonly<Record<string, Call>> = {
  message: (on) => admin(on, "GET", messageOf(on) + on.pick(["", "/content", "/mail?recipient=a%40example.net"])),
  certificates: (on) => admin(on, "GET", "/admin/certificates"),
  archives: (on) => admin(on, "GET", "/admin/archives"),
  search: (on) => admin(on, "GET", `/admin/messages?messageId=${idOf(on, "message")}`),
  cancelImport: (on) => admin(on, "POST", `/admin/import-jobs/${idOf(on, "import")}/cancel`),
  changeWebhook: (on) => admin(on, "PATCH", webhookOf(on), { enabled: enabled(on) }),
  deleteWebhook: (on) => admin(on, "DELETE", on.pick([webhookOf(on), `/admin/webhooks/${randomUUID()}`])),
  rotateWebhook: (on) => admin(on, "POST", `${webhookOf(on)}/rotate-secret`, {}),
  testWebhook: (on) => admin(on, "POST", `${webhookOf(on)}/test`, {}),
  deliveries: (on) => admin(on, "GET", `${webhookOf(on)}/deliveries${on.pick(["", "/1-1"])}`),
  resend: (on) =>
    admin(on, "POST", `${webhookOf(on)}/resend`, {
      from: new Date(Date.now() - day).toISOString(),
      to: new Date(Date.now() + day).toISOString(),
    }),
  notifications: (on) =>
    admin(on, "PUT", `/admin/identities/${identity(on)}/notifications`, {
      notifications: { Bounce: { headers: enabled(on) } },
      feedbackForwarding: true,
    }),
  checkIdentity: (on) => admin(on, "POST", `/admin/identities/${identity(on)}/check`),
  async upload(on) {
    const answer = JSON.parse(await admin(on, "POST", "/admin/uploads", { bucket: "lists", key: `${names.some}.csv` }));
    // Records that fail come back to whoever imports them.
    await fetch(answer.url, {
      method: "PUT",
      body: `${on.me.marker}@example.org,BOUNCE\n${on.me.marker} is no address\n`,
    });
    keep(on, "file", answer.s3Url);
    return answer.s3Url;
  },
};

/** Everything that a scope does. */
export const attempts: readonly Call[] = [...Object.values(operationCalls), ...Object.values(adminCalls)];

/** Every ID that scopes other than this one have. */
export function foreignIds(me: Actor, all: readonly Actor[]): string[] {
  const kinds = idKinds.filter((kind) => kind !== "file" && kind !== "token");
  const own = new Set(kinds.flatMap((kind) => me.ids[kind]));
  return all.flatMap(({ ids }) => kinds.flatMap((kind) => ids[kind])).filter((id) => !own.has(id));
}
