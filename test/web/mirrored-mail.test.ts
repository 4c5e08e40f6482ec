/** Mirrored mail in the dashboard: what a source never sends is no 0, and what belongs to no one recipient has a name. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChangedMirrorSource, MirrorSource } from "../../src/admin-api/mirror.ts";
import { callAdmin } from "../support/admin-call.ts";
import { openPage } from "../support/browser.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import { eventually } from "../support/eventually.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { heading, showsRecipients } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { exceptMissing, faultsOfPages, pageFaultsTimeout } from "../support/page-faults.ts";
import { connectBrowser } from "../support/shared-browser.ts";

const account = "111122223333";
const messageId = (number: number) => `0100019b00000000-00000000-0000-4000-8000-00000000000${number}-000000`;
const sentAt = new Date(Date.now() - 600_000).toISOString();

const event = (eventType: string, number: number, destination: readonly string[], body: object = {}) => ({
  eventType,
  mail: {
    timestamp: sentAt,
    source: "shop@sender.example",
    sourceArn: `arn:aws:ses:us-east-1:${account}:identity/sender.example`,
    sendingAccountId: account,
    messageId: messageId(number),
    destination,
    commonHeaders: { subject: "Your order" },
    tags: { "ses:configuration-set": ["orders"] },
  },
  [eventType.toLowerCase()]: body,
});

const both = ["ada@shop.example", "eve@shop.example"];
const events = [
  event("Delivery", 1, both, { timestamp: sentAt, recipients: both, smtpResponse: "250 ok" }),
  event("Open", 1, both, { timestamp: sentAt, ipAddress: "192.0.2.1", userAgent: "Mozilla/5.0" }),
  event("Open", 2, both, { timestamp: sentAt, ipAddress: "192.0.2.1", userAgent: "Mozilla/5.0" }),
];

describe.skipIf(browserMissing())("mirrored mail in the dashboard", () => {
  let browser: Browser;
  let server: InProcessServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
    const input = { name: "production", kind: "eventbridge", accounts: [account], region: "us-east-1" };
    const source = await callAdmin<ChangedMirrorSource>(server.app, "POST", "/admin/mirror", input);
    const headers = { "x-mailglass-key": source.secret ?? "", "content-type": "application/json" };
    for (const payload of events.map((one) => JSON.stringify(one))) {
      const answer = await server.app.inject({ method: "POST", url: `/mirror/${source.id}`, headers, payload });
      expect(answer.statusCode).toBe(200);
    }
    await eventually(async () => {
      const { checklist } = await callAdmin<MirrorSource>(server.app, "GET", `/admin/mirror/${source.id}`);
      expect(checklist.types.map(({ type }) => type)).toEqual(["DELIVERY", "OPEN"]);
    });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const total = (page: Page, label: string) =>
    page.getByRole("region", { name: "Totals" }).getByText(label, { exact: true }).locator("..");

  it("the overview says which events the source never sends, instead of a 0", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/?range=24h");
    await total(page, "Delivered").getByText("2", { exact: true }).waitFor();
    await total(page, "Delivered").getByText("– of what was sent").waitFor();
    for (const label of ["Sent", "Bounced for good", "Complaints", "Clicked"]) {
      await total(page, label).getByText("Not sent by the mirror’s source").waitFor();
      await total(page, label).getByText("–", { exact: true }).waitFor();
    }
    // An open that belongs to no one recipient is not counted; but opens come.
    await total(page, "Opened").getByText("0", { exact: true }).waitFor();
    const notice = page.getByRole("alert").filter({ hasText: "Not sent by the mirror’s source" });
    await notice
      .getByRole("listitem")
      .getByText(/111122223333.*, us-east-1: sends, bounces, complaints, clicks$/)
      .waitFor();
    const row = page.getByRole("table", { name: "Breakdown of the period" }).getByRole("row").nth(1);
    expect(await row.getByRole("cell").allTextContents()).toEqual(Array(7).fill("–"));
    expect(problems).toEqual([]);
  });

  it("an account that is not mirrored has no such notice", async () => {
    const overview = await callAdmin<object>(
      server.app,
      "GET",
      `/admin/overview?account=000000000000&from=${sentAt}&to=${new Date().toISOString()}`,
    );
    expect(overview).not.toHaveProperty("notSent");
  });

  it("events of no one recipient are those of an unknown recipient; there is no content", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/messages");
    await showsRecipients(page, both.toReversed());
    await page.goto(`/messages/${messageId(1)}`);
    await heading(page, "Your order").waitFor();
    const recipients = page.getByRole("region", { name: "Recipients (2)" });
    await recipients.getByRole("button", { name: "Unknown recipient" }).click();
    await recipients.getByText("SES does not say which recipient these events are of.").waitFor();
    await page.getByText("Content not available").waitFor();
    await page.getByText("The mirror gets events only", { exact: false }).waitFor();

    await page.goto(`/messages/${messageId(2)}`);
    const only = page.getByRole("region", { name: "Recipient", exact: true });
    await only.getByText("Unknown recipient").waitFor();
    await only.getByRole("listitem").filter({ hasText: "Opened" }).waitFor();
    expect(await only.getByRole("button").count()).toBe(0);
    expect(exceptMissing(problems)).toEqual([]);
  });

  it(
    "the pages are without fault",
    async () => {
      const faults = await faultsOfPages(
        browser,
        server.url,
        ["/?range=24h", (page) => total(page, "Sent").waitFor()],
        [`/messages/${messageId(2)}`, (page) => page.getByText("Unknown recipient").waitFor()],
      );
      expect(faults).toEqual([]);
    },
    pageFaultsTimeout,
  );
});
