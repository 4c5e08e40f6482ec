/** Exports in the dashboard: from a search to the file that is downloaded, with what was sent in it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPage } from "../support/browser.ts";
import { csvRows } from "../support/csv-rows.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import { downloaded } from "../support/downloaded.ts";
import { eventDatabases } from "../support/event-databases.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { field, heading, showsRecipients, unhurried } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { faultsOfPages } from "../support/page-faults.ts";
import { send } from "../support/sent-mail.ts";
import { connectBrowser } from "../support/shared-browser.ts";

/** What was sent: to whom, and what about. */
const sent = [
  ["ada@shop.example", "=1+1"],
  ["bob@shop.example", 'a "quoted", subject'],
  ["carl@shop.example", "Grüße <b>😀</b>"],
  ["dora@other.example", "another"],
] as const;

describe.skipIf(browserMissing())("exports in the dashboard", unhurried, () => {
  let browser: Browser;
  let server: InProcessServer;
  /** Exports read the events once it is resolved. */
  let held: Promise<void> = Promise.resolve();
  beforeAll(async () => {
    const [chdb] = eventDatabases;
    const events = await chdb?.open();
    if (!events) throw new Error("there is no engine");
    const openSession = async () => {
      await held;
      return events.openSession();
    };
    [browser, server] = await Promise.all([
      connectBrowser(),
      startDashboardServer({ events: { ...events, openSession } }),
    ]);
    for (const [to, subject] of sent) {
      await send(server, {
        FromEmailAddress: "news@sender.example",
        Destination: { ToAddresses: [to] },
        Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: "x" } } } },
      });
    }
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  /** Holds exports until it is called. */
  function hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    return resolve;
  }

  const jobs = (page: Page) => page.getByRole("table", { name: "Export jobs" }).getByRole("row");
  const newest = (page: Page) => jobs(page).nth(1);
  const create = (page: Page) => page.getByRole("button", { name: "Create the export" }).click();
  const choose = (page: Page, group: string, name: string) =>
    page.getByRole("radiogroup", { name: group }).getByText(name, { exact: true }).click();

  it("hold what a search found; the page counts before, follows the job and has the file", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/messages?recipient=*%40shop.example");
    await showsRecipients(page, ["carl@shop.example", "bob@shop.example", "ada@shop.example"]);
    await page.getByRole("link", { name: "Export this search" }).click();
    await heading(page, "New export").waitFor();
    await page.getByText("3 messages", { exact: true }).waitFor();
    await page.getByText("All of them will be in the file, each to one recipient.").waitFor();
    const release = hold();
    await create(page);
    await heading(page, "Exports").waitFor();
    await newest(page).getByText("Running").waitFor();
    await newest(page).getByText("Messages as CSV").waitFor();
    release();
    await newest(page).getByText("Completed").waitFor();
    await newest(page).getByText("3 records").waitFor();
    const csv = await downloaded(page, () => newest(page).getByRole("button", { name: "Download" }).click());
    expect(csv.name).toMatch(/^\d{8}_\d{6}_[0-9a-f]{10}\.csv$/);
    const [names = [], ...rows] = csvRows(csv.text);
    const column = (name: string) => rows.map((row) => row[names.indexOf(name)]);
    expect(column("destination").sort()).toEqual(["ada@shop.example", "bob@shop.example", "carl@shop.example"]);
    // A spreadsheet must not take a subject for a formula.
    expect(column("subject").sort()).toEqual(["'=1+1", sent[1][1], sent[2][1]].sort());
    expect(column("last_delivery_event")).toEqual(["DELIVERY", "DELIVERY", "DELIVERY"]);
    expect(new URL(page.url()).pathname).toBe("/exports");

    // The same again, as the other format.
    await newest(page).getByRole("link", { name: "Same again" }).click();
    await page.getByText("*@shop.example", { exact: true }).first().waitFor();
    await page.getByText("3 messages", { exact: true }).waitFor();
    await choose(page, "Format", "JSON");
    await create(page);
    await newest(page).getByText("Messages as JSON").waitFor();
    await newest(page).getByText("Completed").waitFor();
    const json = await downloaded(page, () => newest(page).getByRole("button", { name: "Download" }).click());
    const told: { destination: string; subject: string }[] = JSON.parse(json.text);
    expect(told.map(({ destination, subject }) => [destination, subject]).sort()).toEqual(sent.slice(0, 3));
    expect(problems).toEqual([]);
  });

  it("say what of a search they can't filter by, and in SES's words what is wrong", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/exports/new?tag=campaign:spring&subject=another");
    await page.getByText("SES’s exports can’t be filtered by tags").waitFor();
    await page.getByText("1 message", { exact: true }).waitFor();
    await field(page, "To").fill("2001-01-01T00:00");
    await page.getByText("Invalid date range").waitFor();
    await create(page);
    await page
      .getByRole("alert")
      .filter({ hasText: "The export was not created" })
      .getByText("Invalid date range")
      .waitFor();
    await page.goto("/exports/new?source=metrics");
    await heading(page, "New export").waitFor();
    await field(page, "Mailbox provider").press("Backspace");
    await create(page);
    await page
      .getByRole("alert")
      .getByText(/validation error|imension/)
      .first()
      .waitFor();
    expect(problems.filter((problem) => !problem.includes("status of 400"))).toEqual([]);
  });

  it("hold metrics that the form asks for", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/exports/new");
    await choose(page, "What to export", "Metrics");
    const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    const day = (offset: number) => new Date(midnight + offset * 86_400_000).toISOString().slice(0, 10);
    await field(page, "From").fill(day(-1));
    await field(page, "To").fill(day(2));
    await field(page, "Mailbox provider").press("Backspace");
    await field(page, "Identity").fill("*");
    await page.keyboard.press("Enter");
    for (const off of ["Permanent bounces: rate", "Complaints: rate"]) await page.getByLabel(off).uncheck();
    await page.getByLabel("Delivered: volume").check();
    await create(page);
    await newest(page).getByText("Metrics as CSV").waitFor();
    await newest(page).getByText("Completed").waitFor();
    const { name, text } = await downloaded(page, () => newest(page).getByRole("button", { name: "Download" }).click());
    expect(name).toMatch(/\.csv$/);
    expect(csvRows(text)).toEqual([
      ["EMAIL_IDENTITY", "SEND_VOLUME", "DELIVERY_VOLUME", "DELIVERY_RATE"],
      ["sender.example", "4.0000", "4.0000", "1.0000"],
    ]);
    expect(problems).toEqual([]);
  });

  it("are cancelled while they run, and found by their status", async () => {
    const release = hold();
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/exports/new?recipient=dora@other.example");
    await page.getByText("1 message", { exact: true }).waitFor();
    await create(page);
    await newest(page).getByText("Running").waitFor();
    await newest(page).getByRole("button", { name: "Cancel this export" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel the export" }).click();
    await newest(page).getByText("Cancelled").waitFor();
    await expect.poll(() => newest(page).getByRole("button", { name: "Download" }).count()).toBe(0);
    release();
    await page.getByRole("combobox", { name: "Status" }).click();
    await page.getByRole("option", { name: "Cancelled" }).click();
    await page.getByText("Completed").first().waitFor({ state: "hidden" });
    await expect.poll(() => jobs(page).count()).toBe(2);
    await newest(page).getByText("Cancelled").waitFor();
    expect(problems).toEqual([]);
  });

  it("have pages without fault", async () => {
    const form = (page: Page) => page.getByText("4 messages", { exact: true }).waitFor();
    const faults = await faultsOfPages(
      browser,
      server.url,
      ["/exports", (page) => newest(page).getByText("Cancelled").waitFor()],
      ["/exports/new?sender=*%40sender.example", form],
      ["/exports/new?source=metrics", (page) => page.getByLabel("Sent: volume").waitFor()],
    );
    expect(faults).toEqual([]);
  });
});
