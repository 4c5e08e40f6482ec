import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import type { Input } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { encodeToken } from "../page-token.ts";
import { listConfigurationSets } from "./list-configuration-sets.ts";

describe.each(databases)("ListConfigurationSets on $name", ({ open }) => {
  let database: ScopedDatabase;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM configuration_sets");
  });

  const list = (input: Input<"ListConfigurationSets"> = {}) =>
    listConfigurationSets({ database })(input, callContext());
  const named = (text: string) => ({ CONFIGURATION_SET_NAME_CONTAINS: text });
  const add = (names: string[]) =>
    database.query(
      `INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, tags)
       SELECT 1, name, true, true, '[]' FROM unnest($1::text[]) AS name`,
      [names],
    );
  const numbered = (count: number, prefix = "set") =>
    Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(4, "0")}`);

  test("pages of 7 show 120 sets once each while others come and go", async () => {
    const names = numbered(120);
    await add(names);
    const seen: string[] = [];
    let token: string | undefined;
    let pages = 0;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({ PageSize: 7, NextToken: token });
      const found = page.ConfigurationSets ?? [];
      expect(found.length).toBe(page.NextToken ? 7 : 120 % 7);
      seen.push(...found);
      token = page.NextToken;
      pages += 1;
      // One before what was seen, which must not show, and the last one seen goes, which must not matter.
      await add([`a-${pages}`]);
      await database.query("DELETE FROM configuration_sets WHERE name = $1", [found.at(-1)]);
    } while (token);
    expect(seen).toEqual(names);
    expect(pages).toBe(18);
  });

  test("a set made after the position shows on a later page", async () => {
    await add(["b", "d"]);
    const first = await list({ PageSize: 1 });
    expect(first.ConfigurationSets).toEqual(["b"]);
    await add(["a", "c"]);
    expect((await list({ NextToken: first.NextToken })).ConfigurationSets).toEqual(["c", "d"]);
  });

  test("the order is that of the bytes, whatever the database's language", async () => {
    await add(["b", "_", "A", "a", "-", "B", "0"]);
    expect((await list()).ConfigurationSets).toEqual(["-", "0", "A", "B", "_", "a", "b"]);
  });

  test("a page has 50 where no size is given, at most 1000, and no token after the last", async () => {
    expect(await list()).toEqual({ ConfigurationSets: [], NextToken: undefined });
    await add(numbered(1001));
    expect((await list()).ConfigurationSets).toHaveLength(50);
    const whole = await list({ PageSize: 1000 });
    expect(whole.ConfigurationSets).toHaveLength(1000);
    const rest = await list({ PageSize: 1, NextToken: whole.NextToken });
    expect(rest).toEqual({ ConfigurationSets: ["set-1000"], NextToken: undefined });
    expect((await list({ NextToken: "" })).ConfigurationSets).toHaveLength(50);
  });

  test.each([0, -1, 1001])("a page of %d is refused", async (size) => {
    expect(await refusalOf(list({ PageSize: size, Filter: named("ab"), NextToken: "bad" }))).toEqual([
      "BadRequestException",
      "The page size must be between 1 and 1000",
    ]);
  });

  test("a token of another list, of another filter, or of nobody's is refused", async () => {
    await add(["alpha-1", "alpha-2", "beta-1", "beta-2"]);
    const { NextToken: unfiltered = "" } = await list({ PageSize: 1 });
    const { NextToken: filtered = "" } = await list({ PageSize: 1, Filter: named("alpha") });
    const identities = encodeToken('email-identities ["",null,null]', "a@example.com");
    const attempts: [string, string | undefined][] = [
      ["garbage", undefined],
      [identities, undefined],
      [`${unfiltered}A`, undefined],
      [filtered, undefined],
      [filtered, "beta"],
      [unfiltered, "alpha"],
      [encodeToken("configuration-sets ", "a\0b"), undefined],
    ];
    for (const [token, filter] of attempts) {
      expect(await refusalOf(list({ NextToken: token, Filter: filter ? named(filter) : undefined }))).toEqual([
        "BadRequestException",
        `invalid nextToken <${token}>`,
      ]);
    }
  });

  test("a filter finds names in any case, and its token whatever its own case", async () => {
    await add(["Filter-Alpha", "filter-beta", "other-FILTER-gamma", "unrelated", "f_lter"]);
    const first = await list({ PageSize: 2, Filter: named("filter") });
    expect(first.ConfigurationSets).toEqual(["Filter-Alpha", "filter-beta"]);
    const second = await list({ PageSize: 2, Filter: named("FILTER"), NextToken: first.NextToken });
    expect(second).toEqual({ ConfigurationSets: ["other-FILTER-gamma"], NextToken: undefined });
    // Not a pattern, not trimmed; empty is none.
    for (const text of ["f_lte%", "f%r", " filter ", "a\0b", "ÄÖÜ", "\ud800\ud800\ud800"]) {
      expect((await list({ Filter: named(text) })).ConfigurationSets, text).toEqual([]);
    }
    expect((await list({ Filter: named("f_l") })).ConfigurationSets).toEqual(["f_lter"]);
    expect((await list({ Filter: named("") })).ConfigurationSets).toHaveLength(5);
    expect((await list({ Filter: named("\u{1F600}".repeat(64)) })).ConfigurationSets).toEqual([]);
  });

  test.each(["ab", "a".repeat(65), "\u{1F600}\u{1F600}"])("the filter %s is refused before the token", async (text) => {
    expect(await refusalOf(list({ Filter: named(text), NextToken: "garbage" }))).toEqual([
      "BadRequestException",
      "CONFIGURATION_SET_NAME_CONTAINS must be between 3 and 64 characters",
    ]);
  });
});
