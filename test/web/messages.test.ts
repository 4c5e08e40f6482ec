/** Mail sent by the SDK, found in the dashboard by whatever one knows of it, and read. */
import { CreateConfigurationSetCommand } from "@aws-sdk/client-sesv2";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPage } from "../support/browser.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { deliveryEvent, insertEvents, sendEvent } from "../support/mail-events.ts";
import {
  field,
  heading,
  openRow,
  patience,
  rowsFillTheView,
  shownRows,
  showsCount,
  showsRecipients,
  unhurried,
} from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { exceptMissing, faultsOfPages } from "../support/page-faults.ts";
import { send, simple } from "../support/sent-mail.ts";
import { connectBrowser } from "../support/shared-browser.ts";
import { untilTrue } from "../support/until-true.ts";

const oddSubject = `50% off * <b>"now"</b> & it's \\ Grüße 😀 =1+1`;
const simulated = (name: string) => `${name}@simulator.amazonses.com`;
/** Newest last. */
const simulatorAddresses = ["success", "bounce", "complaint", "ooto"].map(simulated);
const bulkMessages = 330;
const day = 24 * 3600 * 1000;

describe.skipIf(browserMissing())("the messages in the dashboard", unhurried, () => {
  let browser: Browser;
  let server: InProcessServer;
  /** Of the mail with the odd subject. */
  let messageId: string;
  beforeAll(async () => {
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
    await server.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: "news" }));
    const old = sendEvent({ sentAt: new Date(Date.now() - 40 * day), recipient: "old@shop.example" });
    await insertEvents(server.events, [old, deliveryEvent(old)]);
    // Each to 30 readers: the pages of a search end between recipients, too.
    const readers = Array.from({ length: bulkMessages }, (_, number) => `reader${number}@bulk.example`);
    for (let first = 0; first < bulkMessages; first += 30) {
      await send(server, simple({ Destination: { BccAddresses: readers.slice(first, first + 30) } }));
    }
    for (const to of simulatorAddresses) await send(server, simple({ Destination: { ToAddresses: [to] } }));
    messageId = await send(server, {
      FromEmailAddress: "Shop <news@shop.example>",
      Destination: { ToAddresses: ["Ada.Lovelace@shop.example", "bob@shop.example"] },
      ConfigurationSetName: "news",
      EmailTags: [
        { Name: "campaign", Value: "spring" },
        { Name: "kind", Value: "offer" },
      ],
      Content: {
        Simple: {
          Subject: { Data: oddSubject },
          Body: { Text: { Data: "Dear <reader>,\nGrüße" }, Html: { Data: "<p>Dear <b>reader</b></p>" } },
          Headers: [{ Name: "X-Colour", Value: "green & <blue>" }],
        },
      },
    });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const offers = ["bob@shop.example", "Ada.Lovelace@shop.example"];
  const search = (page: Page, label: string, text: string) => field(page, label).fill(text);

  it("are found by all that one may know of them, and the URL holds the search", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/messages");
    await showsCount(page, bulkMessages + simulatorAddresses.length + 3);
    // By a recipient with wildcards, whatever the case.
    await search(page, "Recipient", "*@SIMULATOR.amazonses.com");
    await showsRecipients(page, [...simulatorAddresses].reverse());
    await search(page, "Recipient", "ada.*");
    await showsRecipients(page, ["Ada.Lovelace@shop.example"]);
    await search(page, "Recipient", "a*a@shop.example");
    await page.getByRole("alert").getByText("*").first().waitFor();
    problems.length = 0;
    await search(page, "Recipient", "ada");
    await page.getByText("No message is like this").waitFor();
    await page.getByRole("button", { name: "Clear all" }).click();

    // By a part of the subject.
    for (const part of ["GRÜßE 😀", "<b>", '"now"', "it's \\", "=1+1", "50% off"]) {
      await search(page, "Subject", part);
      await showsRecipients(page, offers);
    }
    await search(page, "Subject", "");

    await page.getByRole("combobox", { name: "Last delivery event" }).click();
    await page.getByRole("option", { name: "Bounced for good" }).click();
    await showsRecipients(page, [simulated("bounce")]);
    await page.getByRole("option", { name: "Complaint" }).click();
    await showsRecipients(page, [simulated("complaint"), simulated("bounce")]);
    expect(new URL(page.url()).searchParams.getAll("lastDelivery")).toEqual(["PERMANENT_BOUNCE", "COMPLAINT"]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Clear all" }).click();

    await page.getByRole("button", { name: /^More filters/ }).click();
    await search(page, "Tags", "campaign");
    await page.keyboard.press("Enter");
    await page.getByText("“campaign” has no value").waitFor();
    await search(page, "Tags", "campaign:spring");
    await page.keyboard.press("Enter");
    await showsRecipients(page, offers);
    await search(page, "Sender", "*@shop.example");
    await search(page, "Configuration set", "news");
    await search(page, "Recipient", "bob@*");
    await showsRecipients(page, ["bob@shop.example"]);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      tag: "campaign:spring",
      sender: "*@shop.example",
      configurationSet: "news",
      recipient: "bob@*",
    });
    await page.getByRole("button", { name: "Clear all" }).click();

    await search(page, "Message ID", messageId);
    await showsRecipients(page, offers);
    await search(page, "Message ID", "");
    const lastMonth = new Date(Date.now() - 30 * day).toISOString().slice(0, 16);
    await search(page, "Sent before", lastMonth);
    await showsRecipients(page, ["old@shop.example"]);
    await search(page, "Sent from", lastMonth);
    await page.getByText("Nothing was sent both after the one and before the other.").waitFor();
    await search(page, "Sent before", "");
    await showsCount(page, bulkMessages + simulatorAddresses.length + 2);
    await search(page, "Subject", oddSubject.replace("* ", ""));
    await page.getByText("No message is like this").waitFor();
    await search(page, "Subject", oddSubject.split("* ")[1] ?? "");
    await showsRecipients(page, offers);

    await using other = await openPage(browser, server.url);
    await other.page.goto(page.url());
    await showsRecipients(other.page, offers);
    await expect(other.page.getByLabel("Subject").inputValue()).resolves.toBe(oddSubject.split("* ")[1]);
    await expect(other.page.getByLabel("Sent from").inputValue()).resolves.toBe(lastMonth);
    expect([...problems, ...other.problems]).toEqual([]);
  });

  it("are read on as one scrolls, none twice and none missing", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/messages?recipient=*%40bulk.example");
    await showsCount(page, bulkMessages);
    const seen = new Map<number, string>();
    const end = page.getByText("These are all.");
    for (;;) {
      const ended = await end.isVisible();
      await rowsFillTheView(page);
      for (const { index, href } of await shownRows(page)) {
        expect(seen.get(index) ?? href).toBe(href);
        seen.set(index, href);
      }
      const reach = await page.evaluate<number>("scrollY + innerHeight");
      const height = await page.evaluate<number>("document.documentElement.scrollHeight");
      if (reach < height - 1) await page.evaluate("scrollBy(0, innerHeight / 2)");
      else if (ended) break;
      else if (!(await end.isVisible())) {
        await untilTrue(page, `document.documentElement.scrollHeight > ${height}`);
      }
    }
    expect(seen.size).toBe(bulkMessages);
    expect(new Set(seen.values()).size).toBe(bulkMessages);
    // The page holds what is seen, not all that was read.
    expect((await shownRows(page)).length).toBeLessThan(100);
    expect(problems).toEqual([]);
  });

  it("are announced when they are new, and shown when one asks for them", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/messages?subject=Announced");
    await page.getByText("No message is like this").waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.evaluate("globalThis.notReloaded = true");
    const announced = async (to: string) =>
      send(server, {
        FromEmailAddress: "news@shop.example",
        Destination: { ToAddresses: [to] },
        Content: { Simple: { Subject: { Data: "Announced" }, Body: { Text: { Data: "x" } } } },
      });
    // Who sees nothing is shown the first at once.
    await announced("first@shop.example");
    await showsRecipients(page, ["first@shop.example"]);
    await announced("second@shop.example");
    await announced("third@shop.example");
    await page.getByRole("button", { name: "2 new" }).waitFor();
    expect((await shownRows(page)).map(({ recipient }) => recipient)).toEqual(["first@shop.example"]);
    await page.getByRole("button", { name: "2 new" }).click();
    await showsRecipients(page, ["third@shop.example", "second@shop.example", "first@shop.example"]);
    await expect.poll(() => page.getByRole("button", { name: / new$/ }).count(), patience).toBe(0);
    expect([await page.evaluate("globalThis.notReloaded"), problems]).toEqual([true, []]);
  });

  it("tell what happened, why in plain words, and what the mail says; back is the search as it was", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/messages?recipient=*%40simulator.amazonses.com&lastDelivery=PERMANENT_BOUNCE");
    await showsRecipients(page, [simulated("bounce")]);
    const found = page.url();
    const rows = await shownRows(page);
    await openRow(page, simulated("bounce"));
    await heading(page, "Grüße").waitFor();
    const timeline = page.getByRole("list", { name: "What happened" }).getByRole("listitem");
    await expect.poll(() => timeline.first().textContent()).toContain("The server took the mail.");
    const bounced = timeline.filter({ hasText: "Bounced for good" });
    await expect.poll(() => bounced.textContent()).toContain("There is no such mailbox.");
    expect(await bounced.getByText("smtp; 550 5.1.1 As requested: user unknown").textContent()).toContain(
      simulated("bounce"),
    );
    await page.getByRole("link", { name: "Back", exact: true }).click();
    await expect.poll(() => page.url(), patience).toBe(found);
    await expect.poll(() => shownRows(page), patience).toEqual(rows);

    await page.getByRole("button", { name: "Clear all" }).click();
    await search(page, "Subject", "50% off");
    await openRow(page, "Ada.Lovelace@shop.example");
    await heading(page, oddSubject).waitFor();
    const delivered = timeline.filter({ hasText: "Delivered" });
    await delivered.getByText("250 2.0.0 Captured by Mailglass").waitFor();
    const facts = page.getByRole("region", { name: "Facts" });
    for (const fact of ["campaign: spring", "kind: offer", "news", messageId]) {
      await facts.getByText(fact, { exact: true }).waitFor();
    }
    const html = page.frameLocator('iframe[title="The mail\'s HTML"]');
    await html.getByText("Dear reader").waitFor();
    await page.getByRole("tab", { name: "Text" }).click();
    await expect
      .poll(() => page.getByRole("region", { name: "Text of the mail" }).textContent())
      .toMatch(/^Dear <reader>,\r?\nGrüße/);
    await page.getByRole("tab", { name: "Headers" }).click();
    const header = (name: string) => page.getByRole("row").filter({ hasText: name });
    await expect.poll(() => header("Subject").textContent()).toContain(oddSubject);
    await expect.poll(() => header("X-Colour").textContent()).toContain("green & <blue>");
    await page.getByRole("tab", { name: "Source" }).click();
    const source = page.getByRole("region", { name: "Source of the mail" });
    await source.getByText("Content-Type: multipart/alternative").waitFor();
    await expect.poll(() => source.textContent()).toContain(`From: Shop <news@shop.example>`);
    expect(new URL(page.url()).searchParams.get("view")).toBe("source");
    const downloading = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download" }).click();
    expect((await downloading).suggestedFilename()).toBe(`${messageId}.eml`);

    // What a message shares with others leads to them.
    await facts.getByRole("link", { name: "campaign: spring" }).click();
    await showsRecipients(page, offers);
    await page.goto("/messages/none-such");
    await page.getByText("There is no such message").waitFor();
    expect(exceptMissing(problems)).toEqual([]);
  });

  it("can be searched, opened and left with the keyboard alone", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/messages");
    await page.getByRole("row").nth(5).waitFor();
    const focused = (expression: string) => page.evaluate<string | null>(`document.activeElement.${expression}`);
    const tabTo = async (reached: () => Promise<boolean>) => {
      for (let stops = 0; !(await reached()); stops++) {
        expect(stops).toBeLessThan(60);
        await page.keyboard.press("Tab");
      }
    };
    await tabTo(async () => (await focused("labels?.[0]?.textContent ?? null")) === "Recipient");
    await page.keyboard.type("*@simulator.amazonses.com");
    await page.keyboard.press("Enter");
    await expect
      .poll(async () => new URL(page.url()).searchParams.get("recipient"), patience)
      .toBe("*@simulator.amazonses.com");
    await expect.poll(async () => (await shownRows(page)).length, patience).toBeLessThan(10);
    await tabTo(async () => (await focused("closest('tr[data-index]')?.dataset.index ?? null")) === "0");
    const [, second] = await shownRows(page);
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => focused("getAttribute('href')"), patience).toBe(second?.href);
    const found = page.url();
    await page.keyboard.press("Enter");
    await page.getByRole("list", { name: "What happened" }).waitFor();
    expect(page.url()).toContain(second?.href);
    await tabTo(async () => (await focused("textContent.trim()")) === "Back");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.url(), patience).toBe(found);
    expect(exceptMissing(problems)).toEqual([]);
  });

  it("have pages without fault", async () => {
    const told = async (page: Page) => {
      await page.getByRole("list", { name: "What happened" }).first().waitFor();
      await page.getByRole("tabpanel").waitFor();
    };
    const faults = await faultsOfPages(
      browser,
      server.url,
      ["/messages?sender=*example.com", (page) => page.getByRole("row").nth(5).waitFor()],
      [`/messages/${messageId}?view=html`, told],
      [`/messages/${messageId}?view=headers`, told],
    );
    expect(faults).toEqual([]);
  });
});
