import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { operations } from "../contract/operations.ts";
import { writtenOperations } from "./written.ts";

/** `CreateExportJob` lives in `create-export-job.ts`. */
function fileOf(operation: string): string {
  return `${operation.replaceAll(/(?<!^)([A-Z])/g, "-$1").toLowerCase()}.ts`;
}

test("the operations called written are those that have a file of their own", () => {
  const files = new Set(
    readdirSync(new URL(".", import.meta.url), { recursive: true, encoding: "utf8" }).map((path) =>
      path.split(/[\\/]/).at(-1),
    ),
  );
  const withFile = operations.map(({ name }) => name).filter((name) => files.has(fileOf(name)));
  expect([...writtenOperations].sort()).toEqual(withFile);
});
