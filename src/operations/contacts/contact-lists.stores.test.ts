import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { checkConstraints } from "../../contract/constraints.ts";
import type { Input } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { encodeToken } from "../page-token.ts";
import { createContactList } from "./create-contact-list.ts";
import { deleteContactList } from "./delete-contact-list.ts";
import { getContactList } from "./get-contact-list.ts";
import { listContactLists } from "./list-contact-lists.ts";
import { updateContactList } from "./update-contact-list.ts";

describe.each(databases)("contact lists on $name", ({ open }) => {
  let database: ScopedDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(() => database.query("DELETE FROM contact_lists"));

  const made = new Date("2026-11-23T12:34:56.789Z");
  const later = new Date("2026-11-24T00:00:00Z");
  const create = (ContactListName: string, input: Partial<Input<"CreateContactList">> = {}, maxLists = 1) =>
    createContactList({ database, maxLists })({ ContactListName, ...input }, callContext(made));
  const get = (ContactListName: string) => getContactList({ database })({ ContactListName }, callContext());
  const update = (ContactListName: string, input: Partial<Input<"UpdateContactList">> = {}) =>
    updateContactList({ database })({ ContactListName, ...input }, callContext(later));
  const remove = (ContactListName: string) => deleteContactList({ database })({ ContactListName }, callContext());
  const list = (input: Input<"ListContactLists"> = {}) => listContactLists({ database })(input, callContext());

  const Topics: Input<"CreateContactList">["Topics"] = [
    { TopicName: "Sports", DisplayName: "Sport, täglich", Description: "News", DefaultSubscriptionStatus: "OPT_OUT" },
    { TopicName: "a-b_1", DisplayName: "", DefaultSubscriptionStatus: "OPT_IN" },
  ];
  const Tags = [{ Key: "team", Value: "shop" }];

  test("a list is made, read, replaced and deleted", async () => {
    expect(await create("News", { Topics, Description: "What's new", Tags })).toEqual({});
    expect(await get("News")).toEqual({
      ContactListName: "News",
      Description: "What's new",
      Topics,
      Tags,
      CreatedTimestamp: made,
      LastUpdatedTimestamp: made,
    });
    expect(await update("News", { Topics: Topics.slice(1) })).toEqual({});
    expect(await get("News")).toEqual({
      ContactListName: "News",
      Description: undefined,
      Topics: Topics.slice(1),
      Tags,
      CreatedTimestamp: made,
      LastUpdatedTimestamp: later,
    });
    expect(await remove("News")).toEqual({});
    for (const call of [get, update, remove]) {
      expect(await refusalOf(call("News"))).toEqual(["NotFoundException", "List with name: News doesn't exist."]);
    }
  });

  test("there is one list unless the settings allow more; its name taken is the same to SES", async () => {
    const limit = ["BadRequestException", "A maximum of 1 Lists allowed per account."];
    const answers = await Promise.allSettled(["a", "b", "c", "d"].map((name) => create(name)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const name of ["a", "b", "c", "d"]) expect(await refusalOf(create(name))).toEqual(limit);
  });

  test("of more lists each has its own name", async () => {
    const names = Array.from({ length: 25 }, (_, index) => `list-${String(index).padStart(2, "0")}`);
    for (const name of names.toReversed()) await create(name, {}, 26);
    expect(await refusalOf(create("list-00", {}, 26))).toEqual([
      "AlreadyExistsException",
      "List with name: list-00 already exists.",
    ]);
    const first = await list({ PageSize: 10 });
    expect(first.ContactLists?.[0]).toEqual({ ContactListName: "list-00", LastUpdatedTimestamp: made });
    await create("list-000", {}, 26);
    const second = await list({ PageSize: 20, NextToken: first.NextToken });
    expect(second.NextToken).toBeUndefined();
    const seen = [...(first.ContactLists ?? []), ...(second.ContactLists ?? [])].map((one) => one.ContactListName);
    expect(seen).toEqual(names);
    expect((await list()).ContactLists).toHaveLength(26);
  });

  const nameText =
    "can contain up to 64 characters. Only alphanumeric characters, underscores(_) and hyphens(-) are allowed.";
  const topic = (change: object) => ({
    Topics: [{ TopicName: "t", DisplayName: "T", DefaultSubscriptionStatus: "OPT_IN" as const, ...change }],
  });
  const many = Array.from({ length: 21 }, (_, index) => ({
    TopicName: `t${index}`,
    DisplayName: "T",
    DefaultSubscriptionStatus: "OPT_IN" as const,
  }));
  test.each<[what: string, name: string, input: Partial<Input<"CreateContactList">>, text: string]>([
    ["a blank name", " ", {}, "ContactListName can't be blank."],
    ["a name with other characters", "a b", {}, `ContactListName ${nameText}`],
    ["a name before its topics", "ä", topic({ TopicName: "" }), `ContactListName ${nameText}`],
    ["a long name", "n".repeat(65), {}, `ContactListName ${nameText}`],
    ["21 topics", "n", { Topics: many }, "Maximum of <20> topics allowed per ContactList"],
    ["a blank topic", "n", topic({ TopicName: " " }), "TopicName can't be blank."],
    ["a topic with other characters", "n", topic({ TopicName: "a.b" }), `TopicName ${nameText}`],
    ["a long display name", "n", topic({ DisplayName: "x".repeat(129) }), "can contain up to <128> characters."],
    ["a long topic description", "n", topic({ Description: "x".repeat(501) }), "up to <500> characters."],
    ["a NUL in a display name", "n", topic({ DisplayName: "\0" }), "DisplayName must not contain NUL"],
    ["half a surrogate pair", "n", topic({ Description: "\ud800" }), "Description must not contain NUL"],
    ["a topic twice", "n", { Topics: [...many.slice(0, 2), ...many.slice(0, 1)] }, "Duplicate topic names are not"],
    ["a long description", "n", { Description: "x".repeat(501) }, "List description can contain up to 500 characters."],
    ["a NUL in the description", "n", { Description: "a\0" }, "Description must not contain NUL"],
    ["a reserved tag", "n", { Tags: [{ Key: "aws:a", Value: "" }] }, "Caller is an end user"],
  ])("%s is refused, and nothing is stored", async (_, name, input, text) => {
    const [code, message] = await refusalOf(create(name, input));
    expect(code).toBe("BadRequestException");
    expect(message).toContain(text);
    expect((await list()).ContactLists).toEqual([]);
  });

  test("an update that is refused changes nothing", async () => {
    await create("kept", { Topics });
    expect((await refusalOf(update("kept", topic({ TopicName: "" }))))[0]).toBe("BadRequestException");
    expect((await get("kept")).Topics).toEqual(Topics);
  });

  test("the most that is allowed is taken", async () => {
    await create("n".repeat(64), { Topics: many.slice(1), Description: "x".repeat(500) });
    expect((await get("n".repeat(64))).Topics).toHaveLength(20);
  });

  test("page sizes and tokens are checked", async () => {
    for (const PageSize of [0, -1, 1001]) {
      expect((await refusalOf(list({ PageSize })))[1]).toBe("The page size must be between 1 and 1000");
    }
    for (const NextToken of ["garbage", encodeToken("contacts", "a")]) {
      expect((await refusalOf(list({ NextToken })))[1]).toBe(`Invalid NextToken <${NextToken}>.`);
    }
    expect((await list({ NextToken: "" })).ContactLists).toEqual([]);
  });
});

test("SES lists the statuses in this order", () => {
  const input: object = { ContactListName: "n", Topics: [{ TopicName: "t", DefaultSubscriptionStatus: "MAYBE" }] };
  expect(() => checkConstraints("CreateContactList", { ContactListName: "n", ...input })).toThrow(
    "2 validation errors detected: Value at 'topics.1.member.displayName' failed to satisfy constraint: " +
      "Member must not be null; Value at 'topics.1.member.defaultSubscriptionStatus' failed to satisfy constraint: " +
      "Member must satisfy enum value set: [OPT_OUT, OPT_IN]",
  );
});
