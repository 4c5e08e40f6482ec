import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "../../test/support/runs.ts";
import { patternSamples } from "../../test/support/valid-values.ts";
import { checkConstraints, concerning, refuse, violations } from "./constraints.ts";
import { decode } from "./decode.ts";
import { ServiceError } from "./errors/service-error.ts";
import { fullMatch } from "./patterns.ts";
import type { OperationName } from "./types.ts";

function read<Name extends OperationName>(name: Name, body: object, labels: Record<string, string> = {}) {
  return decode(name, { labels, query: "", body: JSON.stringify(body) });
}

/** The text of the BadRequestException that the check throws. */
function refusal(name: OperationName, body: object, labels?: Record<string, string>): string | undefined {
  try {
    checkConstraints(name, read(name, body, labels));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    expect(error).toMatchObject({ code: "BadRequestException", status: 400 });
    return error.text;
  }
  throw new Error(`${name} passed the check`);
}

const one = "1 validation error detected: ";
const query = { Id: "a", Namespace: "VDM", Metric: "SEND", StartDate: 0, EndDate: 86_400 };
const metrics =
  "[DELIVERY_COMPLAINT, CLICK, SEND, OPEN, COMPLAINT, DELIVERY, DELIVERY_OPEN, PERMANENT_BOUNCE, DELIVERY_CLICK, TRANSIENT_BOUNCE]";

describe("the wordings", () => {
  test.each<[string, OperationName, object, string]>([
    [
      "a required member that is missing",
      "SendEmail",
      {},
      `${one}Value at 'content' failed to satisfy constraint: Member must not be null`,
    ],
    [
      "required members of a structure that is there",
      "SendEmail",
      { Content: { Simple: {} } },
      "2 validation errors detected: Value at 'content.simple.subject' failed to satisfy constraint: Member must not be null; Value at 'content.simple.body' failed to satisfy constraint: Member must not be null",
    ],
    [
      "an enum",
      "CreateExportJob",
      { ExportDataSource: {}, ExportDestination: { DataFormat: "XML" } },
      `${one}Value at 'exportDestination.dataFormat' failed to satisfy constraint: Member must satisfy enum value set: [CSV, JSON]`,
    ],
    [
      "a list that is too long",
      "BatchGetMetricData",
      { Queries: Array(11).fill(query) },
      `${one}Value at 'queries' failed to satisfy constraint: Member must have length less than or equal to 10`,
    ],
    [
      "an empty list",
      "BatchGetMetricData",
      { Queries: [] },
      `${one}Value at 'queries' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    ],
    [
      "an element's members: metric, namespace, id, and the metrics in SES's order",
      "BatchGetMetricData",
      { Queries: [query, { ...query, Id: "", Namespace: "X", Metric: "X" }] },
      `3 validation errors detected: Value at 'queries.2.member.metric' failed to satisfy constraint: Member must satisfy enum value set: ${metrics}; ` +
        "Value at 'queries.2.member.namespace' failed to satisfy constraint: Member must satisfy enum value set: [VDM]; " +
        "Value at 'queries.2.member.id' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      "a list of simple values",
      "PutTenantSuppressionAttributes",
      { TenantName: "t", SuppressedReasons: ["NOPE", "BOUNCE", "NO"], SuppressionScope: "TENANT" },
      `${one}Value at 'suppressedReasons' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [BOUNCE, COMPLAINT]]`,
    ],
    [
      "another enum whose order was seen",
      "PutTenantSuppressionAttributes",
      { TenantName: "t", SuppressionScope: "NOPE" },
      `${one}Value at 'suppressionScope' failed to satisfy constraint: Member must satisfy enum value set: [TENANT, ACCOUNT]`,
    ],
    [
      "several constraints of an element",
      "PutAccountDetails",
      { MailType: "MARKETING", WebsiteURL: "https://example.com", AdditionalContactEmailAddresses: ["nobody"] },
      `${one}Value at 'additionalContactEmailAddresses' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 254, Member must have length greater than or equal to 6, Member must satisfy regular expression pattern: ^(.+)@(.+)$]`,
    ],
    [
      "the keys of a map",
      "ListTenants",
      { Filter: { NAME: "a", OTHER: "b" } },
      `${one}Value at 'filter' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy enum value set: [SENDING_STATUS, TENANT_NAME_CONTAINS]]`,
    ],
    [
      "the keys of a map, whose values are then not looked at",
      "ListEmailIdentities",
      { Filter: { identity_name_contains: "" } },
      `${one}Value at 'filter' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy enum value set: [IDENTITY_NAME_CONTAINS, VERIFICATION_STATUS, IDENTITY_TYPE]]`,
    ],
    [
      "an unknown key without a value",
      "ListEmailIdentities",
      { Filter: { BOGUS: null, IDENTITY_TYPE: null } },
      `${one}Value at 'filter' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy enum value set: [IDENTITY_NAME_CONTAINS, VERIFICATION_STATUS, IDENTITY_TYPE]]`,
    ],
    [
      "the values of a map",
      "ListTenants",
      { Filter: { SENDING_STATUS: "" } },
      `${one}Value at 'filter' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length greater than or equal to 1]`,
    ],
    [
      "lists in a map",
      "CreateExportJob",
      {
        ExportDataSource: {
          MetricsDataSource: {
            Dimensions: { ISP: [] },
            Namespace: "VDM",
            Metrics: [{ Name: "SEND", Aggregation: "RATE" }],
            StartDate: 0,
            EndDate: 1,
          },
        },
        ExportDestination: { DataFormat: "CSV" },
      },
      `${one}Value at 'exportDataSource.metricsDataSource.dimensions' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 10, Member must have length greater than or equal to 1]`,
    ],
    [
      "a number's range",
      "CreateExportJob",
      {
        ExportDataSource: { MessageInsightsDataSource: { StartDate: 0, EndDate: 1, MaxResults: 10_001 } },
        ExportDestination: { DataFormat: "CSV" },
      },
      `${one}Value at 'exportDataSource.messageInsightsDataSource.maxResults' failed to satisfy constraint: Member must have value less than or equal to 10000`,
    ],
    [
      "a pattern, and a length before it",
      "AssociateEmailIdentityCertificate",
      { EmailIdentity: "example.com", CertificateArn: "arn" },
      "2 validation errors detected: Value at 'certificateArn' failed to satisfy constraint: Member must have length greater than or equal to 20; Value at 'certificateArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:[\\w+=/,.@-]*:[0-9]+:certificate/[\\w+=,.@-]+",
    ],
  ])("%s", (_case, name, body, text) => {
    expect(refusal(name, body)).toBe(text);
  });

  test("a page's size and token are printed", () => {
    const input = decode("ListMultiRegionEndpoints", { labels: {}, query: "PageSize=0&NextToken=", body: "" });
    expect(() => checkConstraints("ListMultiRegionEndpoints", input)).toThrow(
      "2 validation errors detected: Value '' at 'nextToken' failed to satisfy constraint: Member must have length " +
        "greater than or equal to 1; Value '0' at 'pageSize' failed to satisfy constraint: Member must have value " +
        "greater than or equal to 1",
    );
  });
});

test("an empty list of suppressed reasons is kept (facts 10)", () => {
  const input = read("PutConfigurationSetSuppressionOptions", { SuppressedReasons: [] }, { ConfigurationSetName: "a" });
  expect(violations("PutConfigurationSetSuppressionOptions", input)).toEqual([]);
});

test("a length counts UTF-16 units", () => {
  const withName = (FileName: string) =>
    violations(
      "SendEmail",
      read("SendEmail", {
        Content: {
          Simple: { Subject: { Data: "" }, Body: {}, Attachments: [{ RawContent: "", FileName }] },
        },
      }),
    );
  expect(withName("😀".repeat(127))).toEqual([]);
  expect(withName("😀".repeat(128))).toEqual([
    {
      path: "content.simple.attachments.1.member.fileName",
      text: "Member must have length less than or equal to 255",
    },
  ]);
});

test("a handler can check a part of its input before the rest", () => {
  const all = violations(
    "CreateExportJob",
    read("CreateExportJob", {
      ExportDataSource: { MetricsDataSource: {} },
      ExportDestination: { DataFormat: "XML", S3Url: "nowhere" },
    }),
  );
  expect(concerning(all, "exportDestination").map(({ path }) => path)).toEqual([
    "exportDestination.dataFormat",
    "exportDestination.s3Url",
  ]);
  expect(concerning(all, "exportDestination.dataFormat", "export")).toHaveLength(1);
  expect(() => refuse(concerning(all, "exportDestination.dataFormat"))).toThrow(/^1 validation error detected: /);
  expect(() => refuse(concerning(all, "elsewhere"))).not.toThrow();
});

describe("patterns", () => {
  test.each(Object.entries(patternSamples))("%s matches its sample", (pattern, sample) => {
    expect(fullMatch(pattern).test(sample)).toBe(true);
  });

  test.each([
    ["^[!-9;-@A-~]+$", "X-Header\n"],
    ["^[!-9;-@A-~]+$", "X:Header"],
    ["[ -~]*", "a value\r\nX: y"],
    ["[ -~]*", "é"],
    ["^[\\w\\-_]+$", "é"],
    ["^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]*[a-zA-Z0-9]))$", "selector-"],
    ["^(.+)@(.+)$", "a@"],
    ["arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:[\\w+=/,.@-]*:[0-9]+:certificate/[\\w+=,.@-]+", " arn:a:b:c:1:certificate/d"],
  ])("%s matches the whole of a string, so not %j", (pattern, text) => {
    expect(Object.keys(patternSamples)).toContain(pattern);
    expect(fullMatch(pattern).test(text)).toBe(false);
  });

  test.each(["^(.+)@(.+)$", "^s3:\\/\\/([^\\/]+)\\/(.*?([^\\/]+)\\/?)$"])(
    "%s has an equal that is linear",
    (pattern) => {
      const original = new RegExp(`^(?:${pattern})$`, "u");
      const linear = fullMatch(pattern);
      const texts = fc
        .array(fc.constantFrom("s3://", "/", "@", "a", "\n", "\u2028", "😀"), { maxLength: 9 })
        .map((parts) => parts.join(""));
      fc.assert(
        fc.property(texts, fc.constantFrom("", "s3://"), (text, start) => {
          expect(linear.test(start + text)).toBe(original.test(start + text));
        }),
        { numRuns: runs(5000) },
      );
      // Quadratic time would be hours for these.
      expect(linear.test(`${"@".repeat(5e6)}\n`)).toBe(false);
      expect(linear.test(`s3://b/${"a".repeat(5e6)}//`)).toBe(false);
      expect(linear.test(`s3://b/${"a/".repeat(3e6)}\n/`)).toBe(pattern.startsWith("^s3"));
    },
  );
});

test("a known key without a value is no filter", () => {
  const input = read("ListEmailIdentities", { Filter: { IDENTITY_TYPE: null } });
  expect(() => checkConstraints("ListEmailIdentities", input)).not.toThrow();
});

test("ListConfigurationSets takes any key of a filter", () => {
  for (const Filter of [{ BOGUS: "x" }, { BOGUS: null }, { CONFIGURATION_SET_NAME_CONTAINS: "" }]) {
    const input = read("ListConfigurationSets", { Filter });
    expect(() => checkConstraints("ListConfigurationSets", input)).not.toThrow();
  }
});
