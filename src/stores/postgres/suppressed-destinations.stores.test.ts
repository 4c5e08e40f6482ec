import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { type ScopedDatabase, defaultScope as scope } from "./database.ts";
import {
  addSuppressions,
  findSuppressions,
  foldedAddress,
  type SuppressedDestination,
} from "./suppressed-destinations.ts";

describe.each(databases)("suppressed destinations on $name", ({ open }) => {
  let database: ScopedDatabase;
  const now = new Date("2026-11-23T12:00:00Z");

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(() => database.query("DELETE FROM suppressed_destinations"));

  const row = (tenant: string, address: string, given: Partial<SuppressedDestination> = {}): SuppressedDestination => ({
    scope,
    tenant,
    address,
    reason: "BOUNCE",
    updatedAt: now,
    messageId: "message",
    feedbackId: null,
    ...given,
  });

  test("none of nothing, and none of an empty list", async () => {
    expect(await findSuppressions(database, [])).toEqual(new Map());
    expect(await findSuppressions(database, [{ scope, tenant: "", address: "a@example.com" }])).toEqual(new Map());
  });

  test("each is found on its own list only, with what addresses may hold", async () => {
    const strange = `"a\\"b,{}'|\\\\ "@example.com`;
    await addSuppressions(
      database,
      [row("", "a@example.com"), row("", strange, { reason: "COMPLAINT" }), row("one", "b@example.com")],
      now,
    );
    const keys = ["", "one", "two"].flatMap((tenant) =>
      ["a@example.com", "A@example.com", "b@example.com", strange].map((address) => ({ scope, tenant, address })),
    );
    expect((await findSuppressions(database, keys)).get(scope)).toEqual(
      new Map([
        [
          "",
          new Map([
            ["a@example.com", new Set(["BOUNCE"])],
            [strange, new Set(["COMPLAINT"])],
          ]),
        ],
        ["one", new Map([["b@example.com", new Set(["BOUNCE"])]])],
      ]),
    );
    for (const key of [keys[0], keys[3]]) expect((await findSuppressions(database, key ? [key] : [])).size).toBe(1);
  });

  test("spellings that differ in case are the same address for sending, and entries of their own", async () => {
    const added = [
      row("", "Jo.Doe@example.com"),
      row("", "JO.DOE@example.com", { reason: "COMPLAINT" }),
      row("", "ÄRGER@example.com"),
      row("one", "jo@example.com"),
    ];
    await addSuppressions(database, added, now);
    const keys = [
      "jo.doe@example.com",
      "jO.dOE@example.com",
      "ärger@example.com",
      "ÄRGER@example.com",
      "Jo@example.com",
    ];
    const found = await findSuppressions(
      database,
      keys.map((address) => ({ scope, tenant: "", address })),
    );
    // Letters outside ASCII are compared as they are, as their spellings differ between mail systems.
    expect(found.get(scope)?.get("")).toEqual(
      new Map([
        ["jo.doe@example.com", new Set(["BOUNCE", "COMPLAINT"])],
        [foldedAddress("ÄRGER@example.com"), new Set(["BOUNCE"])],
      ]),
    );
    expect(await database.query("SELECT address FROM suppressed_destinations")).toHaveLength(added.length);
  });

  test("more keys than one lookup takes", async () => {
    const addresses = Array.from({ length: 2_500 }, (_, index) => `user-${index}@example.com`);
    await addSuppressions(
      database,
      addresses.filter((_, index) => index % 2 === 0).map((address) => row("", address)),
      now,
    );
    const keys = addresses.map((address) => ({ scope, tenant: "", address }));
    const found = (await findSuppressions(database, keys)).get(scope);
    expect(found?.get("")?.size).toBe(1_250);
    expect(found?.get("")?.has("user-1001@example.com")).toBe(false);
  });

  test("what is added again takes what is new", async () => {
    await addSuppressions(database, [], now);
    await addSuppressions(database, [row("", "a@example.com")], now);
    await addSuppressions(
      database,
      [row("", "a@example.com", { reason: "COMPLAINT", messageId: null, feedbackId: "f" })],
      new Date(0),
    );
    expect(await database.query("SELECT * FROM suppressed_destinations")).toEqual([
      {
        scope,
        tenant: "",
        address: "a@example.com",
        reason: "COMPLAINT",
        updated_at: new Date(0),
        message_id: null,
        feedback_id: "f",
      },
    ]);
  });

  test("transactions that add the same addresses in opposite orders both commit", async () => {
    const rows = Array.from({ length: 200 }, (_, index) => row("", `user-${index}@example.com`));
    const add = (given: SuppressedDestination[]) =>
      database.transaction((transaction) => addSuppressions(transaction, given, now));
    await Promise.all(Array.from({ length: 6 }, (_, index) => add(index % 2 ? rows : rows.toReversed())));
    expect(await database.query("SELECT 1 FROM suppressed_destinations")).toHaveLength(200);
  });

  test("a text query tells rows, nulls and errors", async () => {
    expect(await database.texts("SELECT $1, NULL::text, 'ü' WHERE $2 = 'a'", ["x", "a"])).toEqual([["x", null, "ü"]]);
    expect(await database.texts("SELECT 'x' WHERE $1 = 'b'", ["a"])).toEqual([]);
    await expect(database.texts("SELECT missing", [])).rejects.toThrow(/missing/);
    expect(await database.texts("SELECT 'still'", [])).toEqual([["still"]]);
  });
});
