/** Writes docs/settings.md from the table of settings: `npm run docs`. A test holds the page to the table. */
import { writeFile } from "node:fs/promises";
import { settings } from "../src/config/config.ts";
import type { Setting } from "../src/config/setting.ts";

/** Where the page lies. */
export const settingsPageFile = new URL("../docs/settings.md", import.meta.url);

const head = `# Settings

<!-- Made by \`npm run docs\` from src/config/config.ts. Change it there. -->

Settings come from the environment and are read once, at the start. An empty variable counts as unset. A value that
can't be used stops the start with one line that names it; a name with \`MAILGLASS_\` that is not in this table is warned of
in the log.

| Name | Default | Meaning |
| --- | --- | --- |
`;

/** The page for a table of settings, in its order. */
export function settingsPage(table: Iterable<Pick<Setting<unknown>, "name" | "default" | "meaning">>): string {
  let page = head;
  for (const setting of table) {
    const standard = !setting.default ? "unset" : `\`${setting.default}\``;
    page += `| \`${setting.name}\` | ${standard} | ${cell(setting.meaning)} |\n`;
  }
  return page;
}

/** A pipe would end the cell, and so would a line end. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

if (import.meta.main) await writeFile(settingsPageFile, settingsPage(Object.values(settings)));
