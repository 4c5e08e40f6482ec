import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import pg from "pg";
import { afterEach, describe, expect, test } from "vitest";
import { isAbsence as isClickHouseAbsence } from "./clickhouse/server.ts";
import { isAbsence as isPostgresAbsence } from "./postgres/server.ts";
import { type AwaitedStore, openOnceItAnswers, StoreRefused, StoreUnreachable } from "./waiting.ts";

/** A store that opens after some failures; what it fails with may go away if it says `away`. */
function store(failures: readonly string[]): AwaitedStore<string> & { tries(): number } {
  let tries = 0;
  return {
    name: "Store",
    setting: "MAILGLASS_STORE_URL",
    async open() {
      const failure = failures[tries++];
      if (failure !== undefined) throw new Error(failure);
      return "opened";
    },
    isAbsence: (error) => error instanceof Error && error.message === "away",
    isRefusal: (error) => error instanceof Error && error.message.startsWith("no such user"),
    tries: () => tries,
  };
}

describe("waiting for a store", () => {
  test("ends when it opens; the first failure is told, once", async () => {
    const told: unknown[] = [];
    const late = store(["away", "away"]);
    const patience = { forMs: 60_000, waiting: (...what: unknown[]) => told.push(what) };
    expect(await openOnceItAnswers(late, patience)).toBe("opened");
    expect(late.tries()).toBe(3);
    expect(told).toEqual([["Store", new Error("away")]]);
  });

  test("ends with any other failure, as it is", async () => {
    const wrong = store(["away", "the password is wrong"]);
    await expect(openOnceItAnswers(wrong, { forMs: 60_000, waiting() {} })).rejects.toThrow("the password is wrong");
    expect(wrong.tries()).toBe(2);
  });

  test("ends with a refusal in one line that names the setting", async () => {
    const refusing = store(["away", "no such user: x\nand more"]);
    const opened = openOnceItAnswers(refusing, { forMs: 60_000, waiting() {} });
    await expect(opened).rejects.toThrow(StoreRefused);
    await expect(opened).rejects.toThrow(/^MAILGLASS_STORE_URL: Store can't be used: no such user: x$/);
  });

  test("is none where no time is given: one try, and nothing is told", async () => {
    const absent = store(["away"]);
    const opened = openOnceItAnswers(absent, {
      forMs: 0,
      waiting: () => expect.fail("nothing is waited for"),
    });
    await expect(opened).rejects.toThrow(StoreUnreachable);
    await expect(opened).rejects.toThrow(
      "Store does not answer (1 try in 0 s; the last: away). Is it up, and is MAILGLASS_STORE_URL right?",
    );
  });

  test("ends with the signal's reason", async () => {
    const stop = new AbortController();
    const opened = openOnceItAnswers(store(Array.from({ length: 99 }, () => "away")), {
      forMs: 60_000,
      waiting: () => stop.abort(new Error("enough")),
      signal: stop.signal,
    });
    await expect(opened).rejects.toThrow("enough");
  });
});

describe("what counts as no answer", () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  async function serve(connected: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      connected(socket);
    }).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    const address = server.address();
    return address !== null && typeof address === "object" ? address.port : 0;
  }

  /** How a ClickHouse client fails at a port. */
  async function clickhouseFailure(port: number): Promise<unknown> {
    const log = { level: ClickHouseLogLevel.OFF };
    const client = createClient({ url: `http://127.0.0.1:${port}`, request_timeout: 200, log });
    const failure = await client.query({ query: "SELECT 1" }).catch((error: unknown) => error);
    await client.close();
    return failure;
  }

  /** How a pool of PostgreSQL connections fails at a port. */
  async function postgresFailure(port: number): Promise<unknown> {
    const pool = new pg.Pool({ connectionString: `postgres://me@127.0.0.1:${port}/x`, connectionTimeoutMillis: 200 });
    const failure = await pool.query("SELECT 1").catch((error: unknown) => error);
    await pool.end();
    return failure;
  }

  test.each([
    ["is silent", () => {}],
    ["hangs up", (socket: Socket) => socket.destroy()],
    ["resets", (socket: Socket) => socket.resetAndDestroy()],
  ])("a server that %s", async (_, connected) => {
    const port = await serve(connected);
    expect(await clickhouseFailure(port)).toSatisfy(isClickHouseAbsence);
    expect(await postgresFailure(port)).toSatisfy(isPostgresAbsence);
  });

  test("no server at all", async () => {
    const port = await serve(() => {});
    for (const server of servers.splice(0)) server.close();
    expect(await clickhouseFailure(port)).toSatisfy(isClickHouseAbsence);
    expect(await postgresFailure(port)).toSatisfy(isPostgresAbsence);
  });

  test.each([
    ["57P03", "the database system is starting up", true],
    ["28P01", "password authentication failed", false],
    ["3D000", 'database "x" does not exist', false],
  ])("PostgreSQL's %s, %s: %s", async (code, message, absence) => {
    // Its ErrorResponse: the type, a length, fields that end with a zero, a zero.
    const fields = `SFATAL\0C${code}\0M${message}\0\0`;
    const answer = Buffer.alloc(5 + fields.length);
    answer.write("E");
    answer.writeInt32BE(4 + fields.length, 1);
    answer.write(fields, 5, "latin1");
    const port = await serve((socket) => socket.once("data", () => socket.end(answer)));
    const failure = await postgresFailure(port);
    expect(failure).toMatchObject({ code });
    expect(isPostgresAbsence(failure)).toBe(absence);
  });
});
