import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { parseAddress } from "../../mail/address.ts";
import { createSubscriptionLinks } from "../../recipients/subscriptions/subscription-links.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { createListManagement, type ListManagement } from "./list-management.ts";

describe.each(databases)("list management on $name", ({ open }) => {
  let database: ScopedDatabase;
  let lists: ListManagement;
  let queries = 0;

  beforeAll(async () => {
    database = await open();
    await database.query(
      `INSERT INTO contact_lists (scope, name, topics, tags, created_at, updated_at)
       VALUES (1, 'list', '[{"TopicName":"news","DisplayName":"News","DefaultSubscriptionStatus":"OPT_IN"}]', '[]', now(), now())`,
    );
    const counting: ScopedDatabase = {
      ...database,
      query: (text, parameters) => {
        queries++;
        return database.query(text, parameters);
      },
    };
    const links = createSubscriptionLinks(Buffer.from("a key"), () => "https://mail.example.com");
    lists = createListManagement({ database: counting, links, clock: () => new Date("2026-11-24T00:00:00Z") });
  });
  afterAll(() => database.close());
  beforeEach(() => {
    queries = 0;
  });

  const message = (address: string, contactListName = "list") => ({
    recipients: [{ address: parseAddress(address), kind: "to" as const }],
    listManagement: { contactListName, topicName: "news" },
  });

  test("mail without a list asks nothing", async () => {
    expect(await lists.listed({ ...message("a@example.com"), listManagement: undefined })).toBeUndefined();
    expect(queries).toBe(0);
  });

  test("messages at once share a statement, and what is wrong with one leaves the others alone", async () => {
    const addresses = Array.from({ length: 100 }, (_, index) => `user${index}@Example.com`);
    const send = () =>
      Promise.allSettled([...addresses.map((one) => message(one)), message("b@example.com", "none")].map(lists.listed));
    const outcomes = await send();
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(100);
    expect(outcomes.at(-1)).toMatchObject({ reason: { text: "List with name: none doesn't exist." } });
    expect(queries).toBe(2);
    await send();
    expect(queries).toBe(3);
    await database.query("UPDATE contacts SET unsubscribe_all = true WHERE address = 'user7@example.com'");
    const [seventh] = await Promise.all([lists.listed(message("user7@EXAMPLE.com")), lists.listed(message("c@d.e"))]);
    expect(seventh?.unsubscribed).toEqual(new Set(["user7@EXAMPLE.com"]));
  });

  test("a database that fails fails those who asked, and is asked again by the next", async () => {
    const failing: ScopedDatabase = { ...database, query: () => Promise.reject(new Error("away")) };
    let current = failing;
    const links = createSubscriptionLinks(Buffer.from("a key"), () => "https://mail.example.com");
    const own = createListManagement({
      database: { ...database, query: (text, parameters) => current.query(text, parameters) },
      links,
      clock: () => new Date(),
    });
    const outcomes = await Promise.allSettled([own.listed(message("a@b.c")), own.listed(message("b@b.c"))]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    current = database;
    expect(await own.listed(message("a@b.c"))).toBeDefined();
  });
});
