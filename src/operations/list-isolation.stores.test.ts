/** Templates, contacts, suppression lists and account settings of two accounts and two regions, with the same names. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { noAccountEvents as accountEvents } from "../../test/support/no-account-events.ts";
import { callContext, refusalOf } from "../../test/support/operation-call.ts";
import { type ScopeUnderTest, threeScopes } from "../../test/support/three-scopes.ts";
import { parseAddress } from "../mail/address.ts";
import { applyChoice } from "../recipients/subscriptions/apply-choice.ts";
import { createSubscriptionLinks } from "../recipients/subscriptions/subscription-links.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import { insertOutboxRows } from "../stores/postgres/outbox.ts";
import { accountOperations } from "./account/account-operations.ts";
import { createAccountSettings } from "./account/settings.ts";
import { contactOperations } from "./contacts/contact-operations.ts";
import { createListManagement } from "./sending/list-management.ts";
import { createSendingLimits } from "./sending/sending-limits.ts";
import { suppressionOperations } from "./suppression/suppression-operations.ts";
import { createSuppressionRules } from "./suppression/suppression-rules.ts";
import { createTemplateCache } from "./templates/template-cache.ts";
import { templateOperations } from "./templates/template-operations.ts";
import { tenantOperations } from "./tenants/tenant-operations.ts";

const now = new Date("2026-11-23T12:34:56Z");
const clock = () => now;
const context = callContext(now);

function operationsIn({ database, scope }: ScopeUnderTest) {
  const settings = createAccountSettings({ database, clock });
  const templates = createTemplateCache({ database, clock });
  const links = createSubscriptionLinks(Buffer.from("a key"), () => "https://mail.example.com");
  return {
    database,
    settings,
    templates,
    links,
    name: `${scope.accountId} ${scope.region}`,
    lists: createListManagement({ database, links, clock }),
    limits: createSendingLimits({ database, clock }, { perDay: 10, perSecond: 0 }),
    call: {
      ...templateOperations({ database, templates }),
      ...contactOperations({ database, maxLists: 1 }),
      ...suppressionOperations({ database, accountEvents }),
      ...tenantOperations({ database, settings, scope }),
      ...accountOperations({ database, settings, accountEvents, config: { dailyQuota: 10, sendRate: 0 } }),
    },
  };
}
type Operations = ReturnType<typeof operationsIn>;

describe.each(databases)("two accounts and two regions on $name", ({ open }) => {
  let database: ScopedDatabase;
  let all: Operations[];
  let home: Operations;
  let rest: Operations[];

  beforeAll(async () => {
    database = await open();
    all = (await threeScopes(database)).map(operationsIn);
    const [first, ...others] = all;
    if (!first) throw new Error("there are three");
    home = first;
    rest = others;
  });
  afterAll(() => database.close());

  /** What each scope answers, in the same order. */
  const each = async <Result>(ask: (one: Operations) => Promise<Result>): Promise<Result[]> => {
    const answers: Result[] = [];
    for (const one of all) answers.push(await ask(one));
    return answers;
  };

  test("templates", async () => {
    const TemplateName = "welcome";
    const get = ({ call }: Operations) => call.GetEmailTemplate({ TemplateName }, context);
    const create = ({ call, name }: Operations) =>
      call.CreateEmailTemplate({ TemplateName, TemplateContent: { Text: name } }, context);
    await create(home);
    for (const one of rest) {
      expect((await one.call.ListEmailTemplates({}, context)).TemplatesMetadata).toEqual([]);
      expect(await one.templates.get(TemplateName)).toBeUndefined();
      const refused = ["NotFoundException", "Template welcome does not exist."];
      const update = { TemplateName, TemplateContent: { Text: "theirs" } };
      expect(await refusalOf(get(one))).toEqual(refused);
      expect(await refusalOf(one.call.UpdateEmailTemplate(update, context))).toEqual(refused);
      expect(await refusalOf(one.call.TestRenderEmailTemplate({ TemplateName, TemplateData: "{}" }, context))).toEqual(
        refused,
      );
      expect(await refusalOf(one.call.DeleteEmailTemplate({ TemplateName }, context))).toEqual(refused);
      await create(one);
    }
    const texts = async () => (await each(get)).map(({ TemplateContent }) => TemplateContent?.Text);
    expect(await texts()).toEqual(all.map(({ name }) => name));
    await home.call.UpdateEmailTemplate({ TemplateName, TemplateContent: { Text: "changed" } }, context);
    expect(await texts()).toEqual(["changed", ...rest.map(({ name }) => name)]);

    await each(({ call }) =>
      call.CreateEmailTemplate({ TemplateName: "second", TemplateContent: { Text: "x" } }, context),
    );
    const pages = await each(({ call }) => call.ListEmailTemplates({ PageSize: 1 }, context));
    const tokens = pages.map(({ NextToken }) => NextToken);
    for (const [index, { call }] of all.entries()) {
      for (const [of, NextToken] of tokens.entries()) {
        const answer = call.ListEmailTemplates({ NextToken }, context);
        if (index === of) expect((await answer).TemplatesMetadata).toMatchObject([{ TemplateName }]);
        else expect((await refusalOf(answer))[0]).toBe("BadRequestException");
      }
    }
    await home.call.DeleteEmailTemplate({ TemplateName }, context);
    await Promise.all(rest.map(get));
  });

  test("contact lists, whose limit is that of each, and contacts", async () => {
    const list = { ContactListName: "news" };
    const contact = { ...list, EmailAddress: "a@example.com" };
    const Topics = [{ TopicName: "t", DisplayName: "T", DefaultSubscriptionStatus: "OPT_IN" as const }];
    await home.call.CreateContactList({ ...list, Description: home.name, Topics }, context);
    await home.call.CreateContact({ ...contact, AttributesData: "{}" }, context);
    for (const one of rest) {
      expect((await one.call.ListContactLists({}, context)).ContactLists).toEqual([]);
      const { call } = one;
      for (const answer of [
        () => call.GetContactList(list, context),
        () => call.UpdateContactList(list, context),
        () => call.DeleteContactList(list, context),
        () => call.ListContacts(list, context),
        () => call.GetContact(contact, context),
        () => call.CreateContact(contact, context),
      ]) {
        expect((await refusalOf(answer()))[0]).toBe("NotFoundException");
      }
      await call.CreateContactList({ ...list, Description: one.name, Topics }, context);
      expect((await call.ListContacts(list, context)).Contacts).toEqual([]);
      for (const answer of [
        () => call.GetContact(contact, context),
        () => call.UpdateContact(contact, context),
        () => call.DeleteContact(contact, context),
      ]) {
        expect((await refusalOf(answer()))[0]).toBe("NotFoundException");
      }
    }
    expect(await refusalOf(home.call.CreateContactList({ ContactListName: "more" }, context))).toEqual([
      "BadRequestException",
      "A maximum of 1 Lists allowed per account.",
    ]);
    await Promise.all(rest.map(({ call }) => call.CreateContact(contact, context)));
    await home.call.UpdateContact({ ...contact, UnsubscribeAll: true }, context);
    const seen = await each(({ call }) => call.GetContact(contact, context));
    expect(seen.map(({ UnsubscribeAll }) => UnsubscribeAll)).toEqual([true, false, false]);
    const filter = { FilteredStatus: "OPT_OUT" as const };
    const out = await each(({ call }) => call.ListContacts({ ...list, Filter: filter }, context));
    expect(out.map(({ Contacts }) => Contacts?.length)).toEqual([1, 0, 0]);
    const lists = await each(({ call }) => call.GetContactList(list, context));
    expect(lists.map(({ Description }) => Description)).toEqual(all.map(({ name }) => name));

    await home.call.DeleteContactList(list, context);
    for (const { call } of rest) expect((await call.ListContacts(list, context)).Contacts).toHaveLength(1);
    await Promise.all(rest.map(({ call }) => call.DeleteContactList(list, context)));
  });

  test("list management and the recipients' links", async () => {
    const listManagement = { contactListName: "mail", topicName: undefined };
    const listed = ({ lists }: Operations, address: string) =>
      lists.listed({ listManagement, recipients: [{ address: parseAddress(address), kind: "to" }] });
    await home.call.CreateContactList({ ContactListName: "mail" }, context);
    const mail = await listed(home, "r@example.com");
    for (const one of rest) {
      await expect(listed(one, "r@example.com")).rejects.toMatchObject({ code: "NotFoundException" });
      await one.call.CreateContactList({ ContactListName: "mail" }, context);
    }
    const contacts = await each(({ call }) => call.ListContacts({ ContactListName: "mail" }, context));
    expect(contacts.map(({ Contacts }) => Contacts?.length)).toEqual([1, 0, 0]);

    // Someone who got mail of all, and unsubscribes from that of the second.
    const [, abroad] = await each((one) => listed(one, "r@example.com"));
    const unsubscribe = async (url: string | undefined) => {
      const grant = home.links.read(new URL(url ?? "").pathname.split("/").at(-1) ?? "");
      if (!grant) throw new Error("the link is valid");
      const services = { database, interest: async () => undefined, clock };
      return applyChoice(services, grant, { kind: "unsubscribe", topic: undefined }, "UnsubscribePage");
    };
    const messageId = "0100019a-0000-0000-0000-000000000000-000000";
    expect((await unsubscribe(abroad?.unsubscribeUrl(messageId)))?.unsubscribeAll).toBe(true);
    const unsubscribed = async () =>
      (await each((one) => listed(one, "r@example.com"))).map((answer) => answer?.unsubscribed.size);
    expect(await unsubscribed()).toEqual([0, 1, 0]);
    await unsubscribe(mail?.unsubscribeUrl(messageId));
    expect(await unsubscribed()).toEqual([1, 1, 0]);
  });

  test("suppression lists, of accounts and of tenants of the same name", async () => {
    await each(({ call }) => call.CreateTenant({ TenantName: "tenant" }, context));
    for (const TenantName of [undefined, "tenant"]) {
      const key = { EmailAddress: "a@example.com", TenantName };
      const put = ({ call }: Operations, Reason: "BOUNCE" | "COMPLAINT") =>
        call.PutSuppressedDestination({ ...key, Reason }, context);
      await put(home, "BOUNCE");
      for (const one of rest) {
        expect(await one.call.ListSuppressedDestinations({ TenantName }, context)).toEqual({
          SuppressedDestinationSummaries: [],
          NextToken: undefined,
        });
        expect((await refusalOf(one.call.GetSuppressedDestination(key, context)))[0]).toBe("NotFoundException");
        expect((await refusalOf(one.call.DeleteSuppressedDestination(key, context)))[0]).toBe("NotFoundException");
        await put(one, "COMPLAINT");
      }
      const reasons = async () =>
        (await each(({ call }) => call.ListSuppressedDestinations({ TenantName }, context))).map((answer) =>
          answer.SuppressedDestinationSummaries?.map(({ Reason }) => Reason),
        );
      expect(await reasons()).toEqual([["BOUNCE"], ["COMPLAINT"], ["COMPLAINT"]]);
      await home.call.DeleteSuppressedDestination(key, context);
      expect(await reasons()).toEqual([[], ["COMPLAINT"], ["COMPLAINT"]]);
    }
  });

  test("account settings, and the suppression rules that follow them", async () => {
    await home.call.PutAccountSendingAttributes({ SendingEnabled: false }, context);
    await home.call.PutAccountVdmAttributes({ VdmAttributes: { VdmEnabled: "DISABLED" } }, context);
    await home.call.PutAccountSuppressionAttributes({ SuppressedReasons: [] }, context);
    const accounts = await each(({ call }) => call.GetAccount({}, context));
    expect(accounts.map(({ SendingEnabled }) => SendingEnabled)).toEqual([false, true, true]);
    expect(accounts.map(({ VdmAttributes }) => VdmAttributes?.VdmEnabled)).toEqual(["DISABLED", "ENABLED", "ENABLED"]);
    await expect(home.settings.checkAccount()).rejects.toMatchObject({ code: "SendingPausedException" });
    const rules = createSuppressionRules(async (scope) => {
      const found = all.find((one) => one.database.scope === scope);
      if (!found) throw new Error(`There is no scope ${scope}`);
      return found.settings;
    });
    const ruled = await each(({ database: { scope } }) =>
      rules({ scope, configurationSet: undefined, tenant: undefined }),
    );
    expect(ruled.map(({ reasons }) => reasons.length)).toEqual([0, 2, 2]);
  });

  test("the quota and what counts toward it", async () => {
    const [abroad, other] = rest;
    if (!abroad || !other) throw new Error("there are three");
    await database.query("INSERT INTO sending_hours (scope, hour, recipients) VALUES ($1, $2, 7), ($3, $2, 2)", [
      home.database.scope,
      new Date("2026-11-23T11:00:00Z"),
      abroad.database.scope,
    ]);
    const waiting = { firstMessageId: "a", lastMessageId: "a", events: 1, payload: new Uint8Array(), version: 1 };
    const { scope } = home.database;
    await insertOutboxRows(database, [{ ...waiting, scope, now, recipients: 3, publication: undefined }]);
    const sent = await each(({ call }) => call.GetAccount({}, context));
    expect(sent.map(({ SendQuota }) => SendQuota?.SentLast24Hours)).toEqual([10, 2, 0]);
    expect((await refusalOf(home.limits.take(1, 1)))[0]).toBe("LimitExceededException");
    await Promise.all(rest.map(({ limits }) => limits.take(1, 1)));
  });
});
