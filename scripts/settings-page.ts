/** Generates docs/settings.md from the settings tables: `npm run docs`. A test checks that the page is current. */
import { writeFile } from "node:fs/promises";
import { accessSettings } from "../src/config/access-settings.ts";
import { accountSettings } from "../src/config/account-settings.ts";
import { alertSettings } from "../src/config/alert-settings.ts";
import { deliverySettings } from "../src/config/delivery-settings.ts";
import { insightsSettings } from "../src/config/insights-settings.ts";
import { jobSettings } from "../src/config/job-settings.ts";
import { mailPortSettings } from "../src/config/mail-port-settings.ts";
import { mirrorSettings } from "../src/config/mirror-settings.ts";
import { publishingSettings } from "../src/config/publishing-settings.ts";
import { recommendationSettings } from "../src/config/recommendation-settings.ts";
import { retentionSettings } from "../src/config/retention-settings.ts";
import { serverSettings } from "../src/config/server-settings.ts";
import type { Setting } from "../src/config/setting.ts";
import { storeSettings } from "../src/config/store-settings.ts";
import { testingSettings } from "../src/config/testing-settings.ts";
import { webhookSettings } from "../src/config/webhook-settings.ts";

/** The path of the page. */
export const settingsPageFile = new URL("../docs/settings.md", import.meta.url);

/** The documentation of a setting. */
type Described = Pick<Setting<unknown>, "name" | "default" | "meaning">;

/** The page's sections, each with its settings. */
export const settingsSections: Readonly<Record<string, Readonly<Record<string, Described>>>> = {
  "HTTP server and log": serverSettings,
  Access: accessSettings,
  Stores: storeSettings,
  Delivery: deliverySettings,
  "SMTP ports": mailPortSettings,
  "SES account": accountSettings,
  "Insights and metrics": insightsSettings,
  "Exports and imports": jobSettings,
  "Event publishing": publishingSettings,
  Webhooks: webhookSettings,
  Mirror: mirrorSettings,
  Alerts: alertSettings,
  Recommendations: recommendationSettings,
  Retention: retentionSettings,
  Tests: testingSettings,
};

const head = `# Settings

<!-- Made by \`npm run docs\` from src/config/. Change it there. -->

Settings are environment variables. The server reads them once, when it starts. An empty variable counts as unset. If a
value can't be used, the server does not start, and the error is one line that names the setting. The log warns of
variables that begin with \`MAILGLASS_\` and are not on this page.
`;

/** Renders the page with these sections, in order. */
export function settingsPage(sections: typeof settingsSections): string {
  let page = head;
  for (const [heading, table] of Object.entries(sections)) {
    page += `\n## ${heading}\n\n| Name | Default | Meaning |\n| --- | --- | --- |\n`;
    for (const setting of Object.values(table)) {
      const standard = !setting.default ? "unset" : `\`${setting.default}\``;
      page += `| \`${setting.name}\` | ${standard} | ${cell(setting.meaning)} |\n`;
    }
  }
  return page;
}

/** A pipe or a line break would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

if (import.meta.main) await writeFile(settingsPageFile, settingsPage(settingsSections));
