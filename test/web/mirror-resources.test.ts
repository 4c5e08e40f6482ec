/** The real account of a mirror's source in the dashboard. Another Mailglass stands for it. */
import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  CreateEmailTemplateCommand,
  DeleteConfigurationSetCommand,
} from "@aws-sdk/client-sesv2";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MirrorSource } from "../../src/admin-api/mirror.ts";
import { callAdmin } from "../support/admin-call.ts";
import { awsEnvironment } from "../support/aws-environment.ts";
import { openPage } from "../support/browser.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import { type InProcessServer, startInProcess } from "../support/in-process-server.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { faultsOfPages, pageFaultsTimeout } from "../support/page-faults.ts";
import { setSdkVariables } from "../support/sdk-variables.ts";
import { connectBrowser } from "../support/shared-browser.ts";

const account = "000000000000";
const part = (page: Page) => page.getByRole("region", { name: "The real account", exact: true });
const table = (page: Page, name: string) => page.getByRole("table", { name, exact: true });
/** Once its details have been read. */
const row = (page: Page, kind: string, name: string) =>
  table(page, `${kind} of the account`).getByRole("row").filter({ hasText: name }).filter({ hasNotText: "not yet" });

describe.skipIf(browserMissing())("the real account of a source in the dashboard", () => {
  let browser: Browser;
  let real: InProcessServer;
  let server: InProcessServer;
  let restoreVariables: () => void;
  let ahead = 0;
  let path = "";
  beforeAll(async () => {
    real = await startInProcess();
    restoreVariables = setSdkVariables(awsEnvironment(real.url));
    const environment = { MAILGLASS_ACCOUNT_ID: "999999999999" };
    const clock = () => new Date(Date.now() + ahead);
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer({ environment, clock })]);
    await real.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: "orders" }));
    await real.client.send(new CreateEmailIdentityCommand({ EmailIdentity: "shop.example" }));
    const TemplateContent = { Subject: "Welcome, {{name}}", Text: "Hello" };
    await real.client.send(new CreateEmailTemplateCommand({ TemplateName: "welcome", TemplateContent }));
    const input = { name: "production", kind: "eventbridge", accounts: [account], region: "us-east-1" };
    const { id } = await callAdmin<MirrorSource>(server.app, "POST", "/admin/mirror", input);
    path = `/mirror/${id}`;
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await real.close();
    restoreVariables();
  });

  it("it is read by choice, and shown with what keeps mail from the mirror", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto(path);
    const reads = part(page).getByLabel("Read its settings");
    expect(await reads.isChecked()).toBe(false);
    await reads.click({ force: true });
    await row(page, "Configuration sets", "orders").getByText("none", { exact: true }).waitFor();
    await row(page, "Identities", "shop.example").getByText("Yes", { exact: true }).waitFor();
    await row(page, "Templates", "welcome").getByText("Welcome, {{name}}").waitFor();
    for (const [problem, name] of [
      ["no event destination leads to an event bus", "orders"],
      ["These identities have no default configuration set", "shop.example"],
    ] as const) {
      await part(page).getByRole("alert").filter({ hasText: problem }).getByText(name, { exact: true }).waitFor();
    }
    expect(problems).toEqual([]);
  });

  it("what goes wrong is shown with its kind, and what is gone disappears", async () => {
    const rule = {
      match: { operation: "ListEmailTemplates" },
      effect: { type: "error", code: "AccessDeniedException" },
    };
    await callAdmin(real.app, "POST", "/testing/faults", rule);
    await real.client.send(new DeleteConfigurationSetCommand({ ConfigurationSetName: "orders" }));
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto(path);
    await row(page, "Configuration sets", "orders").waitFor();
    ahead = 61 * 60_000;
    server.accountPulls.wake();
    await part(page).getByText("access was denied; allow ses:ListEmailTemplates", { exact: false }).waitFor();
    await table(page, "Configuration sets of the account").waitFor({ state: "detached" });
    await row(page, "Templates", "welcome").waitFor();
    expect(problems).toEqual([]);
  });

  it(
    "the page is without fault",
    async () => {
      const faults = await faultsOfPages(browser, server.url, [
        path,
        (page) => table(page, "Templates of the account").waitFor(),
      ]);
      expect(faults).toEqual([]);
    },
    pageFaultsTimeout,
  );

  it("it is read no longer once that is turned off", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto(path);
    await table(page, "Templates of the account").waitFor();
    await part(page).getByLabel("Read its settings").click({ force: true });
    await table(page, "Templates of the account").waitFor({ state: "detached" });
    const { settings } = await callAdmin<MirrorSource>(server.app, "GET", `/admin${path}`);
    expect(settings).not.toHaveProperty("pull");
    expect(problems).toEqual([]);
  });
});
