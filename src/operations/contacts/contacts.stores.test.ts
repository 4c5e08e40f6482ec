import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import type { Input } from "../../contract/types.ts";
import { deleteContactList, insertContactList, updateContactList } from "../../stores/postgres/contact-lists.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { createContact } from "./create-contact.ts";
import { deleteContact } from "./delete-contact.ts";
import { getContact } from "./get-contact.ts";
import { updateContact } from "./update-contact.ts";

describe.each(databases)("contacts on $name", ({ open }) => {
  let database: ScopedDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  const made = new Date("2026-11-23T12:34:56.789Z");
  const later = new Date("2026-11-24T00:00:00Z");
  const topics = ["Sports", "Cycling", "Other"].map((TopicName) => ({
    TopicName,
    DisplayName: TopicName,
    DefaultSubscriptionStatus: TopicName === "Other" ? ("OPT_IN" as const) : ("OPT_OUT" as const),
  }));
  const ContactListName = "News";
  beforeEach(async () => {
    await database.query("DELETE FROM contact_lists");
    await insertContactList(database, { name: "News", description: null, topics, tags: [], createdAt: made }, 1);
  });

  type Change = Partial<Input<"UpdateContact">>;
  const create = (EmailAddress: string, input: Change = {}) =>
    createContact({ database })({ ContactListName, EmailAddress, ...input }, callContext(made));
  const get = (EmailAddress: string, input: Partial<Input<"GetContact">> = {}) =>
    getContact({ database })({ ContactListName, EmailAddress, ...input }, callContext());
  const update = (EmailAddress: string, input: Change = {}) =>
    updateContact({ database })({ ContactListName, EmailAddress, ...input }, callContext(later));
  const remove = (EmailAddress: string, input: Partial<Input<"DeleteContact">> = {}) =>
    deleteContact({ database })({ ContactListName, EmailAddress, ...input }, callContext());
  const preference = (TopicName: string, SubscriptionStatus: "OPT_IN" | "OPT_OUT") => ({
    TopicName,
    SubscriptionStatus,
  });

  test("a contact is made, read and deleted", async () => {
    const AttributesData = '{"Name": "Jörg \\"J\\"",\n "b":[1.10,1234567890123456789]}';
    const TopicPreferences = [preference("Cycling", "OPT_OUT"), preference("Sports", "OPT_IN")];
    expect(await create("jane@example.org", { AttributesData, TopicPreferences })).toEqual({});
    expect(await get("jane@example.org")).toEqual({
      ContactListName,
      EmailAddress: "jane@example.org",
      TopicPreferences: TopicPreferences.toReversed(),
      TopicDefaultPreferences: [preference("Other", "OPT_IN")],
      UnsubscribeAll: false,
      AttributesData,
      CreatedTimestamp: made,
      LastUpdatedTimestamp: made,
    });
    expect(await refusalOf(create("jane@example.org"))).toEqual([
      "AlreadyExistsException",
      "jane@example.org already exists in List.",
    ]);
    expect((await get("jane@example.org")).AttributesData).toBe(AttributesData);
    expect(await remove("jane@example.org")).toEqual({});
    for (const call of [get, update, remove]) {
      expect(await refusalOf(call("jane@example.org"))).toEqual([
        "NotFoundException",
        "jane@example.org doesn't exist in List.",
      ]);
    }
  });

  test("an update merges preferences and replaces the rest", async () => {
    await create("a@b.cd", { AttributesData: "{}", TopicPreferences: [preference("Sports", "OPT_IN")] });
    await update("a@b.cd", { UnsubscribeAll: true, TopicPreferences: [preference("Other", "OPT_OUT")] });
    expect(await get("a@b.cd")).toMatchObject({
      TopicPreferences: [preference("Sports", "OPT_IN"), preference("Other", "OPT_OUT")],
      UnsubscribeAll: true,
      CreatedTimestamp: made,
      LastUpdatedTimestamp: later,
    });
    expect((await get("a@b.cd")).AttributesData).toBeUndefined();
    await update("a@b.cd", { AttributesData: '{"a":1}', TopicPreferences: [preference("Sports", "OPT_OUT")] });
    expect(await get("a@b.cd")).toMatchObject({
      TopicPreferences: [preference("Sports", "OPT_OUT"), preference("Other", "OPT_OUT")],
      UnsubscribeAll: false,
      AttributesData: '{"a":1}',
    });
  });

  test("concurrent updates of different topics all count", async () => {
    await create("a@b.cd");
    await Promise.all(
      topics.map(({ TopicName }) => update("a@b.cd", { TopicPreferences: [preference(TopicName, "OPT_IN")] })),
    );
    expect((await get("a@b.cd")).TopicPreferences).toHaveLength(3);
  });

  test("of concurrent calls that make a contact one does", async () => {
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => create("a@b.cd")));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("a contact that is made while its list is deleted is gone, or told so", async () => {
    const calls = Array.from({ length: 20 }, (_, index) => create(`a${index}@b.cd`));
    const deleted = deleteContactList(database, "News");
    for (const answer of await Promise.allSettled(calls)) {
      if (answer.status === "rejected") expect(answer.reason).toMatchObject({ code: "NotFoundException" });
    }
    expect(await deleted).toBe(true);
    expect(await database.query("SELECT FROM contacts")).toEqual([]);
  });

  test("choices of a topic that the list no longer has have no effect, until it comes back", async () => {
    await create("a@b.cd", { TopicPreferences: [preference("Sports", "OPT_IN"), preference("Cycling", "OPT_IN")] });
    await updateContactList(database, { name: "News", description: null, topics: topics.slice(1), updatedAt: later });
    expect(await get("a@b.cd")).toMatchObject({
      TopicPreferences: [preference("Cycling", "OPT_IN")],
      TopicDefaultPreferences: [preference("Other", "OPT_IN")],
    });
    await updateContactList(database, { name: "News", description: null, topics, updatedAt: later });
    expect((await get("a@b.cd")).TopicPreferences).toHaveLength(2);
  });

  test.each([
    [" Foo@Example.COM ", "Foo@example.com"],
    ["a+b/c=d@example.com", "a+b/c=d@example.com"],
    ['"a b@c,d"@example.com', '"a b@c,d"@example.com'],
    ["x@münchen.example", "x@xn--mnchen-3ya.example"],
  ])("the address %j is kept as %j and found in each form", async (given, kept) => {
    await create(given);
    for (const form of [given, kept]) expect((await get(form)).EmailAddress).toBe(kept);
    await remove(given.trim());
  });

  test("the local part's case matters", async () => {
    await create("Foo@example.com");
    expect((await refusalOf(get("foo@example.com")))[0]).toBe("NotFoundException");
    await create("foo@example.com");
  });

  test.each([
    "",
    " ",
    "a",
    "a@",
    "@b.c",
    "a@b",
    "A <a@b.cd>",
    "<a@b.cd>",
    "a@b.cd (c)",
    "a@b.cd ()",
    "a@b..cd",
    "a\0@b.cd",
  ])("the address %j is refused", async (address) => {
    const text = address.trim() === "" ? "EmailAddress can't be blank." : `EmailAddress <${address}> is invalid`;
    for (const call of [create, get, update, remove]) {
      expect(await refusalOf(call(address))).toEqual(["BadRequestException", text]);
    }
  });

  test.each<[what: string, input: Change, code: string, text: string]>([
    [
      "an unknown topic",
      { TopicPreferences: [preference("sports", "OPT_IN")] },
      "BadRequestException",
      "List: News doesn't contain Topic: sports",
    ],
    ["attributes that are no JSON", { AttributesData: "{a}" }, "BadRequestException", "must be a valid JSON object."],
    ["attributes that are a list", { AttributesData: "[]" }, "BadRequestException", "must be a valid JSON object."],
    ["half a surrogate pair", { AttributesData: '{"a":"\ud800"}' }, "BadRequestException", "must be a valid JSON"],
    ["long attributes", { AttributesData: `{"a":"${"é".repeat(32_768)}"}` }, "BadRequestException", "65536 bytes"],
    ["no such list", { ContactListName: "none" }, "NotFoundException", "List with name: none doesn't exist."],
    ["a bad name of a list", { ContactListName: "a b" }, "BadRequestException", "ContactListName can contain"],
  ])("%s is refused, and nothing changes", async (_, input, code, text) => {
    await create("kept@b.cd", { TopicPreferences: [preference("Sports", "OPT_IN")], AttributesData: "{}" });
    const before = await get("kept@b.cd");
    for (const call of [() => create("new@b.cd", input), () => update("kept@b.cd", input)]) {
      const [found, message] = await refusalOf(call());
      expect(found).toBe(code);
      expect(message).toContain(text);
    }
    expect(await get("kept@b.cd")).toEqual(before);
    expect((await refusalOf(get("new@b.cd")))[0]).toBe("NotFoundException");
  });

  test("empty attributes are none", async () => {
    await create("a@b.cd", { AttributesData: "" });
    expect((await get("a@b.cd")).AttributesData).toBeUndefined();
  });
});
