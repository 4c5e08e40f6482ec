/** The overview in the dashboard: how much, how that compares, what stands out, and which messages it is made of. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPage } from "../support/browser.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { bounceEvent, deliveryEvent, insertEvents, sendEvent } from "../support/mail-events.ts";
import { field, heading, showsCount, unhurried } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { faultsOfPages } from "../support/page-faults.ts";
import { send, simple } from "../support/sent-mail.ts";
import { connectBrowser } from "../support/shared-browser.ts";

const dayMs = 86_400_000;
const midnight = Math.floor(Date.now() / dayMs) * dayMs;
const noonOf = (daysAgo: number) => new Date(midnight - daysAgo * dayMs + dayMs / 2);
/** Six whole days that end before today. */
const period = { from: new Date(midnight - 6 * dayMs).toISOString(), to: new Date(midnight).toISOString() };
const query = new URLSearchParams(period).toString();
/** On one day half of the mail to Yahoo bounces. */
const badDay = 3;

const daysWithMail = 18;

/** To Gmail and to Yahoo each, twice as much in the period as in the days before it. */
const sentOn = (daysAgo: number) => (daysAgo <= 6 ? 20 : 10);

/** How much was sent on today's date in a zone and on the 13 before it: late in the day, tomorrow has begun in Berlin. */
function sentInFortnight(timeZone: "Europe/Berlin" | "UTC"): number {
  const today = Date.parse(new Intl.DateTimeFormat("sv-SE", { timeZone }).format());
  const days = Array.from({ length: daysWithMail }, (_, index) => index + 1);
  // Noon in UTC is on the same date in both.
  const within = days.filter((daysAgo) => midnight - daysAgo * dayMs >= today - 13 * dayMs);
  return within.reduce((sum, daysAgo) => sum + 2 * sentOn(daysAgo), 1);
}

/** What was sent on a day at noon. */
function mailOf(daysAgo: number) {
  const each = sentOn(daysAgo);
  return ["Gmail", "Yahoo"].flatMap((isp) =>
    Array.from({ length: each }, (_, number) => {
      const sent = sendEvent({
        sentAt: noonOf(daysAgo),
        recipient: `${isp.toLowerCase()}${number}@days.example`,
        message: { isp, identity: "days.example" },
      });
      const bounces = daysAgo === badDay && isp === "Yahoo" ? each / 2 : 0;
      return [sent, number < bounces ? bounceEvent(sent, { bounceSubType: "NoEmail" }) : deliveryEvent(sent)];
    }),
  );
}

describe.skipIf(browserMissing())("the overview in the dashboard", unhurried, () => {
  let browser: Browser;
  let server: InProcessServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
    const days = Array.from({ length: daysWithMail }, (_, index) => mailOf(index + 1));
    await insertEvents(server.events, days.flat(2));
    await send(server, simple());
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  /** The figure of a total, once it is this. */
  const total = (page: Page, label: string, count: string) =>
    page
      .getByRole("region", { name: "Totals" })
      .getByText(label, { exact: true })
      .locator("..")
      .getByText(count, { exact: true })
      .waitFor();
  const breakdown = (page: Page, value: string) =>
    page.getByRole("table", { name: "Breakdown of the period" }).getByRole("row").filter({ hasText: value });
  const totals = (page: Page) => page.getByRole("region", { name: "Totals" });

  it("tells totals beside those before, and leads from each part to its messages", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto(`/?${query}`);
    await total(page, "Sent", "240");
    await total(page, "Delivered", "230");
    await total(page, "Bounced for good", "10");
    await totals(page).getByText("100% more than before").first().waitFor();
    await breakdown(page, "Gmail").getByRole("cell", { name: "120", exact: true }).waitFor();
    await breakdown(page, "Yahoo").getByRole("link").click();
    await heading(page, "Messages").waitFor();
    await showsCount(page, 120);
    await page.goBack();
    await page.getByRole("radiogroup", { name: "Break down by" }).getByText("Identity").click();
    await breakdown(page, "days.example").getByRole("cell", { name: "240", exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get("by")).toBe("identity");
    await breakdown(page, "days.example").getByRole("link").click();
    await showsCount(page, 240);
    expect(problems).toEqual([]);
  });

  it("names days that stand out, and shows their messages", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto(`/?${query}`);
    const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(noonOf(badDay));
    const outstanding = page.getByRole("listitem").filter({ hasText: `On ${date}, ` });
    await outstanding.filter({ hasText: "25% of the mail bounced for good (10 of 40)" }).waitFor();
    const yahoo = outstanding.filter({ hasText: "50% of the mail to Yahoo bounced for good (10 of 20)" });
    await yahoo.getByRole("link", { name: "Show them" }).click();
    await heading(page, "Messages").waitFor();
    await showsCount(page, 10);
    await page.getByRole("row").filter({ hasText: "yahoo0@days.example" }).getByText("Bounced for good").waitFor();
    expect(problems).toEqual([]);
  });

  it("has its period in the URL, and says of which zone its days are", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/");
    await page.getByText(/Days and hours of Europe\/Berlin \(GMT\+[12]\)/).waitFor();
    await page.getByRole("radiogroup", { name: "Period" }).getByText("14 days").click();
    await total(page, "Sent", String(sentInFortnight("Europe/Berlin")));
    expect(new URL(page.url()).search).toBe("?range=14d");
    await page.reload();
    await total(page, "Sent", String(sentInFortnight("Europe/Berlin")));
    await page.getByRole("button", { name: "Show in UTC" }).click();
    await page.getByText("Days and hours of UTC").waitFor();

    await page.getByRole("button", { name: "Own period" }).click();
    const wallTime = (instant: string) => instant.slice(0, 16);
    await field(page, "From").fill(wallTime(period.to));
    await field(page, "To").fill(wallTime(period.from));
    await page.getByText("This must be after the beginning.").waitFor();
    await field(page, "From").fill(wallTime(period.from));
    await field(page, "To").fill(wallTime(period.to));
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await total(page, "Sent", "240");
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual(period);
    await page.goBack();
    await total(page, "Sent", String(sentInFortnight("UTC")));
    await page.goto("/?from=2001-01-01T00:00:00Z&to=2001-02-01T00:00:00Z");
    await page.getByText("No mail in this period").waitFor();
    expect(problems).toEqual([]);
  });

  it("counts on without reloading, and leaves alone what is being typed", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/?range=24h&by=identity");
    await page.getByText("Live", { exact: true }).waitFor();
    const before = await breakdown(page, "example.com").getByRole("cell").first().textContent();
    await page.evaluate("globalThis.notReloaded = true");
    await page.getByRole("button", { name: "Own period" }).click();
    await field(page, "From").fill("2001-02-03T04:05");
    for (const to of ["one@gmail.com", "two@gmail.com"]) {
      await send(server, simple({ Destination: { ToAddresses: [to] } }));
    }
    const after = String(Number(before) + 2);
    await breakdown(page, "example.com").getByRole("cell", { name: after, exact: true }).first().waitFor();
    await expect.poll(() => field(page, "From").inputValue()).toBe("2001-02-03T04:05");
    expect(await page.evaluate("globalThis.notReloaded")).toBe(true);
    expect(problems).toEqual([]);
  });

  it("is a page without fault", async () => {
    const told = (page: Page) => total(page, "Sent", "240");
    expect(await faultsOfPages(browser, server.url, [`/?${query}`, told], [`/?${query}&by=identity`, told])).toEqual(
      [],
    );
  });
});
