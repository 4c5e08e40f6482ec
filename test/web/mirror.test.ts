/** The mirror in the dashboard: from a new source to its first event, and records that could not be read. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MirrorSource, MirrorSourceList } from "../../src/admin-api/mirror.ts";
import { openPage } from "../support/browser.ts";
import { dialog } from "../support/configuration-set-page.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { field, heading, openRow, showsRecipients } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { exceptMissing, faultsOfPages, pageFaultsTimeout } from "../support/page-faults.ts";
import { connectBrowser } from "../support/shared-browser.ts";

const account = "111122223333";
const button = (within: Page | Locator, name: string) => within.getByRole("button", { name, exact: true });
const part = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

const send = (recipient: string, sendingAccountId = account) => ({
  eventType: "Send",
  mail: {
    timestamp: new Date().toISOString(),
    source: "shop@sender.example",
    sourceArn: `arn:aws:ses:us-east-1:${sendingAccountId}:identity/sender.example`,
    sendingAccountId,
    messageId: "0100019b00000000-00000000-0000-4000-8000-000000000001-000000",
    destination: [recipient],
    commonHeaders: { subject: "Your order" },
    tags: { "ses:configuration-set": ["orders"] },
  },
  send: {},
});

describe.skipIf(browserMissing())("the mirror in the dashboard", () => {
  let browser: Browser;
  let server: InProcessServer;
  let secret = "";
  beforeAll(async () => {
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function onlySource(): Promise<MirrorSource> {
    const { sources }: MirrorSourceList = JSON.parse(await (await fetch(`${server.url}/admin/mirror`)).text());
    const [source, ...others] = sources;
    if (!source || others.length > 0) throw new Error(`there are ${sources.length} sources`);
    return source;
  }

  async function post(event: object): Promise<void> {
    const { id } = await onlySource();
    const headers = { "content-type": "application/json", "x-mailglass-key": secret };
    const answer = await fetch(`${server.url}/mirror/${id}`, { method: "POST", headers, body: JSON.stringify(event) });
    expect(answer.status).toBe(200);
  }

  it("a source is created; its secret is shown once; what it brings is told as it comes", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/mirror");
    await page.getByText("There is no source yet").waitFor();
    await button(page, "New source").click();
    await field(page, "Name").fill("production");
    await dialog(page).getByRole("radio", { name: "EventBridge" }).check();
    await field(page, "Region").fill("eu-central-1");
    await field(page, "Accounts").fill(account);
    await button(dialog(page), "Create").click();
    // In the server's words, and what was typed stays.
    await dialog(page)
      .getByRole("alert")
      .getByText("This server does not serve eu-central-1", { exact: false })
      .waitFor();
    // The browser says so of the refusal.
    expect(problems.splice(0)).toEqual([expect.stringContaining("status of 400")]);
    await field(page, "Region").fill("us-east-1");
    await button(dialog(page), "Create").click();

    await heading(page, "production").waitFor();
    const address = part(page, "Address");
    await address.getByText(`/mirror/${(await onlySource()).id}`, { exact: false }).waitFor();
    secret = (await address.locator("code").nth(1).textContent()) ?? "";
    expect(secret).toMatch(/^[\w-]{43}$/);
    await part(page, "Settings").getByText("No events yet").waitFor();

    await post(send("ada@shop.example"));
    await part(page, "Settings").getByText("Receiving").waitFor();
    const types = page.getByRole("table", { name: "Types of events" });
    await types.getByRole("row").filter({ hasText: "Sent" }).getByText("orders").waitFor();
    await part(page, "Checklist").getByText("Not sent by this source so far: Rejected", { exact: false }).waitFor();
    await page.reload();
    await part(page, "Address").getByText("shown when the source was created", { exact: false }).waitFor();
    expect(problems).toEqual([]);
  });

  it("its mail is found like all other", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/messages?recipient=ada%40shop.example");
    await showsRecipients(page, ["ada@shop.example"]);
    await openRow(page, "ada@shop.example");
    await page.getByText("Your order").first().waitFor();
    await page.getByText("shop@sender.example").first().waitFor();
    await page.getByText("Sent", { exact: true }).first().waitFor();
    // That nobody is on the suppression list is a 404.
    expect(exceptMissing(problems)).toEqual([]);
  });

  it("what could not be read is shown with its reason, read again once the source is changed, and deleted", async () => {
    await post(send("eve@shop.example", "999988887777"));
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto(`/mirror/${(await onlySource()).id}`);
    const aside = part(page, "Records put aside");
    await aside.getByText("Its account 999988887777 is not one of this source's.", { exact: false }).waitFor();
    await button(aside, "Read again").click();
    await aside.getByText("0 read, 1 left.").waitFor();
    await button(aside, "Delete all").click();
    await button(dialog(page), "Delete them").click();
    await aside.waitFor({ state: "detached" });
    expect(problems).toEqual([]);
  });

  it("it is turned off, and deleted", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/mirror");
    await page.getByRole("link", { name: "production" }).click();
    await page.getByLabel("Enabled").click({ force: true });
    await part(page, "Settings").getByText("Disabled", { exact: true }).waitFor();
    await field(page, "Silent after").fill("90");
    await button(page, "Save").click();
    await expect.poll(async () => (await onlySource()).silenceSeconds).toBe(5_400);
    await button(page, "Delete").click();
    await button(dialog(page), "Delete the source").click();
    await page.getByText("There is no source yet").waitFor();
    expect(problems).toEqual([]);
  });

  it(
    "the pages are without fault",
    async () => {
      const answer = await fetch(`${server.url}/admin/mirror`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          name: "a".repeat(64),
          kind: "firehose",
          region: "us-east-1",
          settings: {},
          accounts: [account],
        }),
      });
      const source: MirrorSource = JSON.parse(await answer.text());
      const faults = await faultsOfPages(
        browser,
        server.url,
        ["/mirror", (page) => page.getByRole("table", { name: "Sources" }).waitFor()],
        [`/mirror/${source.id}`, (page) => part(page, "Checklist").waitFor()],
      );
      expect(faults).toEqual([]);
    },
    pageFaultsTimeout,
  );
});
