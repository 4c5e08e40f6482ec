import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Method, refusal as refusalOf } from "./support/http-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

/** What each written operation answers to input that it can't use. */
let server: InProcessServer;

beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_EXPORT_WORKERS: "0" } });
});
afterAll(() => server.close());

const refusal = (method: Method, url: string, body?: unknown) => refusalOf(server.app, method, url, { body });

const mail = (changes: object = {}) => ({
  FromEmailAddress: "sender@example.com",
  Destination: { ToAddresses: ["user@example.com"] },
  Content: { Simple: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } } },
  ...changes,
});
const messagesJob = (changes: object = {}) => ({
  ExportDataSource: { MessageInsightsDataSource: { StartDate: 1, EndDate: 2, ...changes } },
  ExportDestination: { DataFormat: "CSV" },
});

/** One violation of the model's constraints, in SES's words. */
const violated = (path: string, text: string) =>
  `1 validation error detected: Value at '${path}' failed to satisfy constraint: ${text}`;
const notNull = "Member must not be null";
const enabledSet = "Member must satisfy enum value set: [ENABLED, DISABLED]";
const noJob = "00000000-0000-4000-8000-000000000000";

describe("bad input", () => {
  it.each<[operation: string, route: [Method, path: string], body: unknown, message: string | null | undefined]>([
    ["CancelExportJob", ["PUT", "/v2/email/export-jobs/none/cancel"], undefined, "Invalid JobId"],
    ["CancelExportJob", ["PUT", `/v2/email/export-jobs/${noJob}/cancel`], undefined, "Invalid JobId"],
    ["CancelExportJob", ["PUT", "/v2/email/export-jobs/%00/cancel"], undefined, "Invalid JobId"],
    ["GetExportJob", ["GET", "/v2/email/export-jobs/none"], undefined, "Invalid JobId"],
    ["GetExportJob", ["GET", `/v2/email/export-jobs/${noJob}`], undefined, "Invalid JobId"],
    ["CreateConfigurationSet", ["POST", "/v2/email/configuration-sets"], {}, violated("configurationSetName", notNull)],
    [
      "CreateConfigurationSet",
      ["POST", "/v2/email/configuration-sets"],
      { ConfigurationSetName: "" },
      "The configuration set name must be specified.",
    ],
    [
      "CreateConfigurationSet",
      ["POST", "/v2/email/configuration-sets"],
      { ConfigurationSetName: "a".repeat(65) },
      "Configuration set name cannot exceed 64 characters.",
    ],
    [
      "CreateConfigurationSet",
      ["POST", "/v2/email/configuration-sets"],
      { ConfigurationSetName: "a\u0000" },
      "Invalid configuration set name <a\u0000>: only alphanumeric ASCII characters, '_', and '-' are allowed.",
    ],
    ["CreateEmailIdentity", ["POST", "/v2/email/identities"], {}, violated("emailIdentity", notNull)],
    ["CreateEmailIdentity", ["POST", "/v2/email/identities"], { EmailIdentity: "a" }, "Invalid domain name <a>."],
    ["CreateEmailIdentity", ["POST", "/v2/email/identities"], { EmailIdentity: "@" }, "Invalid email address <@>."],
    ["CreateExportJob", ["POST", "/v2/email/export-jobs"], {}, "One data source must be provided"],
    ["CreateExportJob", ["POST", "/v2/email/export-jobs"], messagesJob({ StartDate: 2 }), "Invalid date range"],
    [
      "ListConfigurationSets",
      ["POST", "/v2/email/list-configuration-sets"],
      { PageSize: 0 },
      "The page size must be between 1 and 1000",
    ],
    [
      "ListConfigurationSets",
      ["POST", "/v2/email/list-configuration-sets"],
      { NextToken: "\0" },
      "invalid nextToken <\u0000>",
    ],
    [
      "ListEmailIdentities",
      ["POST", "/v2/email/list-identities"],
      { PageSize: 1001 },
      "Value 1001 for parameter PageSize is invalid. PageSize must be between 1 and 1000.",
    ],
    ["ListEmailIdentities", ["POST", "/v2/email/list-identities"], { NextToken: "x" }, "Invalid NextToken <x>."],
    ["ListExportJobs", ["POST", "/v2/email/list-export-jobs"], { PageSize: 0 }, "PageSize must be between 1 and 100"],
    ["ListExportJobs", ["POST", "/v2/email/list-export-jobs"], { PageSize: 101 }, "PageSize must be between 1 and 100"],
    ["ListExportJobs", ["POST", "/v2/email/list-export-jobs"], { NextToken: "x" }, "Failed to deserialize token. "],
    ["ListExportJobs", ["POST", "/v2/email/list-export-jobs"], { NextToken: "" }, "Failed to deserialize token. "],
    [
      "ListExportJobs",
      ["POST", "/v2/email/list-export-jobs"],
      { JobStatus: "DONE" },
      violated("jobStatus", "Member must satisfy enum value set: [CREATED, PROCESSING, COMPLETED, FAILED, CANCELLED]"),
    ],
    ["PutAccountVdmAttributes", ["PUT", "/v2/email/account/vdm"], {}, violated("vdmAttributes", notNull)],
    [
      "PutAccountVdmAttributes",
      ["PUT", "/v2/email/account/vdm"],
      { VdmAttributes: { VdmEnabled: "enabled" } },
      violated("vdmAttributes.vdmEnabled", enabledSet),
    ],
    [
      "PutConfigurationSetVdmOptions",
      ["PUT", "/v2/email/configuration-sets/a/vdm-options"],
      { VdmOptions: { DashboardOptions: { EngagementMetrics: "" } } },
      violated("vdmOptions.dashboardOptions.engagementMetrics", enabledSet),
    ],
    ["SendEmail", ["POST", "/v2/email/outbound-emails"], {}, violated("content", notNull)],
    [
      "SendEmail",
      ["POST", "/v2/email/outbound-emails"],
      mail({ TenantName: "" }),
      violated("tenantName", "Member must have length greater than or equal to 1"),
    ],
    ["SendEmail", ["POST", "/v2/email/outbound-emails"], mail({ FromEmailAddress: "" }), null],
  ])("%s: %j %j", async (_operation, [method, path], body, message) => {
    expect(await refusal(method, path, body)).toEqual([400, "BadRequestException", message]);
  });

  it.each<[operation: string, route: [Method, path: string], body: unknown, message: string]>([
    [
      "DeleteConfigurationSet",
      ["DELETE", "/v2/email/configuration-sets/none"],
      undefined,
      "Configuration set <none> does not exist.",
    ],
    ["DeleteEmailIdentity", ["DELETE", "/v2/email/identities/none"], undefined, "Email identity none does not exist."],
    [
      "GetConfigurationSet",
      ["GET", "/v2/email/configuration-sets/none"],
      undefined,
      "Configuration set <none> does not exist.",
    ],
    ["GetEmailIdentity", ["GET", "/v2/email/identities/%00"], undefined, "Email identity \u0000 does not exist."],
    [
      "GetMessageInsights",
      ["GET", "/v2/email/insights/%00/"],
      undefined,
      "Message <\u0000> not found for account <000000000000>",
    ],
    [
      "PutConfigurationSetSendingOptions",
      ["PUT", "/v2/email/configuration-sets/none/sending"],
      {},
      "Configuration set <none> does not exist.",
    ],
    [
      "PutConfigurationSetVdmOptions",
      ["PUT", "/v2/email/configuration-sets/none/vdm-options"],
      {},
      "Configuration set <none> does not exist.",
    ],
    [
      "SendEmail",
      ["POST", "/v2/email/outbound-emails"],
      mail({ ConfigurationSetName: "none" }),
      "Configuration set <none> does not exist.",
    ],
  ])("%s: %j is not found", async (_operation, [method, path], body, message) => {
    expect(await refusal(method, path, body)).toEqual([404, "NotFoundException", message]);
  });

  it.each<[operation: string, route: [Method, path: string], body: unknown, message: string]>([
    [
      "PutAccountSendingAttributes",
      ["PUT", "/v2/email/account/sending"],
      { SendingEnabled: "maybe" },
      "STRING_VALUE can not be converted to an Boolean",
    ],
    [
      "PutAccountSendingAttributes",
      ["PUT", "/v2/email/account/sending"],
      { SendingEnabled: 1 },
      "NUMBER_VALUE can not be converted to a Boolean",
    ],
    [
      "ListConfigurationSets",
      ["POST", "/v2/email/list-configuration-sets"],
      { PageSize: 1.5 },
      "NUMBER_VALUE can not be converted to an Integer",
    ],
    [
      "ListEmailIdentities",
      ["POST", "/v2/email/list-identities"],
      { PageSize: 99999999999 },
      "NUMBER_VALUE can not be converted to an Integer",
    ],
  ])("%s: %j %j can't be read", async (_operation, [method, path], body, message) => {
    expect(await refusal(method, path, body)).toEqual([400, "SerializationException", message]);
  });

  it("has logged no unexpected error", () => expect(server.logged).toEqual([]));
});
