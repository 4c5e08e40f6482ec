import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { settings } from "../src/config/config.ts";
import { settingsPage, settingsPageFile, settingsSections } from "./settings-page.ts";

describe("docs/settings.md", () => {
  it("is what `npm run docs` makes of src/config/", async () => {
    expect(await readFile(settingsPageFile, "utf8")).toBe(settingsPage(settingsSections));
  });

  it("has every setting that the server reads, once", () => {
    const keys = Object.values(settingsSections).flatMap((table) => Object.keys(table));
    expect(keys.sort()).toEqual(Object.keys(settings).sort());
  });

  it("keeps a meaning in its cell", () => {
    const one = { name: "MAILGLASS_X", default: undefined, meaning: "`a` | `b`\nor nothing" };
    const page = settingsPage({ One: { one } });
    expect(page.trimEnd().split("\n").at(-1)).toBe("| `MAILGLASS_X` | unset | `a` \\| `b` or nothing |");
  });
});
