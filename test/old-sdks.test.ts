/** SDKs of several years, as their users have them installed: jobs, insights, lists, suppression, DKIM, with signatures. */

import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultScope } from "../src/stores/postgres/database.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { putObject } from "./support/put-object.ts";

/** What an SDK exports, of which an old one lacks some. */
type Sdk = Readonly<Record<string, unknown>>;
type Answer = Record<string, unknown>;

const sdks: Readonly<Record<string, () => Promise<Sdk>>> = {
  "3.100 (May 2022)": () => import("client-sesv2-3.100"),
  "3.300 (March 2023)": () => import("client-sesv2-3.300"),
  "3.410 (September 2023)": () => import("client-sesv2-3.410"),
  "3.569 (May 2024)": () => import("client-sesv2-3.569"),
  "3.750 (February 2025)": () => import("client-sesv2-3.750"),
};

let server: InProcessServer;
let credentials: { accessKeyId: string; secretAccessKey: string };

beforeAll(async () => {
  server = await startInProcess({
    environment: {
      MAILGLASS_AUTH: "required",
      MAILGLASS_IMPORT_BUCKETS: "lists",
      MAILGLASS_IDENTITY_VERIFICATION: "off",
    },
  });
  const { accessKeyId, secretAccessKey } = await createKey(server, new Date(), { description: "tests" });
  credentials = { accessKeyId, secretAccessKey };
});
afterAll(() => server.close());

describe.each(Object.entries(sdks))("the SDK %s", (name, load) => {
  let sdk: Sdk;
  let client: { send(command: object): Promise<Answer>; destroy(): void };
  const label = `sdk-${name.slice(0, 5).replace(".", "-")}`;
  const has = (operation: string) => typeof sdk[`${operation}Command`] === "function";
  const call = (operation: string, input: object = {}): Promise<Answer> => {
    const Command = sdk[`${operation}Command`];
    if (typeof Command !== "function") throw new Error(`the SDK ${name} has no ${operation}`);
    return client.send(Reflect.construct(Command, [input]));
  };

  beforeAll(async () => {
    sdk = await load();
    const { SESv2Client } = sdk;
    if (typeof SESv2Client !== "function") throw new Error("the SDK has no client");
    client = Reflect.construct(SESv2Client, [
      { endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 },
    ]);
  });
  afterAll(() => client.destroy());

  it("sends, and gets insights and metrics where it knows them", async () => {
    const { MessageId } = await call("SendEmail", {
      FromEmailAddress: `sender@${label}.example`,
      Destination: { ToAddresses: ["success@simulator.amazonses.com"] },
      Content: { Simple: { Subject: { Data: name }, Body: { Text: { Data: "Hello" } } } },
    });
    expect(MessageId).toMatch(/^0100/);
    expect(has("GetMessageInsights")).toBe(!/^3\.[13]00/.test(name));
    if (has("GetMessageInsights")) {
      expect(await call("GetMessageInsights", { MessageId })).toMatchObject({ MessageId, Subject: name });
    }
    if (!has("BatchGetMetricData")) return;
    const day = 24 * 3600_000;
    const query = {
      Id: "one",
      Namespace: "VDM",
      Metric: "SEND",
      Dimensions: { EMAIL_IDENTITY: `sender@${label}.example` },
      StartDate: new Date(Date.now() - day),
      EndDate: new Date(Date.now() + day),
    };
    const { Results } = await call("BatchGetMetricData", { Queries: [query] });
    expect(Results).toEqual([{ Id: "one", Timestamps: [expect.any(Date)], Values: [1] }]);
  });

  it("exports, lists and cancels jobs, where it knows them", async () => {
    expect(has("CreateExportJob")).toBe(!/^3\.[13]00/.test(name));
    if (!has("CreateExportJob")) return;
    const source = {
      MessageInsightsDataSource: { StartDate: new Date(Date.now() - 3600_000), EndDate: new Date(Date.now() + 60_000) },
    };
    const job = { ExportDataSource: source, ExportDestination: { DataFormat: "CSV" } };
    const { JobId } = await call("CreateExportJob", job);
    await eventually(async () =>
      expect(await call("GetExportJob", { JobId })).toMatchObject({ JobStatus: "COMPLETED" }),
    );
    const { ExportJobs } = await call("ListExportJobs", { ExportSourceType: "MESSAGE_INSIGHTS" });
    expect(ExportJobs).toContainEqual(expect.objectContaining({ JobId }));
    await expect(call("CancelExportJob", { JobId })).rejects.toMatchObject({ name: "BadRequestException" });
  });

  it("imports, and lists its jobs", async () => {
    const file = Buffer.from(`imported@${label}.example,BOUNCE\n`);
    await putObject(await server.openBucket("lists", defaultScope), `${label}.csv`, [file]);
    const { JobId } = await call("CreateImportJob", {
      ImportDestination: { SuppressionListDestination: { SuppressionListImportAction: "PUT" } },
      ImportDataSource: { S3Url: `s3://lists/${label}.csv`, DataFormat: "CSV" },
    });
    await eventually(async () =>
      expect(await call("GetImportJob", { JobId })).toMatchObject({ JobStatus: "COMPLETED", ProcessedRecordsCount: 1 }),
    );
    const { ImportJobs } = await call("ListImportJobs", { ImportDestinationType: "SUPPRESSION_LIST", PageSize: 10 });
    expect(ImportJobs).toContainEqual(expect.objectContaining({ JobId }));
  });

  it("keeps contact lists", async () => {
    const topic = { TopicName: "news", DisplayName: "News", DefaultSubscriptionStatus: "OPT_IN" };
    await call("CreateContactList", { ContactListName: label, Topics: [topic] });
    for (const local of ["a", "b"]) {
      await call("CreateContact", { ContactListName: label, EmailAddress: `${local}@${label}.example` });
    }
    const first = await call("ListContacts", { ContactListName: label, PageSize: 1 });
    expect(first.Contacts).toMatchObject([{ EmailAddress: `a@${label}.example` }]);
    const rest = await call("ListContacts", { ContactListName: label, PageSize: 1, NextToken: first.NextToken });
    expect(rest.Contacts).toMatchObject([{ EmailAddress: `b@${label}.example` }]);
    const Filter = {
      FilteredStatus: "OPT_IN",
      TopicFilter: { TopicName: "news", UseDefaultIfPreferenceUnavailable: true },
    };
    const { Contacts } = await call("ListContacts", { ContactListName: label, Filter });
    expect(Contacts).toHaveLength(2);
    await call("DeleteContactList", { ContactListName: label });
  });

  it("keeps the suppression list", async () => {
    const EmailAddress = `gone@${label}.example`;
    await call("PutSuppressedDestination", { EmailAddress, Reason: "COMPLAINT" });
    expect(await call("GetSuppressedDestination", { EmailAddress })).toMatchObject({
      SuppressedDestination: { EmailAddress, Reason: "COMPLAINT", LastUpdateTime: expect.any(Date) },
    });
    const { SuppressedDestinationSummaries } = await call("ListSuppressedDestinations", { Reasons: ["COMPLAINT"] });
    expect(SuppressedDestinationSummaries).toContainEqual(expect.objectContaining({ EmailAddress }));
    await call("DeleteSuppressedDestination", { EmailAddress });
  });

  it("gives an identity its own DKIM key", async () => {
    const EmailIdentity = `${label}.example`;
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const DomainSigningPrivateKey = privateKey.export({ type: "pkcs1", format: "der" }).toString("base64");
    await call("CreateEmailIdentity", { EmailIdentity });
    await call("PutEmailIdentityDkimSigningAttributes", {
      EmailIdentity,
      SigningAttributesOrigin: "EXTERNAL",
      SigningAttributes: { DomainSigningSelector: "own", DomainSigningPrivateKey },
    });
    await call("PutEmailIdentityDkimAttributes", { EmailIdentity, SigningEnabled: true });
    expect(await call("GetEmailIdentity", { EmailIdentity })).toMatchObject({
      DkimAttributes: { SigningAttributesOrigin: "EXTERNAL", Tokens: ["own"], SigningEnabled: true },
    });
  });
});
