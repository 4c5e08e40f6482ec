/**
 * Every text, list and map of every implemented operation is bounded, and a NUL or half a surrogate pair in any text is
 * the client's error. Each is tried alone, in an input that is otherwise good.
 */
import type { NormalizedSchema } from "@smithy/core/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operationNamed } from "../src/contract/operations.ts";
import { type WrittenOperation, writtenOperations } from "../src/operations/written.ts";
import { ask } from "./support/http-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

let server: InProcessServer;

beforeAll(async () => {
  server = await startInProcess({
    environment: {
      MAILGLASS_CONTACT_LISTS: "10",
      MAILGLASS_EXPORT_WORKERS: "0",
      MAILGLASS_EXPORT_BUCKETS: "given",
      MAILGLASS_IMPORT_BUCKETS: "given",
    },
  });
  await server.recorder.stop();
});
afterAll(() => server.close());

/** Inputs with all members that are texts, lists or maps of them. */
const topic = { TopicName: "sports", DisplayName: "Sports", Description: "d", DefaultSubscriptionStatus: "OPT_IN" };
const tag = { Key: "key", Value: "value" };
const keptArn = "arn:aws:ses:us-east-1:000000000000:configuration-set/kept";
const messageTag = { Name: "name", Value: "value" };
const attachment = {
  RawContent: "YWJj",
  FileName: "a.txt",
  ContentType: "text/plain",
  ContentId: "id",
  ContentDescription: "d",
};
const header = { Name: "X-Own", Value: "value" };
const content = { Subject: "s", Text: "t", Html: "<p>h" };
const sender = {
  FromEmailAddress: "sender@example.com",
  FromEmailAddressIdentityArn: "arn:aws:ses:us-east-1:000000000000:identity/example.com",
  ReplyToAddresses: ["reply@example.com"],
  FeedbackForwardingEmailAddress: "bounces@example.com",
  FeedbackForwardingEmailAddressIdentityArn: "arn:aws:ses:us-east-1:000000000000:identity/example.com",
  ConfigurationSetName: "kept",
  TenantName: "tenant",
};
const destination = {
  ToAddresses: ["to@example.com"],
  CcAddresses: ["cc@example.com"],
  BccAddresses: ["b@example.com"],
};
const filters = {
  FromEmailAddress: ["*@example.com"],
  Destination: ["user@*"],
  Subject: ["*"],
  Isp: ["Gmail"],
  TenantName: ["t"],
};
const contact = {
  ContactListName: "kept",
  EmailAddress: "kept@example.com",
  TopicPreferences: [{ TopicName: "sports", SubscriptionStatus: "OPT_IN" }],
  AttributesData: "{}",
};
const list = { ContactListName: "kept", Topics: [topic], Description: "d" };
const dimensions = {
  EMAIL_IDENTITY: "example.com",
  CONFIGURATION_SET: "kept",
  ISP: "Gmail",
};
const entity = {
  ReputationEntityType: "RESOURCE",
  ReputationEntityReference: "arn:aws:ses:us-east-1:000000000000:tenant/none/tn-0",
};
const template = { TenantName: "tenant", ResourceArn: "arn:aws:ses:us-east-1:000000000000:template/kept" };
const set = { ConfigurationSetName: "kept" };
const identity = { EmailIdentity: "example.com" };
const policy = JSON.stringify({
  Statement: { Effect: "Deny", Principal: "*", Action: "ses:SendBulkTemplatedEmail", Resource: "*" },
});
const dimension = { DimensionName: "kind", DimensionValueSource: "MESSAGE_TAG", DefaultDimensionValue: "none" };
const eventDestinations = [
  { SnsDestination: { TopicArn: "arn:aws:sns:us-east-1:000000000000:topic" } },
  { EventBridgeDestination: { EventBusArn: "arn:aws:events:us-east-1:000000000000:event-bus/default" } },
  {
    KinesisFirehoseDestination: {
      IamRoleArn: "arn:aws:iam::000000000000:role/ses",
      DeliveryStreamArn: "arn:aws:firehose:us-east-1:000000000000:deliverystream/mail",
    },
  },
  { CloudWatchDestination: { DimensionConfigurations: [dimension] } },
  { PinpointDestination: { ApplicationArn: "arn:aws:mobiletargeting:us-east-1:000000000000:apps/abc" } },
].map((target, index) => ({
  ...set,
  EventDestinationName: `to-${index}`,
  EventDestination: { Enabled: true, MatchingEventTypes: ["SEND", "BOUNCE"], ...target },
}));

const verification = {
  TemplateName: "kept",
  FromEmailAddress: "sender@example.com",
  TemplateSubject: "s",
  TemplateContent: "<p>h",
  SuccessRedirectionURL: "https://example.com/yes",
  FailureRedirectionURL: "https://example.com/no",
};
const endpoint = { EndpointName: "none" };
const certificate = { ...identity, FromAddress: "a@example.com" };
const days = { StartDate: "2026-11-01T00:00:00Z", EndDate: "2026-11-02T00:00:00Z" };

const inputs: Record<WrittenOperation, readonly object[]> = {
  AssociateEmailIdentityCertificate: [
    { ...certificate, CertificateArn: "arn:aws:acm:us-east-1:000000000000:certificate/none" },
  ],
  BatchGetMetricData: [
    { Queries: [{ Id: "a", Namespace: "VDM", Metric: "SEND", StartDate: 0, EndDate: 86_400, Dimensions: dimensions }] },
  ],
  CancelExportJob: [{ JobId: "id" }],
  CreateConfigurationSet: [
    {
      ConfigurationSetName: "made",
      TrackingOptions: { CustomRedirectDomain: "click.example.com" },
      Tags: [tag],
      SuppressionOptions: { SuppressedReasons: ["BOUNCE"] },
    },
    { ConfigurationSetName: "made", DeliveryOptions: { SendingPoolName: "pool" } },
  ],
  CreateConfigurationSetEventDestination: [...eventDestinations],
  CreateContact: [{ ...contact, EmailAddress: "made@example.com" }],
  CreateContactList: [{ ...list, ContactListName: "made", Tags: [tag] }],
  CreateDeliverabilityTestReport: [
    {
      ReportName: "made",
      FromEmailAddress: "a@example.com",
      Content: { Simple: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } } },
      Tags: [tag],
    },
  ],
  CreateCustomVerificationEmailTemplate: [{ ...verification, TemplateName: "made", Tags: [tag] }],
  CreateDedicatedIpPool: [{ PoolName: "made", ScalingMode: "STANDARD", Tags: [tag] }],
  CreateEmailIdentityPolicy: [{ ...identity, PolicyName: "made", Policy: policy }],
  CreateEmailIdentity: [
    { EmailIdentity: "made.example.com", Tags: [tag], ConfigurationSetName: "kept" },
    {
      EmailIdentity: "other.example.com",
      DkimSigningAttributes: { DomainSigningSelector: "s", DomainSigningPrivateKey: "YWJj" },
    },
  ],
  CreateEmailTemplate: [{ TemplateName: "made", TemplateContent: content, Tags: [tag] }],
  CreateExportJob: [
    {
      ExportDataSource: {
        MessageInsightsDataSource: { StartDate: 1, EndDate: 2, Include: filters, Exclude: filters },
      },
      ExportDestination: { DataFormat: "CSV", S3Url: "s3://given/a" },
    },
    {
      ExportDataSource: {
        MetricsDataSource: {
          Dimensions: { ISP: ["*"], EMAIL_IDENTITY: ["example.com"], CONFIGURATION_SET: ["kept"] },
          Namespace: "VDM",
          Metrics: [{ Name: "SEND", Aggregation: "VOLUME" }],
          StartDate: 0,
          EndDate: 86_400,
        },
      },
      ExportDestination: { DataFormat: "JSON" },
    },
  ],
  CreateImportJob: [
    {
      ImportDestination: { ContactListDestination: { ContactListName: "kept", ContactListImportAction: "PUT" } },
      ImportDataSource: { S3Url: "s3://given/a.csv", DataFormat: "CSV" },
    },
  ],
  CreateMultiRegionEndpoint: [{ ...endpoint, Details: { RoutesDetails: [{ Region: "eu-west-1" }] }, Tags: [tag] }],
  CreateTenant: [
    {
      TenantName: "made",
      Tags: [tag],
      SuppressionAttributes: { SuppressedReasons: ["BOUNCE"], SuppressionScope: "TENANT" },
    },
  ],
  CreateTenantResourceAssociation: [template],
  DeleteConfigurationSet: [{ ConfigurationSetName: "none" }],
  DeleteConfigurationSetEventDestination: [{ ...set, EventDestinationName: "none" }],
  DeleteContact: [{ ContactListName: "none", EmailAddress: "none@example.com" }],
  DeleteContactList: [{ ContactListName: "none" }],
  DeleteCustomVerificationEmailTemplate: [{ TemplateName: "none" }],
  DeleteDedicatedIpPool: [{ PoolName: "pool" }],
  DeleteEmailIdentityPolicy: [{ ...identity, PolicyName: "none" }],
  DeleteEmailIdentity: [{ EmailIdentity: "none.example.com" }],
  DeleteEmailTemplate: [{ TemplateName: "none" }],
  DeleteMultiRegionEndpoint: [endpoint],
  DeleteSuppressedDestination: [{ EmailAddress: "none@example.com", TenantName: "tenant" }],
  DeleteTenant: [{ TenantName: "none" }],
  DeleteTenantResourceAssociation: [{ ...template, TenantName: "none" }],
  DisassociateEmailIdentityCertificate: [certificate],
  GetAccount: [{}],
  GetBlacklistReports: [{ BlacklistItemNames: ["192.0.2.1"] }],
  GetConfigurationSet: [set],
  GetConfigurationSetEventDestinations: [set],
  GetContact: [{ ContactListName: "kept", EmailAddress: "kept@example.com" }],
  GetContactList: [{ ContactListName: "kept" }],
  GetDeliverabilityDashboardOptions: [{}],
  GetDeliverabilityTestReport: [{ ReportId: "id" }],
  GetDomainDeliverabilityCampaign: [{ CampaignId: "id" }],
  GetDomainStatisticsReport: [{ Domain: "example.com", ...days }],
  GetEmailAddressInsights: [{ EmailAddress: "user@localhost" }],
  GetCustomVerificationEmailTemplate: [{ TemplateName: "kept" }],
  GetDedicatedIp: [{ Ip: "192.0.2.1" }],
  GetDedicatedIpPool: [{ PoolName: "pool" }],
  GetDedicatedIps: [{ PoolName: "pool", NextToken: "token" }],
  GetEmailIdentity: [identity],
  GetEmailIdentityPolicies: [identity],
  GetEmailTemplate: [{ TemplateName: "kept" }],
  GetExportJob: [{ JobId: "id" }],
  GetImportJob: [{ JobId: "id" }],
  GetMessageInsights: [{ MessageId: "id" }],
  GetMultiRegionEndpoint: [endpoint],
  GetReputationEntity: [entity],
  GetSuppressedDestination: [{ EmailAddress: "none@example.com", TenantName: "tenant" }],
  GetTenant: [{ TenantName: "tenant" }],
  ListConfigurationSets: [{ Filter: { CONFIGURATION_SET_NAME_CONTAINS: "kept" } }, { NextToken: "t" }],
  ListContactLists: [{ NextToken: "t" }],
  ListContacts: [
    { ContactListName: "kept", Filter: { FilteredStatus: "OPT_IN", TopicFilter: { TopicName: "sports" } } },
    { ContactListName: "kept", NextToken: "t" },
  ],
  ListDeliverabilityTestReports: [{ NextToken: "t" }],
  ListDomainDeliverabilityCampaigns: [
    { SubscribedDomain: "example.com", ...days },
    { SubscribedDomain: "example.com", ...days, NextToken: "t" },
  ],
  ListCustomVerificationEmailTemplates: [{ NextToken: "t" }],
  ListDedicatedIpPools: [{ NextToken: "token" }],
  ListEmailIdentities: [
    { Filter: { IDENTITY_NAME_CONTAINS: "example", IDENTITY_TYPE: "DOMAIN", VERIFICATION_STATUS: "SUCCESS" } },
    { NextToken: "t" },
  ],
  ListEmailIdentityCertificates: [identity, { ...identity, NextToken: "t" }],
  ListEmailTemplates: [{ NextToken: "t" }],
  ListExportJobs: [{ NextToken: "t" }],
  ListImportJobs: [{ NextToken: "t" }],
  ListMultiRegionEndpoints: [{ NextToken: "dG9rZW4=" }],
  ListRecommendations: [
    { Filter: { STATUS: "OPEN", IMPACT: "HIGH" } },
    { Filter: { STATUS: "FIXED", TYPE: "DKIM" } },
    { Filter: { RESOURCE_ARN: "arn:aws:ses:us-east-1:000000000000:identity/example.com" } },
    { NextToken: "t" },
  ],
  ListReputationEntities: [
    {
      Filter: {
        ENTITY_TYPE: "RESOURCE",
        REPUTATION_IMPACT: "LOW",
        SENDING_STATUS: "ENABLED",
        ENTITY_REFERENCE_PREFIX: "arn:aws:ses:us-east-1:000000000000:tenant/t",
      },
    },
    { NextToken: "t" },
  ],
  ListResourceTenants: [
    { ResourceArn: "arn:aws:ses:us-east-1:000000000000:identity/example.com" },
    { ResourceArn: "arn:aws:ses:us-east-1:000000000000:identity/example.com", NextToken: "t" },
  ],
  ListSuppressedDestinations: [{ Reasons: ["BOUNCE"], TenantName: "tenant" }, { NextToken: "t" }],
  ListTagsForResource: [{ ResourceArn: keptArn }],
  ListTenantResources: [
    { TenantName: "tenant", Filter: { RESOURCE_TYPE: "identity" } },
    { TenantName: "tenant", NextToken: "t" },
  ],
  ListTenants: [{ Filter: { TENANT_NAME_CONTAINS: "ten", SENDING_STATUS: "ENABLED" } }, { NextToken: "t" }],
  PutAccountDetails: [
    {
      MailType: "MARKETING",
      WebsiteURL: "https://example.com",
      ContactLanguage: "EN",
      UseCaseDescription: "u",
      AdditionalContactEmailAddresses: ["a@example.com"],
    },
  ],
  PutAccountPricingAttributes: [{ Plan: "NONE" }],
  PutAccountSendingAttributes: [{ SendingEnabled: true }],
  PutAccountDedicatedIpWarmupAttributes: [{ AutoWarmupEnabled: true }],
  PutAccountSuppressionAttributes: [{ SuppressedReasons: ["BOUNCE"] }],
  PutAccountVdmAttributes: [{ VdmAttributes: { VdmEnabled: "ENABLED" } }],
  PutConfigurationSetArchivingOptions: [
    { ...set, ArchiveArn: `arn:aws:ses:us-east-1:000000000000:mailmanager-archive/a-${"0".repeat(30)}` },
  ],
  PutConfigurationSetDeliveryOptions: [{ ...set, SendingPoolName: "pool" }],
  PutConfigurationSetReputationOptions: [{ ...set, ReputationMetricsEnabled: true }],
  PutConfigurationSetSendingOptions: [{ ...set, SendingEnabled: true }],
  PutConfigurationSetSuppressionOptions: [{ ...set, SuppressedReasons: ["BOUNCE"] }],
  PutConfigurationSetTrackingOptions: [{ ...set, CustomRedirectDomain: "click.example.com" }],
  PutConfigurationSetVdmOptions: [{ ...set, VdmOptions: {} }],
  PutDeliverabilityDashboardOption: [
    {
      DashboardEnabled: true,
      SubscribedDomains: [
        { Domain: "example.com", InboxPlacementTrackingOption: { Global: true, TrackedIsps: ["isp"] } },
      ],
    },
  ],
  PutDedicatedIpInPool: [{ Ip: "192.0.2.1", DestinationPoolName: "pool" }],
  PutDedicatedIpPoolScalingAttributes: [{ PoolName: "pool", ScalingMode: "STANDARD" }],
  PutDedicatedIpWarmupAttributes: [{ Ip: "192.0.2.1", WarmupPercentage: 1 }],
  PutEmailIdentityConfigurationSetAttributes: [{ ...identity, ConfigurationSetName: "kept" }],
  PutEmailIdentityDkimAttributes: [{ ...identity, SigningEnabled: true }],
  PutEmailIdentityDkimSigningAttributes: [
    {
      ...identity,
      SigningAttributesOrigin: "EXTERNAL",
      SigningAttributes: { DomainSigningSelector: "s", DomainSigningPrivateKey: "YWJj" },
    },
  ],
  PutEmailIdentityFeedbackAttributes: [{ ...identity, EmailForwardingEnabled: true }],
  PutEmailIdentityMailFromAttributes: [{ ...identity, MailFromDomain: "bounce.example.com" }],
  PutSuppressedDestination: [{ EmailAddress: "a@example.com", Reason: "BOUNCE", TenantName: "tenant" }],
  PutTenantSuppressionAttributes: [
    { TenantName: "tenant", SuppressedReasons: ["BOUNCE"], SuppressionScope: "ACCOUNT" },
  ],
  SendBulkEmail: [
    {
      ...sender,
      DefaultEmailTags: [messageTag],
      DefaultContent: {
        Template: { TemplateContent: content, TemplateData: "{}", Headers: [header], Attachments: [attachment] },
      },
      BulkEmailEntries: [
        {
          Destination: destination,
          ReplacementTags: [messageTag],
          ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: "{}" } },
          ReplacementHeaders: [header],
        },
      ],
    },
  ],
  SendCustomVerificationEmail: [
    { EmailAddress: "somebody@example.org", TemplateName: "kept", ConfigurationSetName: "kept" },
  ],
  SendEmail: [
    { ...sender, EndpointId: "none", Destination: destination, Content: { Raw: { Data: "YWJj" } } },
    {
      ...sender,
      Destination: destination,
      EmailTags: [messageTag],
      ListManagementOptions: { ContactListName: "kept", TopicName: "sports" },
      Content: {
        Simple: {
          Subject: { Data: "s", Charset: "UTF-8" },
          Body: { Text: { Data: "t", Charset: "UTF-8" }, Html: { Data: "h", Charset: "UTF-8" } },
          Headers: [header],
          Attachments: [attachment],
        },
      },
    },
    {
      FromEmailAddress: "sender@example.com",
      Destination: destination,
      Content: { Template: { TemplateName: "kept", TemplateData: "{}" } },
    },
    {
      FromEmailAddress: "sender@example.com",
      Destination: destination,
      Content: { Template: { TemplateArn: "arn:aws:ses:us-east-1:000000000000:template/kept", TemplateData: "{}" } },
    },
  ],
  TagResource: [{ ResourceArn: keptArn, Tags: [tag] }],
  TestRenderEmailTemplate: [{ TemplateName: "kept", TemplateData: "{}" }],
  UntagResource: [{ ResourceArn: keptArn, TagKeys: ["key"] }],
  UpdateConfigurationSet: [
    { ...set, MessageSecurityOptions: { SigningScheme: { SmimeScheme: { SignatureFormat: "DETACHED" } } } },
  ],
  UpdateConfigurationSetEventDestination: [...eventDestinations],
  UpdateContact: [contact],
  UpdateContactList: [list],
  UpdateCustomVerificationEmailTemplate: [verification],
  UpdateEmailIdentityPolicy: [{ ...identity, PolicyName: "made", Policy: policy }],
  UpdateEmailTemplate: [{ TemplateName: "kept", TemplateContent: content }],
  UpdateReputationEntityCustomerManagedStatus: [{ ...entity, SendingStatus: "DISABLED" }],
  UpdateReputationEntityPolicy: [
    { ...entity, ReputationEntityPolicy: "arn:aws:ses:us-east-1:aws:reputation-policy/strict" },
  ],
};

beforeAll(async () => {
  const made: [path: string, body: object][] = [
    ["/configuration-sets", set],
    ["/identities", identity],
    ["/contact-lists", { ...list }],
    ["/contact-lists/kept/contacts", { EmailAddress: "kept@example.com" }],
    ["/templates", { TemplateName: "kept", TemplateContent: content }],
    ["/custom-verification-email-templates", verification],
    ["/tenants", { TenantName: "tenant" }],
    ...["identity/example.com", "configuration-set/kept"].map((name): [string, object] => [
      "/tenants/resources",
      { TenantName: "tenant", ResourceArn: `arn:aws:ses:us-east-1:000000000000:${name}` },
    ]),
  ];
  for (const [path, body] of made) {
    expect((await ask(server.app, "POST", `/v2/email${path}`, { body })).statusCode).toBe(200);
  }
});

/** What the inputs name or need that does not exist here, or does already. */
const doesNotExist =
  /not found|Could not find|does not exist|doesn't exist|already exist|can't be created|Invalid JobId|token|Token|private key|No blocklists are configured|only AWS has|seed mailboxes|is capture/;

type Way = readonly (string | number)[];

/** The ways to all texts, lists and maps in a value. */
function* ways(value: unknown, way: Way = []): Generator<{ way: Way; value: unknown }> {
  if (way.length > 0 && (typeof value === "string" || Array.isArray(value))) yield { way, value };
  if (typeof value !== "object" || value === null) return;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [name, member] of entries) yield* ways(member, [...way, name]);
}

function put(value: unknown, [name, ...rest]: Way, by: unknown): unknown {
  if (name === undefined) return by;
  if (Array.isArray(value)) return value.map((one, index) => (index === name ? put(one, rest, by) : one));
  return { ...Object(value), [name]: put(Object(value)[name], rest, by) };
}

/** The input with what is at a place replaced. */
const replaced = (input: object, way: Way, by: unknown): object => Object(put(input, way, by));

/** Whether a text is base64 (a blob) or has a set of values: then no other text is one. */
function isFreeText(schema: NormalizedSchema, way: Way): boolean {
  let at = schema;
  for (const step of way) {
    at = typeof step === "string" && at.isStructSchema() ? at.getMemberSchema(step) : at.getValueSchema();
  }
  return at.isStringSchema();
}

function requestOf(name: WrittenOperation, input: object) {
  const { method, path, members } = operationNamed(name);
  const given = new Map(Object.entries(input));
  const query = new URLSearchParams();
  const body: Record<string, unknown> = {};
  let url = path;
  for (const { name: member, location, wireName } of members) {
    const value = given.get(member);
    if (location === "label")
      url = url.replace(`{${member}}`, encodeURIComponent(String(value ?? "none").toWellFormed()));
    else if (value === undefined) continue;
    else if (location === "body") body[member] = value;
    else for (const one of [value].flat()) query.append(wireName, String(one));
  }
  const hasBody = members.some(({ location }) => location === "body");
  return { method, url: `${url}${query.size > 0 ? `?${query}` : ""}`, body: hasBody ? body : undefined };
}

async function answerOf(name: WrittenOperation, input: object) {
  const { method, url, body } = requestOf(name, input);
  const answer = await ask(server.app, method, url, { body });
  const { BulkEmailEntryResults: [entry] = [{}] } = answer.json();
  if (answer.statusCode !== 200) expect(answer.headers["x-amzn-errortype"]).toMatch(/Exception$/);
  return { status: answer.statusCode, text: answer.body.slice(0, 400), entry };
}

/** Texts that may have any character: of mail, and those that lists are searched for. */
const anyCharacter =
  /^(?:Content\.Simple\.(?:Subject|Body\.\w+)\.Data|Filter\.(?:\w+_NAME_CONTAINS|ENTITY_REFERENCE_PREFIX|RESOURCE_ARN))$/;
/** Texts as long as a request may be. */
const anyLength = /^(?:Content\.Simple\.Body\.\w+\.Data|TemplateContent)$/;
/** Members in a path or query, which can't be as long as a body. */
const isInUrl = (name: WrittenOperation, [first]: Way) =>
  operationNamed(name).members.some((member) => member.name === first && member.location !== "body");

describe.each(writtenOperations)("%s", (name) => {
  const schema = operationNamed(name).input;
  const places = inputs[name].flatMap((input) =>
    [...ways(input)].map(({ way, value }) => ({ input, way, value, place: way.join(".") })),
  );

  it("refuses a NUL in any text, and fails because of no character", async () => {
    const texts = places.filter(({ way, value }) => typeof value === "string" && isFreeText(schema, way));
    for (const { input, way, place } of texts) {
      for (const bad of ["a\0b", "a\ud800"]) {
        const { status, entry, text } = await answerOf(name, replaced(input, way, bad));
        const told = `${place} ${JSON.stringify(bad)}: ${text}`;
        if (anyCharacter.test(place) || !bad.includes("\0")) expect([200, 400, 404], told).toContain(status);
        else if (status === 200) expect(entry?.Status, told).toBe("INVALID_PARAMETER");
        else expect([400, 404], told).toContain(status);
      }
    }
  });

  it("bounds every text and list", async () => {
    for (const { input, way, value, place } of places) {
      if (anyLength.test(place) || isInUrl(name, way)) continue;
      const bad = Array.isArray(value) ? Array(20_000).fill(value[0]) : `a${"b".repeat(1_100_000)}`;
      const { status, entry, text } = await answerOf(name, replaced(input, way, bad));
      const told = `${place}: ${text}`;
      if (status === 200) expect(entry?.Status, told).toBe("INVALID_PARAMETER");
      else expect([400, 404], told).toContain(status);
    }
  });

  // Last, because what exists is told before what is wrong.
  it("is given inputs that it takes, or refuses only because of what exists and what does not", async () => {
    for (const input of inputs[name]) {
      const { status, text, entry } = await answerOf(name, input);
      if (status !== 200) expect(text).toMatch(doesNotExist);
      if (entry?.Status !== undefined) expect(entry).toMatchObject({ Status: "SUCCESS" });
    }
  });
});

it("logs no unexpected error", () => {
  expect(server.logged).toEqual([]);
});
