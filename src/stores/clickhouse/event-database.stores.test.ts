import { zstdCompressSync } from "node:zlib";
import { unknown } from "valibot";
import { beforeAll, describe, expect, test } from "vitest";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import type { EventDatabase, EventSession } from "./event-database.ts";

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const read: Value[] = [];
  for await (const value of values) read.push(value);
  return read;
}

const lines = (...rows: object[]) => Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));

describe.each(eventDatabases)("the event database ($kind)", ({ kind, fresh, open }) => {
  let events: EventDatabase;
  let session: EventSession;

  beforeAll(async () => {
    events = await open();
    session = await events.openSession();
    await events.client.command({
      query: "CREATE TABLE samples (id UInt64, text String, tags Array(String)) ENGINE = MergeTree ORDER BY id",
    });
  });

  async function select<Row>(query: string, parameters: Record<string, unknown> = {}): Promise<Row[]> {
    return (await events.client.query({ query, query_params: parameters, format: "JSONEachRow" })).json<Row>();
  }

  test("knows its kind", () => {
    expect(events.kind).toBe(kind);
  });

  describe("opening", () => {
    test("applies the migrations once", async () => {
      const options = await fresh();
      for (let time = 0; time < 2; time++) {
        const opened = await open(options);
        const answer = await opened.client.query({
          query: "SELECT name, toUInt32(count()) AS times FROM migrations GROUP BY name ORDER BY name",
          format: "JSONEachRow",
        });
        expect((await answer.json())[0]).toEqual({ name: "0001-events.sql", times: 1 });
        await opened.close();
      }
    });

    test("can be done by several at once", async () => {
      const options = await fresh();
      const opened = await Promise.all([open(options), open(options), open(options)]);
      await opened[0]?.client.command({ query: "CREATE TABLE shared (id UInt64) ENGINE = MergeTree ORDER BY id" });
      await opened[1]?.insertRows("shared", [lines({ id: 7 })]);
      const answer = await opened[2]?.client.query({ query: "SELECT id FROM shared", format: "JSONEachRow" });
      expect(await answer?.json()).toEqual([{ id: 7 }]);
    });

    test("a closed one says so or can't be reached", async () => {
      const opened = await open();
      const ofIt = await opened.openSession();
      await opened.close();
      await opened.close();
      await expect(ofIt.stream({ sql: "SELECT 1", format: "RawBLOB" })).rejects.toThrow("closed");
    });
  });

  describe("inserting", () => {
    const stored = (from: number, to: number) =>
      select<{ id: number; text: string; tags: string[] }>(
        "SELECT * FROM samples WHERE id BETWEEN {from:UInt64} AND {to:UInt64} ORDER BY id",
        { from, to },
      );

    test("stores rows as they are, several to an element", async () => {
      const rows = [
        { id: 1, text: "quote ' \" backslash \\ newline \n semicolon ; -- SELECT 1 FORMAT CSV", tags: ["a'b", "c;"] },
        { id: 2, text: "héllo 😀 \u0000", tags: [] },
        { id: 3, text: "", tags: ["{x:String}"] },
      ];
      await events.insertRows("samples", [lines(...rows.slice(0, 2)), lines(...rows.slice(2))]);
      expect(await stored(1, 9)).toEqual(rows);
    });

    test("stores compressed rows", async () => {
      const rows = Array.from({ length: 5_000 }, (_, index) => ({
        id: 300_000 + index,
        text: `é ${index}`,
        tags: ["a"],
      }));
      const frames = [rows.slice(0, 1), rows.slice(1, 1), rows.slice(1)].map((some) =>
        zstdCompressSync(lines(...some)),
      );
      await events.insertRows("samples", frames, "zstd");
      expect(await stored(300_000, 399_999)).toEqual(rows);
      const cut = frames[2]?.subarray(0, -2_000) ?? Buffer.alloc(0);
      await expect(events.insertRows("samples", [cut, ...frames], "zstd")).rejects.toMatchObject({
        code: "561",
        type: "ZSTD_DECODER_FAILED",
      });
      expect(await stored(300_000, 399_999)).toHaveLength(rows.length);
    });

    test("takes no rows, and many", async () => {
      await events.insertRows("samples", []);
      await events.insertRows("samples", [Buffer.alloc(0)]);
      await events.insertRows(
        "samples",
        Array.from({ length: 20_000 }, (_, index) => lines({ id: 100_000 + index, text: "x".repeat(500) })),
      );
      expect(await stored(100_000, 199_999)).toHaveLength(20_000);
    });

    test("stores nothing where one row is refused", async () => {
      const good = lines({ id: 11, text: "good" });
      const attempts: [string, Buffer, string][] = [
        ["a field that no column has", lines({ id: 12, colour: "red" }), "117"],
        ["a value of the wrong type", lines({ id: "twelve" }), "27"],
        ["text that is not JSON", Buffer.from("{oops\n"), "26"],
      ];
      for (const [what, bad, code] of attempts) {
        await expect(events.insertRows("samples", [good, bad]), what).rejects.toMatchObject({ code });
      }
      expect(await stored(11, 19)).toEqual([]);
    });

    test("refuses tables that aren't there and names that aren't names", async () => {
      await expect(events.insertRows("nowhere", [lines({ id: 1 })])).rejects.toMatchObject({
        code: "60",
        type: "UNKNOWN_TABLE",
      });
      await expect(events.insertRows("samples; DROP TABLE samples", [lines({ id: 1 })])).rejects.toThrow(TypeError);
    });

    test("goes on while a result streams", async () => {
      let rows = 0;
      for await (const _ of session.rows(unknown(), { sql: "SELECT number FROM numbers(50000)" })) {
        if (rows++ % 10_000 === 0) await events.insertRows("samples", [lines({ id: 200_000 + rows })]);
      }
      expect(rows).toBe(50_000);
      expect(await stored(200_000, 299_999)).toHaveLength(5);
    });
  });

  describe("the client", () => {
    test("tells ClickHouse's errors by code", async () => {
      await expect(select("SELEC 1")).rejects.toMatchObject({ code: "62", type: "SYNTAX_ERROR" });
      await expect(select("SELECT {missing:String}")).rejects.toMatchObject({ code: "456" });
    });

    test("keeps the settings of one call from the next", async () => {
      const query = "SELECT getSetting('max_block_size') AS size";
      const call = (settings: Record<string, number>) =>
        events.client.query({ query, format: "JSONEachRow", clickhouse_settings: settings });
      const before = await (await call({})).json();
      expect(await (await call({ max_block_size: 123 })).json()).toEqual([{ size: 123 }]);
      expect(await (await call({})).json()).toEqual(before);
    });

    test("inserts objects", async () => {
      await events.client.insert({ table: "samples", values: [{ id: 31, text: "one" }], format: "JSONEachRow" });
      expect(await select("SELECT text FROM samples WHERE id = 31")).toEqual([{ text: "one" }]);
    });

    test("runs queries side by side", async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => select("SELECT {index:UInt8} AS index", { index })),
      );
      expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => [{ index }]));
    });
  });

  describe("parameters", () => {
    const parameters = {
      text: 'it\'s \\ "quoted"\ttab\nline {x:String} ; -- é😀',
      number: -5,
      list: ["a'b", "c\\d", "tab\t", "line\n", "]", ""],
    };
    const sql = "SELECT {text:String} AS text, {number:Int64} AS number, {list:Array(String)} AS list";

    test("pass unchanged, streamed or not", async () => {
      expect(await select(sql, parameters)).toEqual([parameters]);
      expect(await all(session.rows(unknown(), { sql, parameters }))).toEqual([parameters]);
    });

    test("of the wrong type are refused", async () => {
      const rows = session.rows(unknown(), { sql: "SELECT {number:UInt8}", parameters: { number: "five" } });
      await expect(all(rows)).rejects.toMatchObject({ code: "457" });
    });
  });
});
