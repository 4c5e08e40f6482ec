import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type SqlDialect, splitStatements } from "./sql-statements.ts";

const dialects: SqlDialect[] = ["postgresql", "clickhouse"];

describe.each(dialects)("splitting %s", (dialect) => {
  const split = (script: string) => splitStatements(script, dialect);

  test("ends a statement at a semicolon, wherever it stands", () => {
    expect(split("SELECT 1; SELECT 2;SELECT 3\n;\r\n\r\nSELECT\n  4 ;")).toEqual([
      "SELECT 1",
      "SELECT 2",
      "SELECT 3",
      "SELECT\n  4",
    ]);
    expect(split("SELECT 1")).toEqual(["SELECT 1"]);
  });

  test("makes no statement of nothing", () => {
    expect(split("")).toEqual([]);
    expect(split(" ;; \n-- nothing;\n/* nothing; */;")).toEqual([]);
  });

  test("leaves semicolons and comment marks in quotes alone", () => {
    const quoted = [
      "SELECT ';'",
      "SELECT 'it''s; -- so', ';'",
      `SELECT '/* " ; */' AS ";--"`,
      'SELECT 1 AS "a"";b"',
      "SELECT '--\n;\n'",
      "SELECT $$ ; '-- $$, $body$ it's; $$ ; $body$",
      "SELECT 'ü;€;😀'",
    ];
    expect(split(quoted.join(";\n"))).toEqual(quoted);
    for (const one of quoted) expect(split(`${one};`)).toEqual([one]);
  });

  test("leaves out comments, with the semicolons and quotes in them", () => {
    expect(
      split("-- it's; so\nSELECT 1 -- \"; \n+ 1; -- a 'comment'; after it\nSELECT 2 /* ; ' */+/* -- */ 3; /* $$ */"),
    ).toEqual(["SELECT 1 \n+ 1", "SELECT 2  +  3"]);
    expect(split("SELECT 1 /* a /* nested; */ ; */ + 2; SELECT 6 / 2 - -1 * 2")).toEqual([
      "SELECT 1   + 2",
      "SELECT 6 / 2 - -1 * 2",
    ]);
    expect(split("SELECT 1--;")).toEqual(["SELECT 1"]);
  });

  test("takes a dollar for a quote only where a tag begins", () => {
    expect(split("SELECT $1, a$b$c; SELECT $2")).toEqual(["SELECT $1, a$b$c", "SELECT $2"]);
  });

  test("names the line of a quote or comment that does not end", () => {
    for (const open of ["'a;", '"a;', "/* a; /* */", "$$ a;", "$x$ a; $$ $y$", "$a"]) {
      expect(() => split(`SELECT 1;\nSELECT 2\n;SELECT ${open}`)).toThrow(/^line 3: what begins with "\\?["'/$]/);
    }
  });
});

test("a backslash escapes in ClickHouse, and in PostgreSQL only after an E", () => {
  const escaped = String.raw`SELECT 'a\'; b', 1; SELECT 2`;
  expect(splitStatements(escaped, "clickhouse")).toEqual([String.raw`SELECT 'a\'; b', 1`, "SELECT 2"]);
  expect(splitStatements(String.raw`SELECT '\'; SELECT 2`, "postgresql")).toEqual([String.raw`SELECT '\'`, "SELECT 2"]);
  expect(splitStatements(String.raw`SELECT E'a\'; b'; SELECT 2`, "postgresql")).toEqual([
    String.raw`SELECT E'a\'; b'`,
    "SELECT 2",
  ]);
});

test("a backtick quotes in ClickHouse", () => {
  expect(splitStatements("SELECT 1 AS `a;--'b`; SELECT 2", "clickhouse")).toEqual(["SELECT 1 AS `a;--'b`", "SELECT 2"]);
  expect(() => splitStatements("SELECT `a;", "clickhouse")).toThrow(/^line 1: /);
});

test.each(dialects)(
  "our own migrations of %s have the statements that end a line with a semicolon",
  async (dialect) => {
    const folder = new URL(`./${dialect === "postgresql" ? "postgres" : dialect}/migrations/`, import.meta.url);
    const names = (await readdir(folder)).filter((name) => name.endsWith(".sql"));
    expect(names).not.toEqual([]);
    for (const name of names) {
      const script = await readFile(new URL(name, folder), "utf8");
      const lines = script.replaceAll(/--.*$/gm, "").split(/;\s*$/m);
      const spaced = (text: string) => text.replaceAll(/\s+/g, " ").trim();
      expect(splitStatements(script, dialect).map(spaced)).toEqual(lines.map(spaced).filter((line) => line !== ""));
    }
  },
);
