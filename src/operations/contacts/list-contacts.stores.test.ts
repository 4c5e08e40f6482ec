import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { runs } from "../../../test/support/runs.ts";
import type { Input } from "../../contract/types.ts";
import { insertContactList } from "../../stores/postgres/contact-lists.ts";
import { insertContact } from "../../stores/postgres/contacts.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { listContacts } from "./list-contacts.ts";

const now = new Date("2026-11-23T12:34:56.789Z");
type Status = "OPT_IN" | "OPT_OUT";

describe.each(databases)("lists of contacts on $name", ({ open }) => {
  let database: ScopedDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM contact_lists");
    const topic = (TopicName: string, DefaultSubscriptionStatus: Status) => ({
      TopicName,
      DisplayName: TopicName,
      DefaultSubscriptionStatus,
    });
    for (const name of ["other", "list"]) {
      const topics = [topic("in", "OPT_IN"), topic("out", "OPT_OUT")];
      await insertContactList(database, { name, description: null, topics, tags: [], createdAt: now }, 2);
    }
  });

  const add = (address: string, preferences: Record<string, Status> = {}, unsubscribeAll = false, list = "list") =>
    insertContact(database, list, { address, preferences, unsubscribeAll, attributes: null, createdAt: now });
  const list = (input: Partial<Input<"ListContacts">> = {}) =>
    listContacts({ database })({ ContactListName: "list", ...input }, callContext());
  async function all(input: Partial<Input<"ListContacts">>): Promise<string[]> {
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await list({ ...input, NextToken });
      seen.push(...(page.Contacts ?? []).map(({ EmailAddress = "" }) => EmailAddress));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return seen;
  }

  test("pages show each contact once, in order, while others come and go", async () => {
    for (let number = 10; number < 35; number++) await add(`c${number}@b.cd`, { in: "OPT_OUT" });
    await add("elsewhere@b.cd", {}, false, "other");
    const first = await list({ PageSize: 10 });
    expect(first.Contacts?.[0]).toEqual({
      EmailAddress: "c10@b.cd",
      TopicPreferences: [{ TopicName: "in", SubscriptionStatus: "OPT_OUT" }],
      TopicDefaultPreferences: [{ TopicName: "out", SubscriptionStatus: "OPT_OUT" }],
      UnsubscribeAll: false,
      LastUpdatedTimestamp: now,
    });
    await add("c01@b.cd");
    await database.query("DELETE FROM contacts WHERE address = 'c19@b.cd'");
    const second = await list({ PageSize: 15, NextToken: first.NextToken });
    expect(second.NextToken).toBeUndefined();
    const seen = [...(first.Contacts ?? []), ...(second.Contacts ?? [])].map(({ EmailAddress }) => EmailAddress);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `c${index + 10}@b.cd`));
    expect(await all({ PageSize: 1 })).toHaveLength(25);
  });

  const statuses = fc.option(fc.constantFrom<Status>("OPT_IN", "OPT_OUT"), { nil: undefined });
  test("a filter lets through what SES's guide says", async () => {
    const contact = fc.record({ in: statuses, out: statuses, unsubscribeAll: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(contact, { maxLength: 12 }),
        fc.record({
          FilteredStatus: fc.constantFrom<Status>("OPT_IN", "OPT_OUT"),
          TopicName: fc.option(fc.constantFrom("in" as const, "out" as const), { nil: undefined }),
          UseDefaultIfPreferenceUnavailable: fc.boolean(),
          PageSize: fc.integer({ min: 1, max: 5 }),
        }),
        async (contacts, { FilteredStatus, TopicName, UseDefaultIfPreferenceUnavailable, PageSize }) => {
          await database.query("DELETE FROM contacts");
          for (const [index, one] of contacts.entries()) {
            const preferences = { ...(one.in && { in: one.in }), ...(one.out && { out: one.out }) };
            await add(`c${index + 10}@b.cd`, preferences, one.unsubscribeAll);
          }
          const wanted = contacts.flatMap((one, index) => {
            const standard = TopicName === "in" ? "OPT_IN" : "OPT_OUT";
            const choice = TopicName && (one[TopicName] ?? (UseDefaultIfPreferenceUnavailable ? standard : "none"));
            const status = one.unsubscribeAll ? "OPT_OUT" : (choice ?? "OPT_IN");
            return status === FilteredStatus ? [`c${index + 10}@b.cd`] : [];
          });
          const TopicFilter = TopicName && { TopicName, UseDefaultIfPreferenceUnavailable };
          expect(await all({ PageSize, Filter: { FilteredStatus, TopicFilter } })).toEqual(wanted);
        },
      ),
      { numRuns: runs(60) },
    );
  });

  test("a filter that few match gives pages with few or none, and in the end all", async () => {
    await database.query(
      `INSERT INTO contacts (scope, list, address, unsubscribe_all, preferences, created_at, updated_at)
       SELECT 1, 'list', number || '@b.cd', number IN (100001, 150000, 199999), '{}', now(), now()
       FROM generate_series(100000, 219999) AS number`,
    );
    const Filter = { FilteredStatus: "OPT_OUT" as const };
    const addresses = ["100001@b.cd", "150000@b.cd", "199999@b.cd"];
    expect(await all({ Filter })).toEqual(addresses);
    expect(await all({ Filter, PageSize: 1 })).toEqual(addresses);
    const first = await list({ Filter });
    expect(first.Contacts).toHaveLength(1);
    expect(first.NextToken).toBeDefined();
  });

  // What SES answered for these contacts: the topic `in` has the default OPT_IN, `out` has OPT_OUT.
  test.each<[status: Status, topic: string | undefined, usesDefault: boolean, found: string]>([
    ["OPT_IN", undefined, false, "c1 c2 c3 c6 c7"],
    ["OPT_OUT", undefined, false, "c4 c5"],
    ["OPT_IN", "in", false, "c2"],
    ["OPT_IN", "in", true, "c2 c3 c7"],
    ["OPT_OUT", "in", false, "c1 c4 c5 c6"],
    ["OPT_OUT", "in", true, "c1 c4 c5 c6"],
    ["OPT_IN", "out", false, "c1 c7"],
    ["OPT_IN", "out", true, "c1 c7"],
    ["OPT_OUT", "out", false, "c2 c4 c5"],
    ["OPT_OUT", "out", true, "c2 c3 c4 c5 c6"],
  ])("%s of the topic %s, with its default: %s", async (FilteredStatus, TopicName, usesDefault, found) => {
    await add("c1@b.cd", { in: "OPT_OUT", out: "OPT_IN" });
    await add("c2@b.cd", { in: "OPT_IN", out: "OPT_OUT" });
    await add("c3@b.cd");
    await add("c4@b.cd", {}, true);
    await add("c5@b.cd", { in: "OPT_IN", out: "OPT_IN" }, true);
    await add("c6@b.cd", { in: "OPT_OUT" });
    await add("c7@b.cd", { out: "OPT_IN" });
    const TopicFilter = TopicName ? { TopicName, UseDefaultIfPreferenceUnavailable: usesDefault } : undefined;
    const addresses = await all({ PageSize: 2, Filter: { FilteredStatus, TopicFilter } });
    expect(addresses.map((address) => address.slice(0, 2)).join(" ")).toBe(found);
  });

  test("a token is a position, whatever the filter", async () => {
    for (let number = 0; number < 6; number++) await add(`c${number}@b.cd`, {}, number % 2 === 1);
    const first = await list({ PageSize: 2, Filter: { FilteredStatus: "OPT_IN" } });
    const { NextToken } = first;
    const from = async (Filter?: Input<"ListContacts">["Filter"]) =>
      (await list({ NextToken, Filter })).Contacts?.map(({ EmailAddress }) => EmailAddress);
    expect(first.Contacts).toHaveLength(2);
    expect(await from()).toEqual(["c3@b.cd", "c4@b.cd", "c5@b.cd"]);
    expect(await from({ FilteredStatus: "OPT_OUT" })).toEqual(["c3@b.cd", "c5@b.cd"]);
  });

  const OPT_IN = "OPT_IN" as const;
  test.each<[input: Partial<Input<"ListContacts">>, code: string, text: string]>([
    [{ Filter: {} }, "BadRequestException", "Invalid FilteredStatus <null>"],
    [{ Filter: { TopicFilter: { TopicName: "in" } } }, "BadRequestException", "Invalid FilteredStatus <null>"],
    ...[{}, { TopicName: "" }, { TopicName: " " }].map(
      (TopicFilter): [Partial<Input<"ListContacts">>, string, string] => [
        { Filter: { FilteredStatus: OPT_IN, TopicFilter } },
        "BadRequestException",
        "TopicName can't be blank in TopicFilter.",
      ],
    ),
    [
      { Filter: { FilteredStatus: OPT_IN, TopicFilter: { TopicName: "nope" } } },
      "NotFoundException",
      "List: list doesn't contain Topic: nope",
    ],
    [{ NextToken: "garbage" }, "BadRequestException", "Provided NextToken is invalid"],
    // The order of the checks.
    [{ PageSize: 0, Filter: {} }, "BadRequestException", "The page size must be between 1 and 1000"],
    [
      { ContactListName: "none", NextToken: "garbage", Filter: { FilteredStatus: OPT_IN, TopicFilter: {} } },
      "BadRequestException",
      "TopicName can't be blank in TopicFilter.",
    ],
    [
      { ContactListName: "none", NextToken: "garbage", Filter: { FilteredStatus: OPT_IN } },
      "BadRequestException",
      "Provided NextToken is invalid",
    ],
    [
      { NextToken: "garbage", Filter: { FilteredStatus: OPT_IN, TopicFilter: { TopicName: "nope" } } },
      "BadRequestException",
      "Provided NextToken is invalid",
    ],
    [
      { ContactListName: "none", Filter: { FilteredStatus: OPT_IN, TopicFilter: { TopicName: "nope" } } },
      "NotFoundException",
      "List with name: none doesn't exist.",
    ],
  ])("%j is refused", async (input, code, text) => {
    expect(await refusalOf(list(input))).toEqual([code, text]);
  });

  test("page sizes, tokens, topics and lists are checked", async () => {
    for (let number = 0; number < 3; number++) await add(`c${number}@b.cd`);
    for (const PageSize of [0, -1, 1001]) {
      expect((await refusalOf(list({ PageSize })))[1]).toBe("The page size must be between 1 and 1000");
    }
    const { NextToken } = await list({ PageSize: 1 });
    expect(await refusalOf(list({ NextToken, ContactListName: "other" }))).toEqual([
      "BadRequestException",
      "Provided NextToken is invalid",
    ]);
    expect((await refusalOf(list({ ContactListName: "none" })))[0]).toBe("NotFoundException");
    expect(await all({ NextToken: "" })).toHaveLength(3);
  });
});
