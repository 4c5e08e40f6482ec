import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operations } from "../contract/operations.ts";
import { operationNames } from "../contract/v1/model.ts";
import { writtenV1Operations } from "./v1/written.ts";
import { writtenOperations } from "./written.ts";

/** `CreateExportJob` lives in `create-export-job.ts`. */
function fileOf(operation: string): string {
  return `${operation.replaceAll(/(?<!^)([A-Z])/g, "-$1").toLowerCase()}.ts`;
}

const folders = readdirSync(new URL(".", import.meta.url), { recursive: true, encoding: "utf8" }).map((path) =>
  path.split(/[\\/]/),
);
/** The names of the files of one API: v1 has a folder of its own. */
const filesOf = (isV1: boolean) =>
  new Set(folders.filter(([folder]) => (folder === "v1") === isV1).map((path) => path.at(-1)));

test("the operations called written are those that have a file of their own", () => {
  const files = filesOf(false);
  const withFile = operations.map(({ name }) => name).filter((name) => files.has(fileOf(name)));
  expect([...writtenOperations].sort()).toEqual(withFile);
});

test("so are those of v1", () => {
  const files = filesOf(true);
  expect([...writtenV1Operations].sort()).toEqual(operationNames.filter((name) => files.has(fileOf(name))));
});

test("docs/operations.md has a line for each operation", () => {
  const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| ([A-Z]\w+) \| (real|with means|refused)\b/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual(operations.map(({ name }) => name).sort());
});
