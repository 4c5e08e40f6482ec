import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test, vi } from "vitest";
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

  async function bytesOf(sql: string, parameters: Record<string, unknown> = {}) {
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of await session.stream({ sql, parameters, format: "RawBLOB" })) {
      hash.update(chunk);
      size += chunk.length;
    }
    return { size, sha256: hash.digest("hex") };
  }

  /** How many queries with this text the engine is at work on. */
  async function running(text: string): Promise<number> {
    const [row] = await select<{ found: number }>(
      "SELECT toUInt32(count()) AS found FROM system.processes WHERE position(query, {text:String}) > 0 AND query NOT LIKE '%system.processes%'",
      { text },
    );
    return row?.found ?? -1;
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
      for await (const _ of session.rows({ sql: "SELECT number FROM numbers(50000)" })) {
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
      expect(await events.client.ping()).toMatchObject({ success: true });
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
      expect(await all(session.rows({ sql, parameters }))).toEqual([parameters]);
    });

    test("of the wrong type are refused", async () => {
      const rows = session.rows({ sql: "SELECT {number:UInt8}", parameters: { number: "five" } });
      await expect(all(rows)).rejects.toMatchObject({ code: "457" });
    });
  });

  describe("streaming", () => {
    test("brings every byte, in order", async () => {
      const expected = createHash("sha256");
      let size = 0;
      for (let start = 0; start < 1_000_000; start += 10_000) {
        const text = Array.from({ length: 10_000 }, (_, index) => `${start + index},é\n`).join("");
        expected.update(text);
        size += Buffer.byteLength(text);
      }
      const sql = "SELECT concat(toString(number), ',é\\n') FROM numbers({rows:UInt64})";
      expect(await bytesOf(sql, { rows: 1_000_000 })).toEqual({ size, sha256: expected.digest("hex") });
    });

    test("brings rows across chunks, with 64-bit integers as numbers", async () => {
      let sum = 0;
      let rows = 0;
      const sql = "SELECT number AS n, repeat('é', 50) AS text FROM numbers(100000)";
      for await (const row of session.rows<{ n: number; text: string }>({ sql })) {
        sum += row.n;
        rows += row.text === "é".repeat(50) ? 1 : 0;
      }
      expect([rows, sum]).toEqual([100_000, 4_999_950_000]);
    });

    test("ends at once where there are no rows", async () => {
      expect((await bytesOf("SELECT '' FROM numbers(0)")).size).toBe(0);
      expect(await all(session.rows({ sql: "SELECT 1 WHERE 0" }))).toEqual([]);
    });

    test("several at once don't disturb each other", async () => {
      const sql = "SELECT concat({name:String}, toString(number)) FROM numbers(200000)";
      const alone = await bytesOf(sql, { name: "b" });
      const together = await Promise.all(["a", "b", "c"].map((name) => bytesOf(sql, { name })));
      expect(together[1]).toEqual(alone);
      expect(new Set(together.map(({ sha256 }) => sha256)).size).toBe(3);
    });

    test("waits for its reader", async () => {
      const sql = "SELECT concat(toString(number), repeat('x', 100)) FROM numbers(1000000000000)";
      const stream = await session.stream({ sql, format: "RawBLOB" });
      let largest = 0;
      let chunks = 0;
      for await (const chunk of stream) {
        largest = Math.max(largest, chunk.length + stream.readableLength);
        if (++chunks === 20) break;
        // An engine that ran ahead would fill the stream meanwhile.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(largest).toBeLessThan(10 * 1024 ** 2);
      expect(stream.destroyed).toBe(true);
    });

    test("refuses a query that can't run", async () => {
      const refused = async (sql: string) => {
        for await (const _ of await session.stream({ sql, format: "RawBLOB" })) throw new Error("there were rows");
      };
      await expect(refused("SELEC 1")).rejects.toMatchObject({ code: "62" });
      await expect(refused("SELECT text FROM nowhere")).rejects.toMatchObject({ code: "60" });
      await expect(refused("SELECT throwIf(1, 'boom')::String")).rejects.toMatchObject({ code: "395" });
    });

    test("fails where the query fails after its first rows, and passes nothing but rows", async () => {
      const text: Buffer[] = [];
      const stream = await session.stream({
        sql: "SELECT concat('row', toString(throwIf(number = 500000, 'boom')), '\\n') FROM numbers(1000000)",
        format: "RawBLOB",
      });
      const read = (async () => {
        for await (const chunk of stream) text.push(chunk);
      })();
      await expect(read).rejects.toMatchObject({ code: "395", message: expect.stringContaining("boom") });
      const rows = Buffer.concat(text).toString("utf8").split("\n");
      expect(rows.length).toBeGreaterThan(1);
      expect(new Set(rows)).toEqual(new Set(["row0", ""]));
    });

    test("fails where memory runs out or a row can't be made, and the next query works", async () => {
      const sql = "SELECT arrayJoin(groupArray(repeat('x', 100) || toString(number))) FROM numbers(5000000)";
      await expect(bytesOf(`${sql} SETTINGS max_memory_usage = 30000000`)).rejects.toMatchObject({ code: "241" });
      const rows = session.rows({ sql: "SELECT throwIf(number = 300000) AS n FROM numbers(1000000)" });
      await expect(all(rows)).rejects.toMatchObject({ code: "395" });
      expect(await all(session.rows({ sql: "SELECT 1 AS one" }))).toEqual([{ one: 1 }]);
    });
  });

  describe("cancelling", () => {
    test("ends a query whose reader goes away", async () => {
      for await (const _ of session.rows({ sql: "SELECT 'left' AS mark, number FROM numbers(1000000000000)" })) break;
      await vi.waitFor(async () => expect(await running("'left'")).toBe(0), 20_000);
    });

    test("ends a query that streams", async () => {
      const abort = new AbortController();
      const rows = session.rows({
        sql: "SELECT 'streams' AS mark, number FROM numbers(1000000000000)",
        signal: abort.signal,
      });
      const read = (async () => {
        let count = 0;
        for await (const _ of rows) if (count++ === 100_000) abort.abort();
      })();
      await expect(read).rejects.toMatchObject({ name: "AbortError" });
      await vi.waitFor(async () => expect(await running("'streams'")).toBe(0), 20_000);
    });

    test("ends a query that has no rows yet", async () => {
      const abort = new AbortController();
      const sql = "SELECT 'computes' AS mark, sum(sipHash64(number)) FROM numbers(1000000000000)";
      const read = all(session.rows({ sql, signal: abort.signal }));
      const refused = expect(read).rejects.toThrow(/abort/i);
      await vi.waitFor(async () => expect(await running("'computes'")).toBe(1), 20_000);
      abort.abort();
      await refused;
      await vi.waitFor(async () => expect(await running("'computes'")).toBe(0), 20_000);
    });

    test("doesn't begin where the signal has gone off before", async () => {
      const signal = AbortSignal.abort();
      await expect(session.stream({ sql: "SELECT 1", format: "RawBLOB", signal })).rejects.toMatchObject({
        name: "AbortError",
      });
    });

    test("closing the session ends its streams, and their readers learn of it", async () => {
      const own = await events.openSession();
      const stream = await own.stream({
        sql: "SELECT 'closed', number FROM numbers(1000000000000)",
        format: "RawBLOB",
      });
      const read = (async () => {
        for await (const _ of stream) await own.close();
      })();
      await expect(read).rejects.toThrow();
      await vi.waitFor(async () => expect(await running("'closed'")).toBe(0), 20_000);
      await expect(own.stream({ sql: "SELECT 1", format: "RawBLOB" })).rejects.toThrow("closed");
    });
  });
});
