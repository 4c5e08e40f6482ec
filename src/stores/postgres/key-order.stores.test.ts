import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { type Database, defaultScope } from "./database.ts";
import { queryInKeyOrder } from "./key-order.ts";

describe.each(databases)("pages on $name", ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  test("a table that was not analyzed is read by its key, and other queries sort as ever", async () => {
    await database.query(
      `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at)
       SELECT 1, '', number || '@b.cd', 'BOUNCE', now() FROM generate_series(10000, 40000) AS number`,
    );
    const plan = (rows: object[]) => JSON.stringify(rows);
    const page = `SELECT * FROM suppressed_destinations
      WHERE scope = $1 AND tenant = $2 AND address > $3 ORDER BY address LIMIT 10`;
    expect(plan(await queryInKeyOrder(database, `EXPLAIN ${page}`, [defaultScope, "", "2"]))).not.toContain("Sort");
    expect(await queryInKeyOrder<{ address: string }>(database, page, [defaultScope, "", "2"])).toHaveLength(10);
    expect(await database.query("SHOW enable_sort")).toEqual([{ enable_sort: "on" }]);
  });
});
