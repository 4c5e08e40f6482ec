import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { runs } from "../../../test/support/runs.ts";
import type { Input } from "../../contract/types.ts";
import { insertContactList } from "../../stores/postgres/contact-lists.ts";
import { insertContact } from "../../stores/postgres/contacts.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { listContacts } from "./list-contacts.ts";

const now = new Date("2026-11-23T12:34:56.789Z");
type Status = "OPT_IN" | "OPT_OUT";

describe.each(databases)("lists of contacts on $name", ({ open }) => {
  let database: Database;
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
          FilteredStatus: statuses,
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
            const status = choice === "none" ? choice : one.unsubscribeAll ? "OPT_OUT" : (choice ?? "OPT_IN");
            const matches = status !== "none" && (FilteredStatus === undefined || status === FilteredStatus);
            return matches ? [`c${index + 10}@b.cd`] : [];
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
      `INSERT INTO contacts (list, address, unsubscribe_all, preferences, created_at, updated_at)
       SELECT 'list', number || '@b.cd', number IN (100001, 150000, 199999), '{}', now(), now()
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

  test("page sizes, tokens, topics and lists are checked", async () => {
    for (let number = 0; number < 3; number++) await add(`c${number}@b.cd`);
    for (const PageSize of [0, -1, 1001]) {
      expect((await refusalOf(list({ PageSize })))[1]).toBe("The page size must be between 1 and 1000");
    }
    const { NextToken } = await list({ PageSize: 1 });
    const foreign: Partial<Input<"ListContacts">>[] = [
      { NextToken, ContactListName: "other" },
      { NextToken, Filter: { FilteredStatus: "OPT_IN" } },
      { NextToken, Filter: { TopicFilter: { TopicName: "in" } } },
      { NextToken: "garbage" },
    ];
    for (const input of foreign) {
      expect(await refusalOf(list(input))).toEqual(["BadRequestException", `Invalid NextToken <${input.NextToken}>.`]);
    }
    expect(await refusalOf(list({ Filter: { TopicFilter: { TopicName: "x" } } }))).toEqual([
      "BadRequestException",
      "List: list doesn't contain Topic: x",
    ]);
    expect((await refusalOf(list({ ContactListName: "none" })))[0]).toBe("NotFoundException");
    expect(await all({ NextToken: "", Filter: { TopicFilter: {} } })).toHaveLength(3);
  });
});
