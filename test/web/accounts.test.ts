/** Accounts and regions in the dashboard: the choice of one or all, what each page shows of them, and managing them. */
import {
  CreateConfigurationSetCommand,
  GetSuppressedDestinationCommand,
  SESv2Client,
  SendEmailCommand,
} from "@aws-sdk/client-sesv2";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CreatedKey } from "../../src/access/access-keys.ts";
import { openPage } from "../support/browser.ts";
import { button, dialog } from "../support/configuration-set-page.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { createKey } from "../support/keys-of.ts";
import { field, heading, openRow, showsRecipients } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { faultsOfPages, pageFaultsTimeout } from "../support/page-faults.ts";
import { simple } from "../support/sent-mail.ts";
import { connectBrowser } from "../support/shared-browser.ts";

const ours = "000000000000";
const theirs = "111122223333";
const scopeOf = (account: string, region: string) => `account=${account}&region=${region}`;

/** Sends a mail in an account and a region, which has a configuration set of its own there. */
async function sendIn(server: InProcessServer, account: string, region: string): Promise<SESv2Client> {
  const credentials = { accessKeyId: account, secretAccessKey: "any" };
  const client = new SESv2Client({ endpoint: server.url, region, credentials, maxAttempts: 1 });
  const recipient = `${account}@${region}.example`;
  await client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: `set-${account}-${region}` }));
  await client.send(new SendEmailCommand(simple({ Destination: { ToAddresses: [recipient] } })));
  return client;
}

const choose = async (page: Page, label: string, option: string) => {
  await field(page, label).click();
  await page.getByRole("option", { name: option, exact: true }).click();
};

const accountChoice = (page: Page) => page.getByRole("region", { name: "Account and region" });

describe.skipIf(browserMissing())("accounts and regions in the dashboard", () => {
  let browser: Browser;
  let server: InProcessServer;
  const clients: SESv2Client[] = [];
  beforeAll(async () => {
    [browser, server] = await Promise.all([
      connectBrowser(),
      startDashboardServer({ environment: { MAILGLASS_ACCOUNTS_FROM_KEYS: "on", MAILGLASS_REGIONS: "eu-west-1" } }),
    ]);
    const answer = await fetch(`${server.url}/admin/accounts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: theirs, name: "Web shop" }),
    });
    expect(answer.status).toBe(201);
    for (const [account, region] of [
      [ours, "us-east-1"],
      [theirs, "us-east-1"],
      [theirs, "eu-west-1"],
    ] as const) {
      clients.push(await sendIn(server, account, region));
    }
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await browser.close();
    await server.close();
  });

  const all = [`${theirs}@eu-west-1.example`, `${theirs}@us-east-1.example`, `${ours}@us-east-1.example`];

  it("messages of all are told apart; one is chosen in the address, and stays through links, reloads and Back", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/messages");
    await showsRecipients(page, all);
    await page.getByRole("cell", { name: `Web shop (${theirs}), eu-west-1`, exact: true }).waitFor();
    await expect.poll(() => field(page, "Account").inputValue()).toBe("All accounts");

    await choose(page, "Account", `Web shop (${theirs})`);
    await showsRecipients(page, all.slice(1, 2));
    expect(new URL(page.url()).search).toBe(`?${scopeOf(theirs, "us-east-1")}`);
    await expect.poll(() => page.getByRole("columnheader", { name: "Account" }).count()).toBe(0);
    await choose(page, "Region", "eu-west-1");
    await showsRecipients(page, all.slice(0, 1));
    await page.getByRole("link", { name: "Configuration sets", exact: true }).click();
    await page.getByRole("link", { name: `set-${theirs}-eu-west-1`, exact: true }).click();
    await heading(page, `set-${theirs}-eu-west-1`).waitFor();
    expect(new URL(page.url()).search).toBe(`?${scopeOf(theirs, "eu-west-1")}`);
    await page.reload();
    await page.getByRole("link", { name: "Its messages" }).click();
    await page.getByText("No message is like this").waitFor();
    await page.goBack();
    // Another account has no such set: its list is shown.
    await heading(page, `set-${theirs}-eu-west-1`).waitFor();
    await choose(page, "Account", `default (${ours})`);
    await page.getByRole("link", { name: `set-${ours}-eu-west-1` }).waitFor({ state: "detached" });
    await page.getByText("There is no configuration set yet").waitFor();
    expect(page.url()).toBe(`${server.url}/configuration-sets?${scopeOf(ours, "eu-west-1")}`);
    expect(problems).toEqual([]);
  });

  it("a page of resources shows the default account where all are chosen, and says so", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/configuration-sets");
    await page.getByRole("link", { name: `set-${ours}-us-east-1`, exact: true }).waitFor();
    await page.getByText(`default (${ours}), us-east-1`, { exact: true }).waitFor();
    await expect.poll(() => page.getByRole("link", { name: /^set-/ }).count()).toBe(1);
    expect(problems).toEqual([]);
  });

  it("an address is suppressed in the account of its message, from the messages of all", async () => {
    await using watched = await openPage(browser, server.url);
    const { page } = watched;
    const [address = ""] = all;
    await page.goto("/messages");
    await openRow(page, address);
    await page.getByRole("region", { name: "Facts" }).getByText(`Web shop (${theirs})`, { exact: true }).waitFor();
    await button(page, `Suppress ${address}`).click();
    await dialog(page).getByRole("button", { name: "Suppress", exact: true }).click();
    await page.getByRole("link", { name: "Look at the list" }).click();
    await page.getByRole("table", { name: "Suppressed addresses" }).getByText(address).waitFor();
    expect(new URL(page.url()).search).toBe(`?address=${encodeURIComponent(address)}&${scopeOf(theirs, "eu-west-1")}`);
    const [own, , elsewhere] = clients;
    const read = new GetSuppressedDestinationCommand({ EmailAddress: address });
    expect((await elsewhere?.send(read))?.SuppressedDestination?.EmailAddress).toBe(address);
    await expect(own?.send(read)).rejects.toMatchObject({ name: "NotFoundException" });
  });

  it("accounts are created, and deleted once they have nothing", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/accounts");
    const row = (text: string) =>
      page.getByRole("table", { name: "Accounts" }).getByRole("row").filter({ hasText: text });
    await row("Default account").getByText(ours).waitFor();
    await page.getByText("mailglass keys create --account 123456789012", { exact: true }).waitFor();
    await button(page, "New account").click();
    await field(page, "Name").fill("Newsletters");
    await field(page, "ID").fill("12");
    expect(problems).toEqual([]);
    await dialog(page).getByRole("button", { name: "Create", exact: true }).click();
    await dialog(page).getByText("the ID of an account is twelve digits", { exact: true }).waitFor();
    await field(page, "ID").fill("444455556666");
    await dialog(page).getByRole("button", { name: "Create", exact: true }).click();
    await row("Newsletters").getByText("None yet", { exact: true }).waitFor();
    await button(page, "Delete 444455556666").click();
    await dialog(page).getByRole("button", { name: "Delete the account", exact: true }).click();
    await row("Newsletters").waitFor({ state: "detached" });

    await button(page, `Delete ${theirs}`).click();
    await dialog(page).getByRole("button", { name: "Delete the account", exact: true }).click();
    await dialog(page)
      .getByText(/^the account 111122223333 still has 2 configuration sets/)
      .waitFor();
    await dialog(page).getByRole("button", { name: "Keep", exact: true }).click();
    await page.getByRole("link", { name: `Show ${theirs} in eu-west-1`, exact: true }).click();
    await heading(page, "Overview").waitFor();
    expect(new URL(page.url()).search).toBe(`?${scopeOf(theirs, "eu-west-1")}`);
  });

  it("an account that is not there is said to be unknown, and another can be chosen", async () => {
    await using watched = await openPage(browser, server.url);
    const { page } = watched;
    await page.goto("/queue?account=999999999999");
    await page.getByText("There is no account <999999999999>.").waitFor();
    await choose(page, "Account", "All accounts");
    await page.getByText("Nothing waits").waitFor();
  });

  it("has pages without fault", { timeout: pageFaultsTimeout }, async () => {
    const faults = await faultsOfPages(
      browser,
      server.url,
      ["/messages", (page) => page.getByText(`${ours}@us-east-1.example`).first().waitFor()],
      ["/configuration-sets", (page) => page.getByRole("link", { name: /^set-/ }).waitFor()],
      ["/accounts", (page) => page.getByText("Web shop", { exact: true }).waitFor()],
    );
    expect(faults).toEqual([]);
  });
});

describe.skipIf(browserMissing())("with a key of another account, the dashboard", () => {
  let browser: Browser;
  let server: InProcessServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([
      connectBrowser(),
      startDashboardServer({ environment: { MAILGLASS_AUTH: "required", MAILGLASS_REGIONS: "eu-west-1" } }),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it("shows that account only, in the region that is chosen", async () => {
    await server.database.query("INSERT INTO accounts (id, name, created_at) VALUES ($1, 'Web shop', now())", [theirs]);
    const key = await createKey(server, new Date(), { account: theirs });
    const send = async (credentials: CreatedKey, region: string, recipient: string) => {
      const client = new SESv2Client({ endpoint: server.url, region, credentials, maxAttempts: 1 });
      await client.send(new SendEmailCommand(simple({ Destination: { ToAddresses: [recipient] } })));
      client.destroy();
    };
    await send(key, "us-east-1", "mine@us-east-1.example");
    await send(key, "eu-west-1", "mine@eu-west-1.example");
    await send(await createKey(server, new Date()), "us-east-1", "not@mine.example");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/messages");
    await page.getByLabel("Access key ID").fill(key.accessKeyId);
    await page.getByLabel("Secret access key", { exact: true }).fill(key.secretAccessKey);
    await page.keyboard.press("Enter");
    await showsRecipients(page, ["mine@us-east-1.example"]);
    await expect.poll(() => accountChoice(page).getByText("Account", { exact: true }).count()).toBe(0);
    await expect.poll(() => page.getByRole("link", { name: "Accounts", exact: true }).count()).toBe(0);
    await choose(page, "Region", "eu-west-1");
    await showsRecipients(page, ["mine@eu-west-1.example"]);
    expect(new URL(page.url()).search).toBe("?region=eu-west-1");
    expect(problems).toEqual([]);
    await page.goto(`/messages?account=${ours}`);
    await page.getByText(`of the account <${theirs}> can't see other accounts`).first().waitFor();
  });
});
