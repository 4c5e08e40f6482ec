/** The suppression lists with the SDK: what they hold, and what becomes of mail to an address on them. */
import {
  BatchGetMetricDataCommand,
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  CreateEmailTemplateCommand,
  CreateTenantCommand,
  CreateTenantResourceAssociationCommand,
  DeleteSuppressedDestinationCommand,
  GetAccountCommand,
  GetConfigurationSetCommand,
  GetSuppressedDestinationCommand,
  ListSuppressedDestinationsCommand,
  type Metric,
  PutAccountSuppressionAttributesCommand,
  PutConfigurationSetSuppressionOptionsCommand,
  PutSuppressedDestinationCommand,
  paginateListSuppressedDestinations,
  SendBulkEmailCommand,
  type SuppressionListReason,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { bounceEvent, complaintEvent } from "./support/mail-events.ts";
import { createMessageExport, downloadExport, endOfExport } from "./support/message-export.ts";
import { refused } from "./support/refused.ts";
import { insightsOf, send, simple, told } from "./support/sent-mail.ts";

const ofAccount =
  "Amazon SES did not send the message to this address because it is on the suppression list for your account. For more information about removing addresses from the suppression list, see the Amazon SES Developer Guide at https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html";
const ofTenant =
  "Amazon SES did not send the message to this address because it is on the suppression list for your tenant.";

let server: InProcessServer;

beforeAll(async () => {
  server = await startInProcess();
  const TenantName = "one";
  await server.client.send(new CreateTenantCommand({ TenantName }));
  await server.client.send(new CreateEmailIdentityCommand({ EmailIdentity: "example.com" }));
  await associate(TenantName, "identity/example.com");
});
afterAll(() => server.close());
beforeEach(async () => {
  await server.database.query("DELETE FROM suppressed_destinations");
  await server.database.query("DELETE FROM tenant_resources WHERE type = 'configuration-set'");
  await server.database.query("DELETE FROM configuration_sets");
  await suppressFor("BOUNCE", "COMPLAINT");
});

const associate = (TenantName: string, resource: string) =>
  server.client.send(
    new CreateTenantResourceAssociationCommand({
      TenantName,
      ResourceArn: `arn:aws:ses:us-east-1:000000000000:${resource}`,
    }),
  );
const suppress = (EmailAddress: string, Reason: SuppressionListReason = "BOUNCE", TenantName?: string) =>
  server.client.send(new PutSuppressedDestinationCommand({ EmailAddress, Reason, TenantName }));
const get = (EmailAddress: string, TenantName?: string) =>
  server.client.send(new GetSuppressedDestinationCommand({ EmailAddress, TenantName }));
const remove = (EmailAddress: string) => server.client.send(new DeleteSuppressedDestinationCommand({ EmailAddress }));
const suppressFor = (...SuppressedReasons: SuppressionListReason[]) =>
  server.client.send(new PutAccountSuppressionAttributesCommand({ SuppressedReasons }));
const to = (...ToAddresses: string[]) => simple({ Destination: { ToAddresses } });
const outcome = async (id: string) => told(await insightsOf(server, id));
const types = async (id: string) =>
  (await insightsOf(server, id)).Insights?.map(({ Events = [] }) => Events.map(({ Type }) => Type));

describe("the list", () => {
  it.each(["a/b@example.com", "a+b@example.com", "100%25@example.com", "a%2Fb@example.com", "?#=&@example.com"])(
    "takes, shows and gives up %s",
    async (address) => {
      await suppress(address);
      expect((await get(address)).SuppressedDestination).toEqual({
        EmailAddress: address,
        Reason: "BOUNCE",
        LastUpdateTime: expect.any(Date),
      });
      await remove(address);
      expect(await refused(get(address))).toEqual([
        "NotFoundException",
        `Email address ${address} does not exist on your suppression list.`,
      ]);
    },
  );

  it("is paged by the SDK, and filtered", async () => {
    for (let number = 0; number < 7; number++) {
      await suppress(`user-${number}@example.com`, number % 2 ? "COMPLAINT" : "BOUNCE");
    }
    await suppress("user-of@example.com", "BOUNCE", "one");
    const seen: (string | undefined)[] = [];
    for await (const page of paginateListSuppressedDestinations({ client: server.client, pageSize: 2 }, {})) {
      seen.push(...(page.SuppressedDestinationSummaries ?? []).map(({ EmailAddress }) => EmailAddress));
    }
    expect(seen).toEqual(Array.from({ length: 7 }, (_, number) => `user-${number}@example.com`));
    const list = async (filter: object) =>
      (await server.client.send(new ListSuppressedDestinationsCommand(filter))).SuppressedDestinationSummaries?.length;
    expect(await list({ Reasons: ["COMPLAINT"] })).toBe(3);
    expect(await list({ Reasons: ["COMPLAINT", "BOUNCE"] })).toBe(7);
    expect(await list({ TenantName: "one" })).toBe(1);
    expect(await list({ StartDate: new Date(Date.now() + 60_000) })).toBe(0);
    expect(await list({ EndDate: new Date(Date.now() + 60_000) })).toBe(7);
  });

  it("shows what the account and configuration sets suppress for", async () => {
    await suppressFor("COMPLAINT");
    expect((await server.client.send(new GetAccountCommand({}))).SuppressionAttributes).toEqual({
      SuppressedReasons: ["COMPLAINT"],
    });
    const ConfigurationSetName = "set";
    await server.client.send(
      new CreateConfigurationSetCommand({ ConfigurationSetName, SuppressionOptions: { SuppressedReasons: [] } }),
    );
    const shown = async () =>
      (await server.client.send(new GetConfigurationSetCommand({ ConfigurationSetName }))).SuppressionOptions;
    expect(await shown()).toEqual({ SuppressedReasons: [] });
    const options = { SuppressedReasons: ["BOUNCE" as const], SuppressionScope: "TENANT" as const };
    await server.client.send(new PutConfigurationSetSuppressionOptionsCommand({ ConfigurationSetName, ...options }));
    expect(await shown()).toEqual(options);
  });
});

describe("mail to an address on the list", () => {
  it("is accepted and bounces, while the message's other recipients get it", async () => {
    await suppress("Bounced@example.com");
    await suppress("angry@example.com", "COMPLAINT");
    const id = await send(server, to("Bounced <bOUNCED@EXAMPLE.com>", "angry@example.com", "other@example.com"));
    expect(await outcome(id)).toEqual([
      ["bOUNCED@EXAMPLE.com", [["SEND"], ["BOUNCE", "PERMANENT", "ON_ACCOUNT_SUPPRESSION_LIST", ofAccount]]],
      ["angry@example.com", [["SEND"], ["COMPLAINT", undefined]]],
      ["other@example.com", [["SEND"], ["DELIVERY"]]],
    ]);
    const angry = (await insightsOf(server, id)).Insights?.[1]?.Events?.[1];
    expect(angry?.Details?.Complaint).toEqual({ ComplaintSubType: "ON_ACCOUNT_SUPPRESSION_LIST" });
    // A suppression is no new cause.
    expect((await get("Bounced@example.com")).SuppressedDestination?.Attributes).toBeUndefined();
  });

  it("goes out again once the address is deleted", async () => {
    await suppress("user@example.com");
    expect(await types(await send(server, to("user@example.com")))).toEqual([["SEND", "BOUNCE"]]);
    await remove("user@example.com");
    expect(await types(await send(server, to("user@example.com")))).toEqual([["SEND", "DELIVERY"]]);
  });

  it("goes out where its reason is not among the account's", async () => {
    await suppress("bounced@example.com");
    await suppress("angry@example.com", "COMPLAINT");
    const both = to("bounced@example.com", "angry@example.com");
    await suppressFor("COMPLAINT");
    expect(await types(await send(server, both))).toEqual([
      ["SEND", "DELIVERY"],
      ["SEND", "COMPLAINT"],
    ]);
    await suppressFor();
    expect(await types(await send(server, both))).toEqual([
      ["SEND", "DELIVERY"],
      ["SEND", "DELIVERY"],
    ]);
  });

  it("goes by what the configuration set says, an empty list included", async () => {
    const ConfigurationSetName = "set";
    await server.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName }));
    await suppress("user@example.com");
    const mail = { ...to("user@example.com"), ConfigurationSetName };
    const put = (SuppressedReasons?: SuppressionListReason[]) =>
      server.client.send(new PutConfigurationSetSuppressionOptionsCommand({ ConfigurationSetName, SuppressedReasons }));
    expect(await types(await send(server, mail))).toEqual([["SEND", "BOUNCE"]]);
    await put([]);
    expect(await types(await send(server, mail))).toEqual([["SEND", "DELIVERY"]]);
    await put(["COMPLAINT"]);
    expect(await types(await send(server, mail))).toEqual([["SEND", "DELIVERY"]]);
    await suppressFor();
    await put(["BOUNCE"]);
    expect(await types(await send(server, mail))).toEqual([["SEND", "BOUNCE"]]);
    await put();
    expect(await types(await send(server, mail))).toEqual([["SEND", "DELIVERY"]]);
  });

  it("goes by the tenant's list where the configuration set says so", async () => {
    const ConfigurationSetName = "set";
    const SuppressionOptions = { SuppressionScope: "TENANT" as const };
    await server.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName, SuppressionOptions }));
    await associate("one", "configuration-set/set");
    await suppress("account@example.com");
    await suppress("tenant@example.com", "BOUNCE", "one");
    await suppress("angry@example.com", "COMPLAINT", "one");
    const mail = to("account@example.com", "tenant@example.com", "angry@example.com");
    const ofOne = await insightsOf(server, await send(server, { ...mail, ConfigurationSetName, TenantName: "one" }));
    expect(told(ofOne).slice(0, 2)).toEqual([
      ["account@example.com", [["SEND"], ["DELIVERY"]]],
      ["tenant@example.com", [["SEND"], ["BOUNCE", "PERMANENT", "ON_TENANT_SUPPRESSION_LIST", ofTenant]]],
    ]);
    expect(ofOne.Insights?.[2]?.Events?.[1]?.Details?.Complaint?.ComplaintSubType).toBe("ON_TENANT_SUPPRESSION_LIST");
    const account = [["SEND", "BOUNCE"], ...Array(2).fill(["SEND", "DELIVERY"])];
    expect(await types(await send(server, { ...mail, TenantName: "one" }))).toEqual(account);
    expect(await types(await send(server, { ...mail, ConfigurationSetName }))).toEqual(account);
  });

  it("is the same for each message of a SendBulkEmail", async () => {
    await suppress("two@example.com");
    const TemplateContent = { Subject: "Hi", Text: "Hi" };
    await server.client.send(new CreateEmailTemplateCommand({ TemplateName: "hi", TemplateContent }));
    const { BulkEmailEntryResults = [] } = await server.client.send(
      new SendBulkEmailCommand({
        FromEmailAddress: "sender@example.com",
        DefaultContent: { Template: { TemplateName: "hi", TemplateData: "{}" } },
        BulkEmailEntries: ["one", "two", "three"].map((name) => ({
          Destination: { ToAddresses: [`${name}@example.com`] },
        })),
      }),
    );
    expect(await Promise.all(BulkEmailEntryResults.map(({ MessageId = "" }) => types(MessageId)))).toEqual([
      [["SEND", "DELIVERY"]],
      [["SEND", "BOUNCE"]],
      [["SEND", "DELIVERY"]],
    ]);
  });

  it("is in exports, and in no metric of bounces and complaints", async () => {
    const day = 24 * 3600 * 1000;
    const today = Math.floor(Date.now() / day) * day;
    const metrics: Metric[] = ["SEND", "PERMANENT_BOUNCE", "COMPLAINT"];
    const counted = async () => {
      await server.recorder.drained();
      const { Results = [] } = await server.client.send(
        new BatchGetMetricDataCommand({
          Queries: metrics.map((Metric) => ({
            Id: Metric,
            Namespace: "VDM",
            Metric,
            StartDate: new Date(today),
            EndDate: new Date(today + 2 * day),
          })),
        }),
      );
      return metrics.map((metric) => {
        const { Values = [] } = Results.find(({ Id }) => Id === metric) ?? {};
        return Values.reduce((sum, value) => sum + value, 0);
      });
    };
    const [sends = 0, bounces, complaints] = await counted();
    await suppress("bounced@example.com");
    await suppress("angry@example.com", "COMPLAINT");
    const start = new Date();
    await send(server, to("bounced@example.com"));
    await send(server, to("angry@example.com"));
    expect(await counted()).toEqual([sends + 2, bounces, complaints]);
    const job = await createMessageExport(server.client, { start, end: new Date() });
    const file = await downloadExport(await endOfExport(server.client, job));
    expect(file).toContain("ON_ACCOUNT_SUPPRESSION_LIST");
    expect(file).toContain(ofAccount);
  });
});

describe("an address that bounces or complains later", () => {
  it("is put on the list with what led there, and gets no more mail", async () => {
    for (const [recipient, eventOf, Reason] of [
      ["bounced@example.com", bounceEvent, "BOUNCE"],
      ["angry@example.com", complaintEvent, "COMPLAINT"],
    ] as const) {
      const messageId = await send(server, to(recipient));
      const event = eventOf({ messageId, sentAt: new Date(), recipient, at: new Date() });
      await server.outbox.record([event]);
      expect((await get(recipient)).SuppressedDestination).toMatchObject({
        Reason,
        Attributes: { MessageId: messageId, FeedbackId: "feedback" },
      });
      expect(await types(await send(server, to(recipient)))).toEqual([["SEND", Reason]]);
    }
  });

  it("is not, for a reason that the account does not suppress for", async () => {
    await suppressFor("COMPLAINT");
    const messageId = await send(server, to("user@example.com"));
    const event = bounceEvent({ messageId, sentAt: new Date(), recipient: "user@example.com", at: new Date() });
    await server.outbox.record([event]);
    expect((await refused(get("user@example.com")))[0]).toBe("NotFoundException");
  });

  it("is not, where it is the simulator's", async () => {
    for (const name of ["bounce", "complaint", "suppressionlist"]) {
      await send(server, to(`${name}@simulator.amazonses.com`));
    }
    const { SuppressedDestinationSummaries } = await server.client.send(new ListSuppressedDestinationsCommand({}));
    expect(SuppressedDestinationSummaries).toEqual([]);
  });
});
