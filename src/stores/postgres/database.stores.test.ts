import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import type { Database } from "./database.ts";

const moment = new Date("2026-11-23T12:34:56.789Z");
const bytes = new Uint8Array([0, 1, 39, 92, 255]);

/** A parameter of this type, and what comes back. */
const mappings: [type: string, parameter: unknown, value: unknown][] = [
  ["bigint", 9_007_199_254_740_991, 9_007_199_254_740_991],
  ["bigint", -1, -1],
  ["bigint", null, null],
  ["bigint", undefined, null],
  ["integer", 7, 7],
  ["double precision", 0.1, 0.1],
  ["numeric", "12345678901234567890.5", "12345678901234567890.5"],
  ["boolean", true, true],
  ["boolean", false, false],
  ["text", "quote ' and \\ and ü and \u{1f4e7}", "quote ' and \\ and ü and \u{1f4e7}"],
  ["text", "", ""],
  ["text", null, null],
  ["uuid", "018f0000-0000-7000-8000-000000000001", "018f0000-0000-7000-8000-000000000001"],
  ["timestamptz", moment, moment],
  ["timestamptz", new Date("1999-12-31T23:59:59.999Z"), new Date("1999-12-31T23:59:59.999Z")],
  ["timestamptz", null, null],
  ["text[]", ["a", 'b"c', "d,e", "{f}", "", "NULL", "ü\\"], ["a", 'b"c', "d,e", "{f}", "", "NULL", "ü\\"]],
  ["text[]", [], []],
  ["text[]", null, null],
  ["bigint[]", [1, 2 ** 40], [1, 2 ** 40]],
  ["bigint[]", [1, null], [1, null]],
  ["bigint[]", [], []],
  ["integer[]", [1, -2], [1, -2]],
  ["timestamptz[]", [moment], [moment]],
  ["jsonb", { a: [1, { b: null }], c: "ü" }, { a: [1, { b: null }], c: "ü" }],
  ["jsonb", JSON.stringify([{ Key: "a", Value: "b" }]), [{ Key: "a", Value: "b" }]],
  ["jsonb", JSON.stringify("text"), "text"],
  ["jsonb", null, null],
  ["bytea", null, null],
  ["json", JSON.stringify({ z: 1, a: { y: 2, b: 3 } }), { z: 1, a: { y: 2, b: 3 } }],
];

describe.each(databases)("values in $name", ({ open }) => {
  let database: Database;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  test.each(mappings)("%s takes %j and gives %j", async (type, parameter, value) => {
    const [row] = await database.query<{ value: unknown }>(`SELECT $1::${type} AS value`, [parameter]);
    expect(row).toEqual({ value });
    await database.query(`CREATE TABLE kept (value ${type})`);
    try {
      await database.query("INSERT INTO kept VALUES ($1)", [parameter]);
      expect(await database.query("SELECT value FROM kept")).toEqual([{ value }]);
      await database.transaction(async (transaction) => {
        expect(await transaction.query("SELECT value FROM kept")).toEqual([{ value }]);
      });
    } finally {
      await database.query("DROP TABLE kept");
    }
  });

  test.each([
    ["a Uint8Array", bytes],
    ["a Buffer", Buffer.from(bytes)],
    ["a part of a larger one", new Uint8Array([9, ...bytes, 9]).subarray(1, -1)],
    ["nothing", new Uint8Array()],
    ["a megabyte", new Uint8Array(1 << 20).fill(200)],
  ])("bytea takes %s and gives a Uint8Array", async (_name, parameter) => {
    const [row] = await database.query<{ value: Uint8Array }>("SELECT $1::bytea AS value", [parameter]);
    expect(row?.value).toBeInstanceOf(Uint8Array);
    expect(Buffer.from(row?.value ?? []).equals(parameter)).toBe(true);
  });

  test("json keeps the order of keys", async () => {
    const text = '{"z":1,"a":{"y":2,"b":3},"m":[]}';
    const [row] = await database.query<{ value: unknown }>("SELECT $1::json AS value", [text]);
    expect(JSON.stringify(row?.value)).toBe(text);
  });

  test("count and sum are numbers", async () => {
    const [row] = await database.query("SELECT count(*) AS count, sum(n) AS sum FROM generate_series(1, 3) AS n");
    expect(row).toEqual({ count: 3, sum: 6 });
  });

  test("microseconds are cut to milliseconds", async () => {
    const [row] = await database.query("SELECT '2026-11-23 12:34:56.789999+05:30'::timestamptz AS value");
    expect(row).toEqual({ value: new Date("2026-11-23T07:04:56.789Z") });
  });

  test("a value is never a part of the statement", async () => {
    const evil = "'; DROP TABLE outbox; --";
    expect(await database.query("SELECT $1::text AS value", [evil])).toEqual([{ value: evil }]);
    expect(await database.query("SELECT count(*) AS count FROM outbox")).toEqual([{ count: 0 }]);
  });

  test("a statement that fails rejects with PostgreSQL's code, and the next one works", async () => {
    await expect(database.query("SELECT * FROM nowhere")).rejects.toMatchObject({ code: "42P01" });
    await expect(database.query("SELECT $1::bigint", ["no number"])).rejects.toThrow(/bigint|number/i);
    expect(await database.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});

describe.each(databases)("prepared statements in $name", ({ open }) => {
  let database: Database;
  const insert = "INSERT INTO notes (id, body, written_at) VALUES ($1, $2, $3)";

  beforeAll(async () => {
    database = await open();
    await database.query("CREATE TABLE notes (id bigint PRIMARY KEY, body bytea, written_at timestamptz)");
  });
  afterAll(() => database.close());
  beforeEach(() => database.query("DELETE FROM notes"));

  const notes = () => database.query("SELECT id, body, written_at FROM notes ORDER BY id");

  test("run again and again with other values", async () => {
    const at = new Date("2026-11-23T12:34:56.789Z");
    const body = new Uint8Array([0, 255, 92]);
    for (let id = 1; id <= 3; id++) await database.run(insert, [id, body, at]);
    await database.run(insert, [4, null, null]);
    expect(await notes()).toEqual([
      ...[1, 2, 3].map((id) => ({ id, body: Buffer.from(body), written_at: at })),
      { id: 4, body: null, written_at: null },
    ]);
  });

  test("go on after one failed", async () => {
    await database.run(insert, [1, null, null]);
    await expect(database.run(insert, [1, null, null])).rejects.toMatchObject({ code: "23505" });
    await expect(database.run(insert, ["one", null, null])).rejects.toMatchObject({ code: "22P02" });
    await expect(database.run("INSERT INTO nowhere VALUES ($1)", [1])).rejects.toMatchObject({ code: "42P01" });
    await expect(database.run("INSERT INTO nowhere VALUES ($1)", [1])).rejects.toMatchObject({ code: "42P01" });
    await database.run(insert, [2, null, null]);
    expect(await notes()).toHaveLength(2);
  });

  test("are no part of a transaction of somebody else", async () => {
    let ran: Promise<void> | undefined;
    const failed = database.transaction(async (transaction) => {
      ran = database.run(insert, [1, null, null]);
      await transaction.query("SELECT pg_sleep(0.05)");
      throw new Error("undo");
    });
    await expect(failed).rejects.toThrow("undo");
    await ran;
    expect(await notes()).toHaveLength(1);
  });
});

describe.each(databases)("transactions in $name", ({ open }) => {
  let database: Database;

  beforeAll(async () => {
    database = await open();
    await database.query("CREATE TABLE balances (name text PRIMARY KEY, balance bigint NOT NULL)");
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM balances");
    await database.query("INSERT INTO balances VALUES ('a', 0), ('b', 0)");
  });

  const balances = () => database.query("SELECT name, balance FROM balances ORDER BY name");

  test("commit what is done when the work resolves, and resolve to its result", async () => {
    const result = await database.transaction(async (transaction) => {
      await transaction.query("UPDATE balances SET balance = 1");
      return "done";
    });
    expect(result).toBe("done");
    expect(await balances()).toEqual([
      { name: "a", balance: 1 },
      { name: "b", balance: 1 },
    ]);
  });

  test("roll back when the work throws, and throw the same", async () => {
    const reason = new Error("no");
    const failed = database.transaction(async (transaction) => {
      await transaction.query("UPDATE balances SET balance = 1");
      throw reason;
    });
    await expect(failed).rejects.toBe(reason);
    expect(await balances()).toMatchObject([{ balance: 0 }, { balance: 0 }]);
  });

  test("roll back when a statement fails, even if the work goes on", async () => {
    const failed = database.transaction(async (transaction) => {
      await transaction.query("UPDATE balances SET balance = 1");
      await transaction.query("INSERT INTO balances VALUES ('a', 0)");
    });
    await expect(failed).rejects.toMatchObject({ code: "23505" });
    expect(await balances()).toMatchObject([{ balance: 0 }, { balance: 0 }]);
  });

  test("show nobody what isn't committed", async () => {
    const seen: unknown[] = [];
    let outside: Promise<unknown> | undefined;
    await expect(
      database.transaction(async (transaction) => {
        await transaction.query("UPDATE balances SET balance = 5");
        outside = balances().then((rows) => seen.push(...rows));
        await transaction.query("UPDATE balances SET balance = 6");
        throw new Error("undo");
      }),
    ).rejects.toThrow("undo");
    await outside;
    expect(seen).toMatchObject([{ balance: 0 }, { balance: 0 }]);
  });

  test("lose no update, however many run at once", async () => {
    await Promise.all(
      Array.from({ length: 40 }, () =>
        database.transaction(async (transaction) => {
          const [row] = await transaction.query<{ balance: number }>(
            "SELECT balance FROM balances WHERE name = 'a' FOR UPDATE",
          );
          await transaction.query("UPDATE balances SET balance = $1 WHERE name = 'a'", [(row?.balance ?? 0) + 1]);
        }),
      ),
    );
    expect(await balances()).toMatchObject([{ balance: 40 }, { balance: 0 }]);
  });

  test("that lock each other out try again until both are done", async () => {
    const add = (first: string, second: string) =>
      database.transaction(async (transaction) => {
        await transaction.query("UPDATE balances SET balance = balance + 1 WHERE name = $1", [first]);
        await new Promise((resolve) => setTimeout(resolve, 100));
        await transaction.query("UPDATE balances SET balance = balance + 1 WHERE name = $1", [second]);
      });
    await Promise.all([add("a", "b"), add("b", "a")]);
    expect(await balances()).toMatchObject([{ balance: 2 }, { balance: 2 }]);
  });

  test("stand beside hundreds of single statements", async () => {
    const statements = Array.from({ length: 300 }, (_, index) =>
      index % 10 === 0
        ? database.transaction((transaction) => transaction.query("UPDATE balances SET balance = balance + 1"))
        : database.query("SELECT $1::int AS index", [index]),
    );
    const answers = await Promise.all(statements);
    expect(answers[299]).toEqual([{ index: 299 }]);
    expect(await balances()).toMatchObject([{ balance: 30 }, { balance: 30 }]);
  });
});
