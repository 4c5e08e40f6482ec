import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { openTemplateMail, type TemplateMail } from "../../../test/support/template-mail.ts";
import { type ThreeScopes, threeScopes } from "../../../test/support/three-scopes.ts";
import type { Input } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { completeTests, concludeMail, selectOpenMails } from "../../stores/postgres/deliverability-tests.ts";
import { insertIdentity } from "../../stores/postgres/identities.ts";
import { emptyScopes, retireScopes } from "../../stores/postgres/retired-scopes.ts";
import { insertSeedMailbox } from "../../stores/postgres/seed-mailboxes.ts";
import { createAccountSettings } from "../account/settings.ts";
import { deliverabilityDashboardOperations } from "./deliverability-dashboard-operations.ts";
import type { DeliverabilityServices } from "./deliverability-services.ts";

type NewTest = Input<"CreateDeliverabilityTestReport">;

const content = { Simple: { Subject: { Data: "Hi" }, Body: { Text: { Data: "Hello" } } } };
const message: NewTest = { FromEmailAddress: "news@example.com", Content: content };
const seedIds = ["4f6a0f32-6d2b-4c3f-9f37-0e8a4f4c1d01", "4f6a0f32-6d2b-4c3f-9f37-0e8a4f4c1d02"];

const someLists = [{ name: "bl.test", zone: "bl.test" }];
const noLists = { lists: [], report: () => Promise.reject(new Error("these operations look up no address")) };

describe.each(databases)("the deliverability dashboard on $name", ({ open }) => {
  const context = callContext();
  let database: ScopedDatabase;
  let scopes: ThreeScopes;
  let mail: TemplateMail;
  let woken = 0;

  beforeAll(async () => {
    database = await open();
    scopes = await threeScopes(database);
    mail = await openTemplateMail(database);
    const dkim = undefined;
    for (const name of ["example.com", "example.org"]) {
      const identity = { name, type: "DOMAIN" as const, configurationSetName: null, tags: [], createdAt: context.now };
      await insertIdentity(database, { ...identity, dkim }, 10);
    }
  });
  afterAll(() => mail.close());
  beforeEach(async () => {
    await mail.forget();
    for (const table of ["deliverability_tests", "seed_mailboxes", "deliverability_dashboards", "send_queue"]) {
      await database.query(`DELETE FROM ${table}`);
    }
    woken = 0;
  });

  const addSeeds = async (enabled = true) => {
    for (const [index, id] of seedIds.entries()) {
      const server = { host: "imap.example.net", port: 993, security: "tls" as const, username: "u" };
      const rest = { junkFolder: null, authservId: null, ca: null, sealedPassword: new Uint8Array([1]) };
      const seed = { ...server, ...rest, id, address: `seed${index}@example.net`, isp: `isp ${index}`, enabled };
      await insertSeedMailbox(database, { ...seed, createdAt: context.now }, 10);
    }
  };

  const operationsOn = (on: ScopedDatabase, changes: Partial<DeliverabilityServices> = {}) =>
    deliverabilityDashboardOperations({
      dnsbl: noLists,
      ownAddresses: { of: async () => [] },
      database: on,
      settings: createAccountSettings({ database: on, clock: () => context.now, proving: "assumed" }),
      sending: {
        ...mail.services,
        scope: { ...mail.services.scope, id: on.scope },
        delivery: { mode: "mx", maxSeconds: 3600, hostname: "mail.example.com" },
      },
      objects: { read: async () => undefined },
      history: async (messageId) => mail.eventsOf(messageId),
      testHours: 24,
      wakeTests: () => {
        woken++;
      },
      ...changes,
    });
  const create = (input: NewTest, on = operationsOn(database)) => on.CreateDeliverabilityTestReport(input, context);
  const list = (input: Input<"ListDeliverabilityTestReports"> = {}, on = operationsOn(database)) =>
    on.ListDeliverabilityTestReports(input, context);
  const report = (ReportId: string | undefined, on = operationsOn(database)) =>
    on.GetDeliverabilityTestReport({ ReportId }, context);
  const nothingSent = async () => {
    expect((await list()).DeliverabilityTestReports).toEqual([]);
    expect(await mail.commits()).toEqual([]);
    expect(woken).toBe(0);
  };

  describe("a test", () => {
    test("sends a message of its own to each mailbox, whose IDs are stored", async () => {
      await addSeeds();
      const { ReportId } = await create({ ...message, ReportName: "name", Tags: [{ Key: "k", Value: "v" }] });
      const open = await selectOpenMails(database, 10);
      expect(open.map(({ address, test }) => [address, test])).toEqual([
        ["seed0@example.net", ReportId],
        ["seed1@example.net", ReportId],
      ]);
      for (const { messageId, address } of open) {
        const [sent, ...others] = await mail.eventsOf(messageId);
        expect(sent).toMatchObject({ type: "SEND", recipient: address, destination: [address] });
        expect(sent?.tags).toMatchObject({ "ses:operation": ["CreateDeliverabilityTestReport"] });
        expect(others).toEqual([]);
      }
      const queued = await database.query<{ id: string }>("SELECT message_id AS id FROM send_queue ORDER BY id");
      expect(queued.map(({ id }) => id)).toEqual(open.map(({ messageId }) => messageId));
      expect(open[0]?.dueAt).toEqual(new Date(context.now.getTime() + 24 * 3_600_000));
      expect(woken).toBe(1);
      expect(await report(ReportId)).toMatchObject({
        DeliverabilityTestReport: {
          ReportId,
          ReportName: "name",
          Subject: "Hi",
          DeliverabilityTestStatus: "IN_PROGRESS",
        },
        IspPlacements: [{ IspName: "isp 0" }, { IspName: "isp 1" }],
        Tags: [{ Key: "k", Value: "v" }],
      });
    });

    test.each<[string, Partial<NewTest>, [string, RegExp]]>([
      [
        "a sender that is no address",
        { FromEmailAddress: "nobody" },
        ["BadRequestException", /Missing final|domain|addr/i],
      ],
      ["no content", { Content: {} }, ["BadRequestException", /./]],
      [
        "an unknown template",
        { Content: { Template: { TemplateName: "none", TemplateData: "{}" } } },
        ["NotFoundException", /none/],
      ],
      [
        "a template that can't be rendered",
        { Content: { Template: { TemplateName: "welcome", TemplateData: "{}" } } },
        ["BadRequestException", /^The template can't be rendered: Attribute 'name'/],
      ],
      [
        "the test virus",
        {
          Content: {
            Simple: {
              Subject: { Data: "x" },
              Body: { Text: { Data: "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*" } },
            },
          },
        },
        ["MessageRejected", /^Bad content$/],
      ],
      ["tags of AWS", { Tags: [{ Key: "aws:x", Value: "" }] }, ["BadRequestException", /system tags/]],
    ])("with %s is refused, and nothing is sent", async (_, changes, [code, text]) => {
      await addSeeds();
      expect(await refusalOf(create({ ...message, ...changes }))).toEqual([code, expect.stringMatching(text)]);
      await nothingSent();
    });

    test("needs mailboxes, and mail that leaves", async () => {
      await addSeeds(false);
      const none = ["BadRequestException", expect.stringMatching(/^No seed mailboxes are configured/)];
      expect(await refusalOf(create(message))).toEqual(none);
      const captured = operationsOn(database, { sending: mail.services });
      expect(await refusalOf(create(message, captured))).toEqual([
        "BadRequestException",
        expect.stringMatching(/^MAILGLASS_DELIVERY is capture/),
      ]);
      await nothingSent();
    });

    test("counts toward the sending limits once, before anything is sent", async () => {
      await addSeeds();
      const taken: number[] = [];
      const take = async (recipients: number) => {
        taken.push(recipients);
        if (taken.length > 1) throw new RangeError("over the limit");
      };
      const sending = {
        ...mail.services,
        delivery: { mode: "mx" as const, maxSeconds: 1, hostname: "h" },
        limits: { take },
      };
      const on = operationsOn(database, { sending });
      await create(message, on);
      await expect(create(message, on)).rejects.toThrow("over the limit");
      expect(taken).toEqual([2, 2]);
      expect((await list()).DeliverabilityTestReports).toHaveLength(1);
    });

    test("is deleted if no message could be sent; otherwise it tells which", async () => {
      await addSeeds();
      const { outbox } = mail.services;
      let failures = 2;
      const sending = {
        ...mail.services,
        delivery: { mode: "mx" as const, maxSeconds: 1, hostname: "h" },
        outbox: {
          ...outbox,
          submit: (given: Parameters<typeof outbox.submit>[0]) =>
            failures-- > 0 ? Promise.reject(new RangeError("full")) : outbox.submit(given),
        },
      };
      const on = operationsOn(database, { sending });
      await expect(create(message, on)).rejects.toThrow("full");
      await nothingSent();
      failures = 1;
      const { ReportId } = await create(message, on);
      const open = await selectOpenMails(database, 10);
      expect(open.map(({ address }) => address)).toEqual(["seed1@example.net"]);
      expect(mail.failures.at(-1)).toEqual([new RangeError("full"), "test"]);
      expect((await report(ReportId)).OverallPlacement).toEqual({});
    });

    test("is refused while 20 are in progress", async () => {
      await addSeeds();
      for (let count = 0; count < 20; count++) await create(message);
      expect(await refusalOf(create(message))).toEqual(["LimitExceededException", expect.stringMatching(/^20 inbox/)]);
      const [open] = await selectOpenMails(database, 1);
      if (!open) throw new Error("no test is open");
      for (const { test, address } of await selectOpenMails(database, 100)) {
        if (test !== open.test) continue;
        const conclusion = { placement: "inbox" as const, folder: "INBOX", spf: true, dkim: null, note: null };
        expect(await concludeMail(database, { test, address }, conclusion, context.now)).toBe(true);
        expect(await concludeMail(database, { test, address }, { ...conclusion, placement: "junk" }, context.now)).toBe(
          false,
        );
      }
      await completeTests(database, context.now);
      expect((await report(open.test)).OverallPlacement).toEqual({
        ...{ InboxPercentage: 100, SpamPercentage: 0, MissingPercentage: 0, SpfPercentage: 100 },
      });
      await create(message);
    });

    test("belongs to an account in a region, and goes with a reset", async () => {
      await addSeeds();
      const [own, elsewhere, other] = scopes.map((one) => operationsOn(one.database));
      if (!own || !elsewhere || !other) throw new Error("there are three");
      const { ReportId } = await create(message, elsewhere);
      await create(message, elsewhere);
      for (const on of [own, other]) {
        expect((await list({}, on)).DeliverabilityTestReports).toEqual([]);
        expect(await refusalOf(report(ReportId, on))).toEqual([
          "NotFoundException",
          `Deliverability test report <${ReportId}> does not exist.`,
        ]);
      }
      const { NextToken } = await list({ PageSize: 1 }, elsewhere);
      expect(await refusalOf(list({ NextToken }, other))).toEqual(["BadRequestException", "Invalid Next Token"]);
      await elsewhere.PutDeliverabilityDashboardOption({ DashboardEnabled: true }, context);
      for (const on of [own, other]) {
        expect(await on.GetDeliverabilityDashboardOptions({}, context)).toMatchObject({ DashboardEnabled: false });
      }
      const retired = scopes[1].scope.id;
      await retireScopes(database, [retired], context.now);
      expect(await selectOpenMails(database, 10)).toEqual([]);
      await emptyScopes(database, [retired], new AbortController().signal);
      expect(await database.query("SELECT FROM deliverability_test_mails")).toEqual([]);
    });
  });

  test("tests are listed newest first, and pages have bounds", async () => {
    await addSeeds();
    const ids: (string | undefined)[] = [];
    for (let count = 0; count < 3; count++) ids.unshift((await create(message)).ReportId);
    const first = await list({ PageSize: 2 });
    const second = await list({ PageSize: 2, NextToken: first.NextToken });
    const listed = [first, second].flatMap((page) => page.DeliverabilityTestReports ?? []);
    expect(listed.map(({ ReportId }) => ReportId)).toEqual(ids);
    expect(second.NextToken).toBeUndefined();
    expect((await list({ PageSize: 0 })).DeliverabilityTestReports).toHaveLength(3);
    for (const [PageSize, bound] of [
      [-1, "greater than or equal to 0"],
      [1001, "less than or equal to 1000"],
    ] as const) {
      expect(await refusalOf(list({ PageSize }))).toEqual([
        "BadRequestException",
        `1 validation error detected: Value '${PageSize}' at 'pageSize' failed to satisfy constraint: Member must have value ${bound}`,
      ]);
    }
    for (const NextToken of ["", "x", first.NextToken?.slice(1)]) {
      expect(await refusalOf(list({ NextToken }))).toEqual(["BadRequestException", "Invalid Next Token"]);
    }
  });

  describe("the options", () => {
    const get = () => operationsOn(database).GetDeliverabilityDashboardOptions({}, context);
    const put = (input: Input<"PutDeliverabilityDashboardOption">, lists = someLists) =>
      operationsOn(database, { dnsbl: { ...noLists, lists } }).PutDeliverabilityDashboardOption(input, context);
    const disabled = { DashboardEnabled: false, AccountStatus: "DISABLED" };

    test("are those of a disabled dashboard at first, and after it was disabled", async () => {
      expect(await get()).toEqual(disabled);
      await put({ DashboardEnabled: true, SubscribedDomains: [{ Domain: "example.com" }] });
      expect(await put({ DashboardEnabled: false, SubscribedDomains: [{ Domain: "unknown.example" }] })).toEqual({});
      expect(await get()).toEqual(disabled);
    });

    test("are kept, with the time when each domain was added", async () => {
      const tracked = { Global: true, TrackedIsps: ["isp 0"] };
      await put({
        DashboardEnabled: true,
        SubscribedDomains: [{ Domain: "Example.com", InboxPlacementTrackingOption: tracked }],
      });
      const domain = { Domain: "example.com", SubscriptionStartDate: context.now };
      const active = { DashboardEnabled: true, AccountStatus: "ACTIVE" };
      expect(await get()).toEqual({
        ...active,
        ActiveSubscribedDomains: [{ ...domain, InboxPlacementTrackingOption: tracked }],
      });
      await operationsOn(database, { dnsbl: { ...noLists, lists: someLists } }).PutDeliverabilityDashboardOption(
        { DashboardEnabled: true, SubscribedDomains: [{ Domain: "example.org" }, { Domain: "example.com" }] },
        callContext(new Date(context.now.getTime() + 1_000)),
      );
      const later = new Date(context.now.getTime() + 1_000);
      expect(await get()).toEqual({
        ...active,
        ActiveSubscribedDomains: [{ Domain: "example.org", SubscriptionStartDate: later }, domain],
      });
    });

    test("can be enabled with mailboxes or with DNS blocklists only", async () => {
      const refusal = ["BadRequestException", expect.stringMatching(/^The Deliverability dashboard can't be enabled/)];
      expect(await refusalOf(put({ DashboardEnabled: true }, []))).toEqual(refusal);
      expect(await get()).toEqual(disabled);
      await addSeeds();
      expect(await put({ DashboardEnabled: true }, [])).toEqual({});
    });

    test.each<[string, object[], [string, string]]>([
      [
        "an unknown domain",
        [{ Domain: "example.com" }, { Domain: "unknown.example" }],
        ["NotFoundException", "<unknown.example> is not a verified domain identity."],
      ],
      [
        "a subdomain of a domain",
        [{ Domain: "mail.example.com" }],
        ["NotFoundException", "<mail.example.com> is not a verified domain identity."],
      ],
      ["no name", [{ Domain: "no name" }], ["NotFoundException", "<no name> is not a verified domain identity."]],
      ["no domain", [{}], ["BadRequestException", "Each of SubscribedDomains needs a Domain."]],
      [
        "a domain twice",
        [{ Domain: "example.com" }, { Domain: "EXAMPLE.com" }],
        ["BadRequestException", "SubscribedDomains has <example.com> more than once."],
      ],
    ])("with %s change nothing", async (_, SubscribedDomains, refusal) => {
      expect(await refusalOf(put({ DashboardEnabled: true, SubscribedDomains }))).toEqual(refusal);
      expect(await get()).toEqual(disabled);
    });
  });

  test("reports of AWS's panel are refused, after their input was checked", async () => {
    const on = operationsOn(database);
    const day = (count: number) => new Date(context.now.getTime() + count * 86_400_000);
    const range = (days: number) => ({ StartDate: day(0), EndDate: day(days) });
    const statistics = (days: number) =>
      on.GetDomainStatisticsReport({ Domain: "example.com", ...range(days) }, context);
    const campaigns = (days: number, rest: object = {}) =>
      on.ListDomainDeliverabilityCampaigns({ SubscribedDomain: "example.com", ...range(days), ...rest }, context);
    const none = [
      "NotFoundException",
      expect.stringMatching(/^There is no deliverability data of the domain <example\.com>: .* only AWS has\.$/),
    ];
    for (const ask of [statistics, campaigns]) {
      expect(await refusalOf(ask(0))).toEqual(none);
      expect(await refusalOf(ask(30))).toEqual(none);
      expect(await refusalOf(ask(31))).toEqual([
        "BadRequestException",
        "EndDate must be no more than 30 days after StartDate.",
      ]);
      expect(await refusalOf(ask(-1))).toEqual(["BadRequestException", "EndDate must not be before StartDate."]);
    }
    expect((await refusalOf(campaigns(1, { PageSize: 1001 })))[1]).toMatch(/'pageSize'/);
    expect(await refusalOf(campaigns(1, { NextToken: "x" }))).toEqual(["BadRequestException", "Invalid Next Token"]);
    expect(await refusalOf(on.GetDomainDeliverabilityCampaign({ CampaignId: "c" }, context))).toEqual([
      "NotFoundException",
      expect.stringMatching(/^There is no campaign <c>: .* only AWS has\.$/),
    ]);
  });
});
