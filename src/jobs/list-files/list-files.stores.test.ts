import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { insertContactList, type ListTopic } from "../../stores/postgres/contact-lists.ts";
import { insertContact, type TopicChoices } from "../../stores/postgres/contacts.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { contactFile } from "./contact-file.ts";
import { csvLine } from "./csv-line.ts";
import { suppressionFile } from "./suppression-file.ts";

test.each([
  [["a@b.cd", "BOUNCE"], "a@b.cd,BOUNCE\r\n"],
  [['"a,b"@c.de', ""], '"""a,b""@c.de",\r\n'],
  [["a\nb", "c\rd", "e\tf"], '"a\nb","c\rd",e\tf\r\n'],
  [[" a", "b ", "\tc", " ", "a b"], '" a","b ","\tc"," ",a b\r\n'],
  [['{"a":1}', "{}"], '"{""a"":1}","{}"\r\n'],
  [["=1+1", "+1", "-1", "@SUM(A1)", "é漢"], "=1+1,+1,-1,@SUM(A1),é漢\r\n"],
])("the fields %j are the line %j", (fields, line) => expect(csvLine(fields)).toBe(line));

const now = new Date("2026-11-23T12:34:56Z");
const topics: ListTopic[] = ["Sports", "Cycling"].map((TopicName) => ({
  TopicName,
  DisplayName: TopicName,
  DefaultSubscriptionStatus: "OPT_OUT",
}));

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

describe.each(databases)("lists as files on $name", ({ open }) => {
  let database: ScopedDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM contact_lists");
    await database.query("DELETE FROM suppressed_destinations");
    for (const name of ["list", "other"]) {
      await insertContactList(database, { name, description: null, topics, tags: [], createdAt: now }, 2);
    }
  });

  const add = (address: string, attributes: string | null, preferences: TopicChoices, unsubscribeAll = false) =>
    insertContact(database, "list", { address, attributes, preferences, unsubscribeAll, createdAt: now });
  const contacts = (format: "csv" | "json", name = "list") => textOf(contactFile(database, { name, topics }, format));

  test("contacts are in the formats that SES imports", async () => {
    await add("jane@example.org", '{"Name": "Jane, \\"J\\""}', { Sports: "OPT_IN", Gone: "OPT_IN" });
    await add("zoe@example.org", null, { Sports: "OPT_OUT", Cycling: "OPT_IN" }, true);
    expect(await contacts("csv")).toBe(
      "emailAddress,unsubscribeAll,attributesData,topicPreferences.Sports,topicPreferences.Cycling\r\n" +
        'jane@example.org,false,"{""Name"": ""Jane, \\""J\\""""}",OPT_IN,\r\n' +
        "zoe@example.org,true,,OPT_OUT,OPT_IN\r\n",
    );
    expect((await contacts("json")).split("\n").map((line) => line && JSON.parse(line))).toEqual([
      {
        emailAddress: "jane@example.org",
        unsubscribeAll: false,
        attributesData: '{"Name": "Jane, \\"J\\""}',
        topicPreferences: [{ topicName: "Sports", subscriptionStatus: "OPT_IN" }],
      },
      {
        emailAddress: "zoe@example.org",
        unsubscribeAll: true,
        topicPreferences: [
          { topicName: "Sports", subscriptionStatus: "OPT_OUT" },
          { topicName: "Cycling", subscriptionStatus: "OPT_IN" },
        ],
      },
      "",
    ]);
  });

  test("addresses that a spreadsheet would take for formulas have an apostrophe, in CSV only", async () => {
    const addresses = ["'=2@b.cd", "=1@b.cd", "a@b.cd", "＋1@b.cd"];
    for (const address of addresses) await add(address, null, {});
    const guarded = ["''=2@b.cd", "'=1@b.cd", "a@b.cd", "'＋1@b.cd"];
    const first = async (file: Promise<string>) => (await file).split("\r\n").map((line) => line.split(",")[0]);
    expect((await first(contacts("csv"))).slice(1, -1).sort()).toEqual([...guarded].sort());
    expect(await contacts("json")).toContain('"emailAddress":"=1@b.cd"');
    await database.query(
      `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at)
       SELECT 1, '', address, 'BOUNCE', now() FROM unnest($1::text[]) AS address`,
      [addresses],
    );
    const suppressed = await first(textOf(suppressionFile(database, { tenant: "", format: "csv" })));
    expect(suppressed.slice(0, -1).sort()).toEqual([...guarded].sort());
  });

  test("an empty list is a header, or nothing", async () => {
    expect(await contacts("csv", "other")).toMatch(/^emailAddress,[^\n]*\r\n$/);
    expect(await contacts("json", "other")).toBe("");
    expect(await textOf(suppressionFile(database, { tenant: "", format: "csv" }))).toBe("");
  });

  test("suppressed addresses are in the formats that SES imports, of one tenant", async () => {
    await database.query(
      `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at) VALUES
         (1, '', 'b@c.de', 'COMPLAINT', now()), (1, '', '"a,b"@c.de', 'BOUNCE', now()), (1, 't', 'x@y.zz', 'BOUNCE', now())`,
    );
    const file = (tenant: string, format: "csv" | "json") => textOf(suppressionFile(database, { tenant, format }));
    expect(await file("", "csv")).toBe('"""a,b""@c.de",BOUNCE\r\nb@c.de,COMPLAINT\r\n');
    expect(await file("", "json")).toBe(
      '{"emailAddress":"\\"a,b\\"@c.de","reason":"BOUNCE"}\n{"emailAddress":"b@c.de","reason":"COMPLAINT"}\n',
    );
    expect(await file("t", "csv")).toBe("x@y.zz,BOUNCE\r\n");
  });

  test("a list of many pages is whole, in order, a page at a time", async () => {
    await database.query(
      `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at)
       SELECT 1, '', number || '@b.cd', 'BOUNCE', now() FROM generate_series(10000, 22000) AS number`,
    );
    const pieces: string[] = [];
    for await (const piece of suppressionFile(database, { tenant: "", format: "csv" })) pieces.push(piece);
    expect(pieces.map((piece) => piece.split("\r\n").length - 1)).toEqual([5000, 5000, 2001]);
    const lines = Array.from({ length: 12_001 }, (_, index) => `${index + 10_000}@b.cd,BOUNCE\r\n`);
    expect(pieces.join("") === lines.join("")).toBe(true);
  });

  test("contacts with long attributes are read fewer at a time", async () => {
    await database.query(
      `INSERT INTO contacts (scope, list, address, unsubscribe_all, attributes, preferences, created_at, updated_at)
       SELECT 1, 'list', number || '@b.cd', false,
         CASE WHEN number % 2 = 0 THEN '{"a":"' || repeat('x', 65000) || '"}' END, '{}', now(), now()
       FROM generate_series(1000, 1499) AS number`,
    );
    const sizes: number[] = [];
    let lines = 0;
    for await (const piece of contactFile(database, { name: "list", topics }, "csv")) {
      sizes.push(piece.length);
      lines += piece.split("\r\n").length - 1;
    }
    expect(lines).toBe(501);
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThan(9 << 20);
  });
});
