/** Configuration sets as people make, change and delete them in a browser, and what the API says of them then. */
import {
  CreateConfigurationSetCommand,
  GetConfigurationSetCommand,
  PutAccountVdmAttributesCommand,
  SendEmailCommand,
} from "@aws-sdk/client-sesv2";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openBrowser, openPage } from "../support/browser.ts";
import { type InProcessServer, startInProcess } from "../support/in-process-server.ts";
import { faultsOfPages, type PageState, pageFaultsTimeout } from "../support/page-faults.ts";

describe.runIf(hasBrowser)("configuration sets in the dashboard", () => {
  let browser: Browser;
  let server: InProcessServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([openBrowser(), startInProcess()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const read = async (ConfigurationSetName: string) => {
    const { $metadata, ...set } = await server.client.send(new GetConfigurationSetCommand({ ConfigurationSetName }));
    return set;
  };
  const create = (ConfigurationSetName: string) =>
    server.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName }));
  const send = (ConfigurationSetName: string) =>
    server.client.send(
      new SendEmailCommand({
        FromEmailAddress: "news@example.com",
        Destination: { ToAddresses: ["jane@example.org"] },
        Content: { Simple: { Subject: { Data: "Spring" }, Body: { Text: { Data: "It is here." } } } },
        ConfigurationSetName,
      }),
    );

  const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });
  const dialog = (page: Page) => page.getByRole("dialog");
  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
  const open = async (page: Page, name: string) => {
    await page.goto(`/configuration-sets/${name}`);
    await button(page, "Delete").waitFor();
  };
  /** Saves the form that is open, and waits for what the page then says. */
  const save = async (page: Page, then: string | RegExp) => {
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await dialog(page).waitFor({ state: "hidden" });
    await page.getByText(then).waitFor();
  };

  it("are made where there are none, with tags; a name that can't be is refused in SES's words", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/configuration-sets");
    await page.getByText("There is no configuration set yet").waitFor();
    expect(await page.getByLabel("Find by name").count()).toBe(0);
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
    expect(await read("spring-news")).toEqual({
      ConfigurationSetName: "spring-news",
      SendingOptions: { SendingEnabled: true },
      ReputationOptions: { ReputationMetricsEnabled: true },
      Tags: [{ Key: "team", Value: "marketing" }],
    });
    await page.goto("/configuration-sets");
    await page.getByRole("row", { name: /^spring-news On / }).waitFor();
    expect(problems).toEqual([]);
  });

  it("are paused, so that mail with them is refused, and resumed", async () => {
    await create("pausable");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await open(page, "pausable");
    await page.getByText("Mail with this set is sent.").waitFor();
    await button(page, "Pause sending").click();
    await dialog(page).getByText("New mail with it is refused").waitFor();
    await dialog(page).getByRole("button", { name: "Pause sending" }).click();
    await page.getByText("Mail with this set is refused.").waitFor();
    await expect(send("pausable")).rejects.toMatchObject({
      name: "SendingPausedException",
      message: "Sending is paused for configuration set <pausable>.",
    });
    await button(page, "Resume sending").click();
    await page.getByText("Mail with this set is sent.").waitFor();
    expect((await send("pausable")).MessageId).toBeTruthy();
    expect(problems).toEqual([]);
  });

  it("say how mail is delivered: TLS, and for how long", async () => {
    await create("delivery");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await open(page, "delivery");
    await page.getByText("14 hours unless they were changed").waitFor();
    // In a server that captures mail nothing is delivered.
    await page.getByText("This server keeps all mail and delivers none").waitFor();
    await button(page, "Change delivery").click();
    await dialog(page).getByLabel("Always, with a certificate that holds").check();
    await dialog(page).getByLabel("Try for").fill("2 hours 30 minutes");
    await save(page, "It is tried for 2 h 30 min; then it bounces.");
    expect((await read("delivery")).DeliveryOptions).toEqual({ TlsPolicy: "REQUIRE", MaxDeliverySeconds: 9000 });
    await page.getByText("Mail goes over TLS to a server whose certificate holds, or not at all.").waitFor();

    await button(page, "Change delivery").click();
    const time = dialog(page).getByLabel("Try for");
    expect(await time.inputValue()).toBe("2 h 30 min");
    await time.fill("90");
    await dialog(page).getByText("Write a time such as 90 min or 2 h 30 min.").waitFor();
    await time.press("Enter");
    expect((await read("delivery")).DeliveryOptions?.MaxDeliverySeconds).toBe(9000);
    expect(problems).toEqual([]);
    await time.fill("4 min");
    await time.press("Enter");
    await dialog(page).getByText("Member must have value greater than or equal to 300").waitFor();
    await time.fill("15 h");
    await time.press("Enter");
    await dialog(page).getByText("Member must have value less than or equal to 50400").waitFor();
    problems.length = 0;
    await time.fill("");
    await dialog(page).getByLabel("Where the recipient’s server offers it").check();
    await save(page, "14 hours unless they were changed");
    expect((await read("delivery")).DeliveryOptions).toEqual({ TlsPolicy: "OPTIONAL" });
    expect(problems).toEqual([]);
  });

  it("say what of the suppression list counts", async () => {
    await create("suppression");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await open(page, "suppression");
    const choose = async (label: string, then: string | RegExp, role: "radio" | "switch" = "radio") => {
      await button(page, "Change suppression").click();
      await dialog(page).getByRole(role, { name: label }).check();
      await save(page, then);
      return (await read("suppression")).SuppressionOptions;
    };
    await page.getByText(/^As the account: addresses .* for a bounce or a complaint get no mail/).waitFor();
    expect(await choose("Complaints only", /^Addresses .* for a complaint get no mail/)).toEqual({
      SuppressedReasons: ["COMPLAINT"],
    });
    expect(await choose("Nothing:", /^Mail goes to addresses on the suppression list, too/)).toEqual({
      SuppressedReasons: [],
    });
    expect(await choose("For a tenant’s mail", "the tenant’s own list counts instead", "switch")).toEqual({
      SuppressedReasons: [],
      SuppressionScope: "TENANT",
    });
    expect(await choose("Bounces only", /^Addresses .* for a bounce get no mail/)).toEqual({
      SuppressedReasons: ["BOUNCE"],
      SuppressionScope: "TENANT",
    });
    expect(await choose("As the account", /^As the account: addresses/)).toEqual({ SuppressionScope: "TENANT" });
    expect(problems).toEqual([]);
  });

  it("say whether opens and clicks are tracked, and keep what is not the form's", async () => {
    const vdm = (VdmEnabled: "ENABLED" | "DISABLED") =>
      server.client.send(
        new PutAccountVdmAttributesCommand({
          VdmAttributes: { VdmEnabled, DashboardAttributes: { EngagementMetrics: "ENABLED" } },
        }),
      );
    const GuardianOptions = { OptimizedSharedDelivery: "ENABLED" as const };
    await server.client.send(
      new CreateConfigurationSetCommand({ ConfigurationSetName: "tracked", VdmOptions: { GuardianOptions } }),
    );
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await open(page, "tracked");
    await page.getByText("As the account: nothing is tracked.").waitFor();
    await button(page, "Change opens and clicks").click();
    await dialog(page).getByLabel("Yes").check();
    await save(page, "Opens and clicks of HTML mail are tracked");
    expect((await read("tracked")).VdmOptions).toEqual({
      DashboardOptions: { EngagementMetrics: "ENABLED" },
      GuardianOptions,
    });
    await vdm("DISABLED");
    await page.reload();
    await page.getByText("(VDM) is disabled").waitFor();
    await vdm("ENABLED");
    await page.reload();
    await button(page, "Change opens and clicks").click();
    await dialog(page).getByLabel("No", { exact: true }).check();
    await save(page, "Opens and clicks are not tracked.");
    await button(page, "Change opens and clicks").click();
    await dialog(page).getByLabel("As the account").check();
    await save(page, "As the account: opens and clicks are tracked.");
    expect((await read("tracked")).VdmOptions).toEqual({ GuardianOptions });
    expect(problems).toEqual([]);
  });

  it("say over which domain links lead, and what that takes", async () => {
    await create("links");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await open(page, "links");
    const change = async () => {
      await button(page, "Change the domain of tracked links").click();
      return dialog(page).getByLabel("Domain", { exact: true });
    };
    const domain = await change();
    await domain.fill("no domain");
    await dialog(page).getByLabel("https for pixel and links").check();
    expect(problems).toEqual([]);
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await dialog(page).getByText("Domain <no domain> is not verified under this account.").waitFor();
    problems.length = 0;
    await domain.fill("links.example.com");
    await save(page, "Links and pixel go by https.");
    await page.getByText("a certificate for links.example.com at port 443").waitFor();
    expect((await read("links")).TrackingOptions).toEqual({
      CustomRedirectDomain: "links.example.com",
      HttpsPolicy: "REQUIRE",
    });
    await (await change()).fill("");
    await save(page, "its links and its pixel lead over this server’s own address");
    expect((await read("links")).TrackingOptions).toBeUndefined();
    expect(problems).toEqual([]);
  });

  it("lead to what was sent with them", async () => {
    await create("sent");
    await send("sent");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await open(page, "sent");
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
    await create("doomed");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await open(page, "doomed");
    await button(page, "Delete").click();
    await dialog(page).getByText("Mail that names it is refused from then on").waitFor();
    await dialog(page).getByRole("button", { name: "Keep" }).click();
    await dialog(page).waitFor({ state: "hidden" });
    expect((await read("doomed")).ConfigurationSetName).toBe("doomed");
    await button(page, "Delete").click();
    await dialog(page).getByRole("button", { name: "Delete" }).click();
    await heading(page, "Configuration sets").waitFor();
    await page.getByRole("link", { name: "doomed", exact: true }).waitFor({ state: "detached" });
    await expect(read("doomed")).rejects.toMatchObject({ name: "NotFoundException" });
    expect(problems).toEqual([]);
    await page.goto("/configuration-sets/doomed");
    await page.getByText("Configuration set <doomed> does not exist.").waitFor();
    expect(await button(page, "Delete").count()).toBe(0);
  });

  it("are listed page by page, and found by a part of their names", async () => {
    for (let number = 0; number < 60; number++) await create(`many-${String(number).padStart(2, "0")}`);
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/configuration-sets?name=any-");
    const rows = page.getByRole("link", { name: /^many-\d+$/ });
    const more = button(page, "Show more");
    await more.waitFor();
    expect(await rows.count()).toBe(25);
    await more.click();
    await rows.nth(49).waitFor();
    await more.click();
    await rows.nth(59).waitFor();
    await more.waitFor({ state: "detached" });
    const names = await rows.allTextContents();
    expect(names).toEqual([...names].sort());
    await page.getByLabel("Find by name").fill("MANY-3");
    await page.waitForURL(/name=MANY-3/);
    await rows.nth(10).waitFor({ state: "detached" });
    expect(await rows.allTextContents()).toEqual(Array.from({ length: 10 }, (_, digit) => `many-3${digit}`));
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
