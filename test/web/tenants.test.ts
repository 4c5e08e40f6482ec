/** Tenants and tags in the dashboard: making them, what they send with, whom their mail is kept from, and their mail. */
import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  CreateTenantCommand,
  GetTenantCommand,
  ListTagsForResourceCommand,
  SendEmailCommand,
} from "@aws-sdk/client-sesv2";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPage } from "../support/browser.ts";
import { button, dialog } from "../support/configuration-set-page.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { field, heading, showsRecipients } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { faultsOfPages, pageFaultsTimeout } from "../support/page-faults.ts";
import { simple } from "../support/sent-mail.ts";
import { connectBrowser } from "../support/shared-browser.ts";

const arn = (resource: string) => `arn:aws:ses:us-east-1:000000000000:${resource}`;

describe.skipIf(browserMissing())("tenants in the dashboard", () => {
  let browser: Browser;
  let server: InProcessServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
    await server.client.send(new CreateEmailIdentityCommand({ EmailIdentity: "example.com" }));
    await server.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: "news" }));
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const part = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
  const press = (page: Page, name: string) => dialog(page).getByRole("button", { name, exact: true }).click();

  it("are made, get an identity to send with and a list of their own, and lead to their mail", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/tenants");
    await page.getByText("There is no tenant yet", { exact: true }).waitFor();
    await button(page, "New tenant").click();
    await field(page, "Name").fill("acme");
    await button(page, "Add a tag").click();
    await field(page, "Tag 1").fill("plan");
    await field(page, "Value 1").fill("gold");
    await press(page, "Create");
    await heading(page, "acme").waitFor();
    await part(page, "Sending").getByText("Enabled", { exact: true }).waitFor();
    await part(page, "Tags").getByText("gold", { exact: true }).waitFor();
    await part(page, "Resources").getByText("None: its mail is refused.").waitFor();

    expect(problems).toEqual([]);
    await button(page, "Associate a resource").click();
    await field(page, "Name").fill("nowhere.example");
    await press(page, "Associate");
    await dialog(page).getByRole("alert").getByText("nowhere.example").waitFor();
    problems.length = 0;
    await field(page, "Name").fill("example.com");
    await press(page, "Associate");
    await part(page, "Resources").getByRole("row", { name: "example.com Identity Remove example.com" }).waitFor();

    await button(page, "Change suppression").click();
    await dialog(page).getByRole("radio", { name: "Bounces only", exact: true }).check();
    await dialog(page).getByRole("radio", { name: "The tenant’s own list", exact: true }).check();
    await press(page, "Save");
    await part(page, "Suppression").getByText("Bounces only", { exact: true }).waitFor();
    const { Tenant } = await server.client.send(new GetTenantCommand({ TenantName: "acme" }));
    expect([Tenant?.Tags, Tenant?.SuppressionAttributes]).toEqual([
      [{ Key: "plan", Value: "gold" }],
      { SuppressedReasons: ["BOUNCE"], SuppressionScope: "TENANT" },
    ]);

    await page.getByRole("link", { name: "Its suppression list", exact: true }).click();
    await heading(page, "Suppression list of acme").waitFor();
    await button(page, "Suppress an address").click();
    await field(page, "Address").last().fill("gone@example.org");
    await press(page, "Suppress");
    await page.getByRole("table", { name: "Suppressed addresses" }).getByText("gone@example.org").waitFor();
    await page.getByRole("link", { name: "To the account’s list", exact: true }).click();
    await page.getByText("Nobody is on the list", { exact: true }).waitFor();

    const mail = simple({ FromEmailAddress: "a@example.com", Destination: { ToAddresses: ["of-acme@example.org"] } });
    await server.client.send(new SendEmailCommand({ ...mail, TenantName: "acme" }));
    await server.client.send(
      new SendEmailCommand({ ...mail, Destination: { ToAddresses: ["of-nobody@example.org"] } }),
    );
    await page.goto("/?by=tenant");
    const breakdown = page.getByRole("table", { name: "Breakdown of the period" });
    await breakdown.getByText("No tenant", { exact: true }).waitFor();
    await breakdown.getByRole("link", { name: "acme", exact: true }).click();
    await showsRecipients(page, ["of-acme@example.org"]);
    await page.goto("/?tenant=acme&by=tenant");
    await heading(page, "Overview of acme").waitFor();
    await breakdown.getByRole("link", { name: "acme", exact: true }).waitFor();
    await expect.poll(() => breakdown.getByText("No tenant", { exact: true }).count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it("lose a resource, and are deleted, once one knows what that means", async () => {
    await server.client.send(new CreateTenantCommand({ TenantName: "doomed" }));
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/tenants/doomed");
    await button(page, "Associate a resource").click();
    await dialog(page).getByRole("radio", { name: "Configuration set", exact: true }).check();
    await field(page, "Name").fill("news");
    await press(page, "Associate");
    await button(page, "Remove news").click();
    await press(page, "Remove");
    await part(page, "Resources").getByText("None: its mail is refused.").waitFor();
    await button(page, "Delete").click();
    await press(page, "Delete the tenant");
    await heading(page, "Tenants").waitFor();
    await page.getByRole("link", { name: "doomed", exact: true }).waitFor({ state: "detached" });
    expect(problems).toEqual([]);
  });

  it("are listed page by page, and found by a part of their names", async () => {
    for (let number = 0; number < 60; number++)
      await server.client.send(new CreateTenantCommand({ TenantName: `many-${String(number).padStart(2, "0")}` }));
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/tenants?name=many");
    const rows = page.getByRole("link", { name: /^many-\d+$/ });
    await rows.nth(49).waitFor();
    await button(page, "Show more").click();
    await rows.nth(59).waitFor();
    await page.getByLabel("Find by name").fill("MANY-37");
    await rows
      .first()
      .and(page.getByText("many-37", { exact: true }))
      .waitFor();
    await expect.poll(() => rows.count()).toBe(1);
    expect(problems).toEqual([]);
  });

  it("the tags of a resource are added, changed and taken away", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/configuration-sets/news");
    const save = async () => {
      await press(page, "Save");
      await dialog(page).waitFor({ state: "hidden" });
    };
    await button(page, "Change tags").click();
    await button(page, "Add a tag").click();
    await field(page, "Tag 1").fill("team");
    await field(page, "Value 1").fill("marketing");
    await button(page, "Add a tag").click();
    await field(page, "Tag 2").fill("stage");
    await save();
    await part(page, "Tags").getByText("marketing", { exact: true }).waitFor();
    await button(page, "Change tags").click();
    await field(page, "Value 1").fill("sales");
    await button(page, "Remove tag 2").click();
    await save();
    await part(page, "Tags").getByText("sales", { exact: true }).waitFor();
    const { Tags } = await server.client.send(
      new ListTagsForResourceCommand({ ResourceArn: arn("configuration-set/news") }),
    );
    expect(Tags).toEqual([{ Key: "team", Value: "sales" }]);
    expect(problems).toEqual([]);
    await button(page, "Change tags").click();
    await field(page, "Tag 1").fill("aws:team");
    await press(page, "Save");
    await dialog(page).getByText("The tags were not changed", { exact: true }).waitFor();
  });

  it("have pages without fault", { timeout: pageFaultsTimeout }, async () => {
    const name = `a-${"long".repeat(15)}`;
    await server.client.send(
      new CreateTenantCommand({ TenantName: name, Tags: [{ Key: "k".repeat(128), Value: "v".repeat(256) }] }),
    );
    const faults = await faultsOfPages(
      browser,
      server.url,
      ["/tenants?name=long", (page) => page.getByRole("link", { name, exact: true }).waitFor()],
      [`/tenants/${name}`, (page) => part(page, "Facts").waitFor()],
      [
        "/tenants/acme",
        async (page) => {
          await button(page, "Remove example.com").waitFor();
          await button(page, "Associate a resource").click();
          await dialog(page).waitFor();
        },
      ],
      ["/suppression?tenant=acme", (page) => heading(page, "Suppression list of acme").waitFor()],
    );
    expect(faults).toEqual([]);
  });
});
