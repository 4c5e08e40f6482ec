/** Files of another format are refused with words that name it. */
import { describe, expect, it } from "vitest";
import { contacts, header, people, read, suppressions } from "../../../test/support/imported-records.ts";
import { previewImport } from "./preview.ts";

describe("files of another format", () => {
  it.each([
    ["semicolons", "emailAddress;unsubscribeAll\na@example.com;false\n", /separated by a semicolon \(;\)/],
    ["semicolons and quotes", '"emailAddress";"unsubscribeAll"\n"a@example.com";"false"\n', /a semicolon/],
    ["semicolons, the address last", "unsubscribeAll ; emailAddress\nfalse;a@example.com\n", /a semicolon/],
    ["tabs", "\ufeffemailAddress\tunsubscribeAll\na@example.com\tfalse\n", /separated by a tab/],
    ["bars", "emailAddress|unsubscribeAll\na@example.com|false\n", /separated by a vertical bar/],
    ["sep=;", "sep=;\nemailAddress;unsubscribeAll\n", /a semicolon/],
    ["sep=<tab>", "sep=\t\nemailAddress\tunsubscribeAll\n", /a tab/],
    ["sep=#", '"SEP=#"\r\nemailAddress#unsubscribeAll\n', /separated by "#"/],
  ])("contacts with %s are refused", async (_what, file, message) => {
    await expect(read(file, contacts())).rejects.toThrow(message);
    const preview = await previewImport(Buffer.from(file), { ...contacts(), whole: true });
    expect(preview.fault).toMatch(message);
  });

  it.each([
    ["semicolons", "a@example.com;BOUNCE\n", /a semicolon/],
    ["semicolons and quotes", '"a@example.com";"BOUNCE"\n', /a semicolon/],
    ["semicolons and a header", "emailAddress;reason\na@example.com;BOUNCE\n", /a semicolon/],
    ["tabs", "a@example.com\tBOUNCE\n", /a tab/],
    ["sep=;", "sep=;\na@example.com;BOUNCE\n", /a semicolon/],
  ])("suppressions with %s are refused", async (_what, file, message) => {
    await expect(read(file, suppressions())).rejects.toThrow(message);
  });

  it.each(['[{"emailAddress":"a@example.com"}]', '\ufeff\n  [\n{"emailAddress":"a@example.com"}\n]\n', "[]"])(
    "a JSON array is refused: %j",
    async (file) => {
      await expect(read(file, contacts("JSON"))).rejects.toThrow(/is a JSON array/);
      await expect(read(file, suppressions("JSON"))).rejects.toThrow(/is a JSON array/);
    },
  );

  it.each(["sep=,\n", '"sep=,"\r\n', "\ufeffSep=,\r"])("the line %j is passed over", async (separator) => {
    expect(await read(`${separator}${header}a@example.com,true,\n`, contacts())).toMatchObject({ taken: people("a") });
    const rows = `${separator}a@example.com,BOUNCE\n`;
    expect(await read(rows, suppressions())).toMatchObject({ taken: people("a"), failed: [] });
  });
});
