/** Parameters must come out of the engine as they went in, whatever is in them. */
import { Session } from "chdb";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import { removeFolder, temporaryFolder } from "../../../test/support/server-process.ts";
import { parameterStatement } from "./embedded-parameters.ts";

let folder: string;
let session: Session;

beforeAll(async () => {
  folder = await temporaryFolder();
  session = new Session(folder);
});

afterAll(async () => {
  session.close();
  await removeFolder(folder);
});

async function returned(type: string, value: unknown): Promise<unknown> {
  await session.queryAsync(parameterStatement({ value }) ?? "SELECT 1");
  const result = await session.queryAsync(`SELECT {value:${type}} AS value`, { format: "JSONEachRow" });
  return Object.values(JSON.parse(result.text()))[0];
}

const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom("'", "\\", "\n", "\t", "\r", "\0", "\b", "{", "}", ";", "N", "$", "é", '"', "%") }),
);

test("texts, arrays of them and numbers are the same as before", async () => {
  await fc.assert(
    fc.asyncProperty(anyText, fc.array(anyText), fc.integer(), async (text, texts, number) => {
      expect(await returned("String", text)).toBe(text);
      expect(await returned("Array(String)", texts)).toEqual(texts);
      expect(await returned("Int32", number)).toBe(number);
    }),
    { numRuns: runs(200) },
  );
});

test("what is no such value is refused", () => {
  expect(() => parameterStatement({ value: new Date() })).toThrow("can't be");
  expect(() => parameterStatement({ "a = 1; --": 1 })).toThrow("not a name");
  expect(parameterStatement({})).toBeUndefined();
});
