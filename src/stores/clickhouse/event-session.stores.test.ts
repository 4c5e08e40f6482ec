import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { number, object, string, unknown } from "valibot";
import { beforeAll, describe, expect, test } from "vitest";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { removeFolder, temporaryFolder } from "../../../test/support/server-process.ts";
import type { EventDatabase, EventSession, FileQuery } from "./event-database.ts";

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const read: Value[] = [];
  for await (const value of values) read.push(value);
  return read;
}

describe.each(eventDatabases)("a session of the event database ($kind)", ({ open }) => {
  let events: EventDatabase;
  let session: EventSession;

  beforeAll(async () => {
    events = await open();
    session = await events.openSession();
  });

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
    const answer = await events.client.query({
      query: `SELECT toUInt32(count()) AS found FROM system.processes
        WHERE position(query, {text:String}) > 0 AND query NOT LIKE '%system.processes%'`,
      query_params: { text },
      format: "JSONEachRow",
    });
    return (await answer.json<{ found: number }>())[0]?.found ?? -1;
  }

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
      for await (const row of session.rows(object({ n: number(), text: string() }), { sql })) {
        sum += row.n;
        rows += row.text === "é".repeat(50) ? 1 : 0;
      }
      expect([rows, sum]).toEqual([100_000, 4_999_950_000]);
    });

    test("ends at once where there are no rows", async () => {
      expect((await bytesOf("SELECT '' FROM numbers(0)")).size).toBe(0);
      expect(await all(session.rows(unknown(), { sql: "SELECT 1 WHERE 0" }))).toEqual([]);
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
      const rows = session.rows(unknown(), { sql: "SELECT throwIf(number = 300000) AS n FROM numbers(1000000)" });
      await expect(all(rows)).rejects.toMatchObject({ code: "395" });
      expect(await all(session.rows(unknown(), { sql: "SELECT 1 AS one" }))).toEqual([{ one: 1 }]);
    });
  });

  describe("appending to a file", () => {
    async function appended(query: FileQuery): Promise<{ rows: number; file: Buffer } | undefined> {
      const folder = await temporaryFolder();
      const path = join(folder, "it's.txt");
      try {
        await writeFile(path, "before\n");
        const rows = await session.appendToFile?.(query, path);
        return rows === undefined ? undefined : { rows, file: await readFile(path) };
      } finally {
        await removeFolder(folder);
      }
    }

    test("keeps what is there, adds each row once and counts them", async () => {
      const sql = "SELECT concat(toString(number), 'é\\n') FROM numbers({rows:UInt64}) ORDER BY number";
      for (const rows of [0, 1, 200_000]) {
        const result = await appended({ sql, parameters: { rows } });
        if (!result) continue;
        const texts = Array.from({ length: rows }, (_, index) => `${index}é\n`);
        expect(result.rows).toBe(rows);
        expect(result.file.equals(Buffer.from(["before\n", ...texts].join("")))).toBe(true);
      }
    });

    test("puts a text between two rows only", async () => {
      const sql = "SELECT concat('\\\"', toString(number), '\\t,\\n') FROM numbers({rows:UInt64}) ORDER BY number";
      for (const rows of [0, 1, 200_000]) {
        const result = await appended({ sql, parameters: { rows }, between: "," });
        if (!result) continue;
        const texts = Array.from({ length: rows }, (_, index) => `"${index}\t,\n`);
        expect(result.rows).toBe(rows);
        expect(result.file.equals(Buffer.from(`before\n${texts.join(",")}`))).toBe(true);
      }
    });

    test("fails where the query fails", async () => {
      if (!session.appendToFile) return;
      const sql = "SELECT toString(throwIf(number = 300000)) FROM numbers(1000000)";
      await expect(appended({ sql })).rejects.toMatchObject({ code: "395" });
    });

    test("ends with its signal and with its session, and tells the rows read until then", async () => {
      if (!session.appendToFile) return;
      const sql = "SELECT toString(number) FROM numbers(1000000000000) WHERE 'appends' = '' OR sipHash64(number) = 7";
      const abort = new AbortController();
      const told: number[] = [];
      const reading = (rows: number) => {
        told.push(rows);
        if (rows > 0) abort.abort();
      };
      await expect(appended({ sql, signal: abort.signal, reading })).rejects.toMatchObject({ name: "AbortError" });
      expect(told.at(-1)).toBeGreaterThan(0);
      await eventually(async () => expect(await running("'appends'")).toBe(0));

      const own = await events.openSession();
      const folder = await temporaryFolder();
      const written = own.appendToFile?.({ sql }, join(folder, "file"));
      const refused = expect(written).rejects.toThrow("closed");
      await own.close();
      await refused;
      await removeFolder(folder);
    });
  });

  describe("cancelling", () => {
    test("ends a query whose reader goes away", async () => {
      for await (const _ of session.rows(unknown(), {
        sql: "SELECT 'left' AS mark, number FROM numbers(1000000000000)",
      }))
        break;
      await eventually(async () => expect(await running("'left'")).toBe(0));
    });

    test("ends a query that streams", async () => {
      const abort = new AbortController();
      const rows = session.rows(unknown(), {
        sql: "SELECT 'streams' AS mark, number FROM numbers(1000000000000)",
        signal: abort.signal,
      });
      const read = (async () => {
        let count = 0;
        for await (const _ of rows) if (count++ === 100_000) abort.abort();
      })();
      await expect(read).rejects.toMatchObject({ name: "AbortError" });
      await eventually(async () => expect(await running("'streams'")).toBe(0));
    });

    test("ends a query that has no rows yet", async () => {
      const abort = new AbortController();
      const sql = "SELECT 'computes' AS mark, sum(sipHash64(number)) FROM numbers(1000000000000)";
      const read = all(session.rows(unknown(), { sql, signal: abort.signal }));
      const refused = expect(read).rejects.toMatchObject({ name: "AbortError" });
      await eventually(async () => expect(await running("'computes'")).toBe(1));
      abort.abort();
      await refused;
      await eventually(async () => expect(await running("'computes'")).toBe(0));
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
      await eventually(async () => expect(await running("'closed'")).toBe(0));
      await expect(own.stream({ sql: "SELECT 1", format: "RawBLOB" })).rejects.toThrow("closed");
    });
  });
});
