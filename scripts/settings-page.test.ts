import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { settings } from "../src/config/config.ts";
import { settingsPage, settingsPageFile } from "./settings-page.ts";

describe("docs/settings.md", () => {
  it("is what `npm run docs` makes of src/config/config.ts", async () => {
    expect(await readFile(settingsPageFile, "utf8")).toBe(settingsPage(Object.values(settings)));
  });

  it("keeps a meaning in its cell", () => {
    const page = settingsPage([{ name: "MAILGLASS_X", default: undefined, meaning: "`a` | `b`\nor nothing" }]);
    expect(page.trimEnd().split("\n").at(-1)).toBe("| `MAILGLASS_X` | unset | `a` \\| `b` or nothing |");
  });
});
