/** Configuration sets as people make, find and delete them in a browser, and what leads on from them. */
import { CreateConfigurationSetCommand } from "@aws-sdk/client-sesv2";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPage } from "../support/browser.ts";
import { button, createSet, dialog, openSet, readSet, sendWith } from "../support/configuration-set-page.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { heading, patience } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { faultsOfPages, type PageState, pageFaultsTimeout } from "../support/page-faults.ts";
import { connectBrowser } from "../support/shared-browser.ts";

describe.skipIf(browserMissing())("configuration sets in the dashboard", () => {
  let browser: Browser;
  let server: InProcessServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it("are made where there are none, with tags; a name that can't be is refused in SES's words", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/configuration-sets");
    await page.getByText("There is no configuration set yet").waitFor();
    await expect.poll(() => page.getByLabel("Find by name").count()).toBe(0);
    await button(page, "New configuration set").click();
    await dialog(page).getByRole("textbox", { name: "Name" }).fill("spring news");
    expect(problems).toEqual([]);
    await dialog(page).getByRole("button", { name: "Create" }).click();
    await dialog(page)
      .getByText(
        "Invalid configuration set name <spring news>: only alphanumeric ASCII characters, '_', and '-' are allowed.",
      )
      .waitFor();
    problems.length = 0;
    await dialog(page).getByRole("textbox", { name: "Name" }).fill("spring-news");
    await button(page, "Add a tag").click();
    await dialog(page).getByRole("textbox", { name: "Tag 1" }).fill("team");
    await dialog(page).getByRole("textbox", { name: "Value 1" }).fill("marketing");
    await button(page, "Add a tag").click();
    await button(page, "Remove tag 2").click();
    await dialog(page).getByRole("textbox", { name: "Name" }).press("Enter");
    await heading(page, "spring-news").waitFor();
    expect(new URL(page.url()).pathname).toBe("/configuration-sets/spring-news");
    await page.getByRole("region", { name: "Tags" }).getByText("marketing").waitFor();
    expect(await readSet(server.client, "spring-news")).toEqual({
      ConfigurationSetName: "spring-news",
      SendingOptions: { SendingEnabled: true },
      ReputationOptions: { ReputationMetricsEnabled: true },
      Tags: [{ Key: "team", Value: "marketing" }],
    });
    await page.goto("/configuration-sets");
    await page.getByRole("row", { name: /^spring-news On / }).waitFor();
    expect(problems).toEqual([]);
  });

  it("lead to what was sent with them", async () => {
    await createSet(server.client, "sent");
    await sendWith(server.client, "sent");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await openSet(page, "sent");
    await page.getByRole("link", { name: "Its messages" }).click();
    await page.getByText("jane@example.org").first().waitFor();
    expect(new URL(page.url()).search).toBe("?configurationSet=sent");
    await page.goBack();
    await page.getByRole("link", { name: "Export its metrics" }).click();
    await heading(page, "New export").waitFor();
    await page.getByText("sent", { exact: true }).waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "Overview by configuration set" }).click();
    await page.getByRole("table", { name: "Breakdown of the period" }).getByText("sent", { exact: true }).waitFor();
    expect(problems).toEqual([]);
  });

  it("are deleted, once one knows what that means", async () => {
    await createSet(server.client, "doomed");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await openSet(page, "doomed");
    await button(page, "Delete").click();
    await dialog(page).getByText("Mail that names it is refused from then on").waitFor();
    await dialog(page).getByRole("button", { name: "Keep" }).click();
    await dialog(page).waitFor({ state: "hidden" });
    expect((await readSet(server.client, "doomed")).ConfigurationSetName).toBe("doomed");
    await button(page, "Delete").click();
    await dialog(page).getByRole("button", { name: "Delete" }).click();
    await heading(page, "Configuration sets").waitFor();
    await page.getByRole("link", { name: "doomed", exact: true }).waitFor({ state: "detached" });
    await expect(readSet(server.client, "doomed")).rejects.toMatchObject({ name: "NotFoundException" });
    expect(problems).toEqual([]);
    await page.goto("/configuration-sets/doomed");
    await page.getByText("Configuration set <doomed> does not exist.").waitFor();
    await expect.poll(() => button(page, "Delete").count()).toBe(0);
  });

  it("are listed page by page, and found by a part of their names", async () => {
    for (let number = 0; number < 60; number++)
      await createSet(server.client, `many-${String(number).padStart(2, "0")}`);
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/configuration-sets?name=any-");
    const rows = page.getByRole("link", { name: /^many-\d+$/ });
    const more = button(page, "Show more");
    await more.waitFor();
    await expect.poll(() => rows.count()).toBe(25);
    await more.click();
    await rows.nth(49).waitFor();
    await more.click();
    await rows.nth(59).waitFor();
    await more.waitFor({ state: "detached" });
    const names = await rows.allTextContents();
    expect(names).toEqual([...names].sort());
    await page.getByLabel("Find by name").fill("MANY-3");
    await page.waitForURL(/name=MANY-3/);
    await expect
      .poll(() => rows.allTextContents(), patience)
      .toEqual(Array.from({ length: 10 }, (_, digit) => `many-3${digit}`));
    await page.getByLabel("Find by name").fill("nothing like it");
    await page.getByText("No name matches").waitFor();
    expect(problems).toEqual([]);
  });

  it("have nothing serious for axe, and fit a phone, whatever is in them", { timeout: pageFaultsTimeout }, async () => {
    const name = `a-${"long".repeat(15)}`;
    await server.client.send(
      new CreateConfigurationSetCommand({
        ConfigurationSetName: name,
        Tags: [{ Key: "k".repeat(128), Value: "v".repeat(256) }],
        TrackingOptions: {
          CustomRedirectDomain: `${"links".repeat(12)}.example.com`,
          HttpsPolicy: "REQUIRE_OPEN_ONLY",
        },
        SuppressionOptions: { SuppressedReasons: [], SuppressionScope: "TENANT" },
      }),
    );
    const form = (of: string): PageState => [
      `/configuration-sets/${name}`,
      async (page) => {
        await button(page, of).click();
        await dialog(page).waitFor();
      },
    ];
    const faults = await faultsOfPages(
      browser,
      server.url,
      ["/configuration-sets", (page) => page.getByRole("link", { name, exact: true }).waitFor()],
      [
        "/configuration-sets",
        async (page) => {
          await button(page, "New configuration set").click();
          await button(page, "Add a tag").click();
        },
      ],
      [`/configuration-sets/${name}`, (page) => page.getByRole("region", { name: "Tags" }).waitFor()],
      form("Change delivery"),
      form("Change suppression"),
      form("Change the domain of tracked links"),
    );
    expect(faults).toEqual([]);
  });
});
