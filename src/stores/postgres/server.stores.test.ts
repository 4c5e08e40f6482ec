import { once } from "node:events";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServerDatabase, type ServerDatabase } from "../../../test/support/databases.ts";
import { openLink } from "../../../test/support/network-link.ts";
import { isAbsence, openServer } from "./server.ts";

describe("a PostgreSQL server", () => {
  let place: ServerDatabase;

  beforeAll(async () => {
    place = await createServerDatabase("nothing");
  });
  afterAll(() => place.drop());

  /** Ends all connections to the database but this one, as a restart of the server does. */
  const cutAll = async () => {
    const client = new pg.Client({ connectionString: place.url });
    await client.connect();
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    await client.end();
  };

  test("a lost idle connection is told of and replaced", async () => {
    let tell = (_error: Error) => {};
    const told = new Promise<Error>((resolve) => {
      tell = resolve;
    });
    const database = await openServer(place.url, { connections: 1, lost: (error) => tell(error) });
    await database.query("SELECT 1");
    await cutAll();
    expect((await told).message).toMatch(/terminat/);
    expect(await database.query("SELECT 2 AS two")).toEqual([{ two: 2 }]);
    await database.close();
  });

  test("a lost idle connection that nobody asked to hear of is a warning", async () => {
    const warned = once(process, "warning");
    const database = await openServer(place.url, { connections: 1 });
    await database.query("SELECT 1");
    await cutAll();
    const [warning] = await warned;
    expect(warning).toMatchObject({ message: expect.stringMatching(/terminat/) });
    await database.close();
  });

  test("a connection lost under a statement fails that statement only", async () => {
    const database = await openServer(place.url, { connections: 1 });
    await database.query("SELECT 1");
    const long = database.query("SELECT pg_sleep(60)");
    const failed = expect(long).rejects.toThrow(/terminat/);
    await untilAsleep();
    await cutAll();
    await failed;
    expect(await database.query("SELECT 2 AS two")).toEqual([{ two: 2 }]);
    await database.close();
  });

  test("a statement that gets no answer fails, alone and within a transaction, and work goes on once there is one", async () => {
    const { hostname, port, username, password, pathname } = new URL(place.url);
    await using link = await openLink(Number(port));
    const login = password === "" ? username : `${username}:${password}`;
    const url = `postgres://${login}@${hostname}:${link.port}${pathname}`;
    const database = await openServer(url, { connections: 1, statementWithinMs: 300 });
    await database.query("SELECT 1");
    link.cut();
    const failure = await database.query("SELECT 1").catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: "Query read timeout" });
    expect(failure).toSatisfy(isAbsence);
    link.mend();
    expect(await database.query("SELECT 3 AS three")).toEqual([{ three: 3 }]);
    await expect(
      database.transaction(async (transaction) => {
        await transaction.query("SELECT 1");
        link.cut();
        await transaction.query("SELECT 2");
      }),
    ).rejects.toThrow("Query read timeout");
    link.mend();
    expect(await database.query("SELECT 4 AS four")).toEqual([{ four: 4 }]);
    await database.close();
  });

  test("a connection lost within a transaction fails the transaction only", async () => {
    const database = await openServer(place.url, { connections: 1 });
    await database.query("CREATE TABLE half (n int)");
    const failed = database.transaction(async (transaction) => {
      await transaction.query("INSERT INTO half VALUES (1)");
      await cutAll();
      // Long enough for the loss to be noticed while no statement is under way.
      await new Promise((resolve) => setTimeout(resolve, 200));
      await transaction.query("INSERT INTO half VALUES (2)");
    });
    await expect(failed).rejects.toThrow();
    expect(await database.query("SELECT * FROM half")).toEqual([]);
    await database.close();
  });

  test("no more connections are used than given", async () => {
    const database = await openServer(place.url, { connections: 3 });
    const answers = await Promise.all(
      Array.from({ length: 30 }, () =>
        database.query<{ pid: number }>("SELECT pg_backend_pid() AS pid, pg_sleep(0.01)"),
      ),
    );
    expect(new Set(answers.flat().map(({ pid }) => pid)).size).toBeLessThanOrEqual(3);
    await database.close();
  });

  test("close waits for statements under way", async () => {
    const database = await openServer(place.url, { connections: 2 });
    const slow = database.query("SELECT 1 AS one, pg_sleep(0.2)::text AS slept");
    await untilAsleep();
    await database.close();
    expect(await slow).toMatchObject([{ one: 1 }]);
  });

  test("a server that isn't there is an error", async () => {
    const database = await openServer("postgres://postgres:password@127.0.0.1:1/none");
    await expect(database.query("SELECT 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await database.close();
  });

  /** Resolves when a connection to the database sleeps. */
  async function untilAsleep() {
    const client = new pg.Client({ connectionString: place.url });
    await client.connect();
    const asleep =
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep' LIMIT 1";
    while ((await client.query(asleep)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await client.end();
  }
});
