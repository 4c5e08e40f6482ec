/** Imports in the dashboard: a file is dropped, one sees what will happen, follows it, and finds the addresses on the list. */
import { CreateContactListCommand } from "@aws-sdk/client-sesv2";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPage } from "../support/browser.ts";
import { csvRows } from "../support/csv-rows.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import { downloaded } from "../support/downloaded.ts";
import { dropFile } from "../support/dropped-file.ts";
import { contactsOf, createImport, endOfImport, uploadFile } from "../support/import-jobs.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { field, heading, unhurried } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { faultsOfPages } from "../support/page-faults.ts";
import { connectBrowser } from "../support/shared-browser.ts";

describe.skipIf(browserMissing())("imports in the dashboard", unhurried, () => {
  let browser: Browser;
  let server: InProcessServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
    const topic = (name: string, byDefault: "OPT_IN" | "OPT_OUT") => ({
      TopicName: name,
      DisplayName: name,
      DefaultSubscriptionStatus: byDefault,
    });
    await server.client.send(
      new CreateContactListCommand({
        ContactListName: "readers",
        Topics: [topic("News", "OPT_OUT"), topic("Offers", "OPT_IN")],
      }),
    );
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const zone = (page: Page) => page.getByText("Drop a file here");
  const previewed = (page: Page, text: string) =>
    page.getByRole("table", { name: "The first records of the file" }).getByRole("row").filter({ hasText: text });
  const newest = (page: Page) => page.getByRole("table", { name: "Import jobs" }).getByRole("row").nth(1);
  const onList = (page: Page, table: string, address: string) =>
    page.getByRole("table", { name: table }).getByRole("row").filter({ hasText: address });

  /** What the preview says of a record. */
  async function says(page: Page, record: string, outcome: string): Promise<void> {
    await previewed(page, record).getByText(outcome).waitFor();
  }

  async function runImport(page: Page, button: string, what: string, records: string): Promise<void> {
    await page.getByRole("button", { name: button, exact: true }).click();
    await heading(page, "Imports").waitFor();
    await newest(page).getByText(what).waitFor();
    await newest(page).getByText("Completed").waitFor();
    await newest(page).getByText(records, { exact: true }).waitFor();
  }

  it("take a CSV file into the suppression list, say which rows are bad, and give these back", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/suppression");
    await page.getByText("Nobody is on the list").waitFor();
    await page.getByRole("link", { name: "Import", exact: true }).click();
    await zone(page).waitFor();
    const lines = [
      "bounced@example.com,BOUNCE",
      "=no address,BOUNCE",
      "angry@example.com,COMPLAINT",
      "c@d.example,WHY",
    ];
    await dropFile(zone(page), `../<b id="hostile">path\\.csv`, lines.join("\n"));
    await page.getByText(`<b id="hostile">path`).waitFor();
    expect(await page.locator("#hostile").count()).toBe(0);
    await page.getByRole("status").filter({ hasText: "2 can be taken, 2 can’t." }).waitFor();
    await says(page, "bounced@example.com", "Gets no mail: bounced");
    await says(page, "angry@example.com", "Gets no mail: complained");
    await says(page, "=no address", "Not taken:");
    await says(page, "c@d.example,WHY", "Not taken:");
    await runImport(page, "Import", "Put onto the suppression list", "4 records, 2 of them failed");
    const failed = await downloaded(page, () => newest(page).getByRole("button", { name: "Failed records" }).click());
    expect(failed.name).toBe("failed-records.csv");
    const [names, ...rows] = csvRows(failed.text);
    expect(names).toEqual(["line", "reason", "record"]);
    expect(rows.map(([line, , record]) => [line, record])).toEqual([
      ["2", "'=no address,BOUNCE"],
      ["4", "c@d.example,WHY"],
    ]);

    await page.goto("/suppression");
    await onList(page, "Suppressed addresses", "bounced@example.com").getByText("Bounce", { exact: true }).waitFor();
    await onList(page, "Suppressed addresses", "angry@example.com").getByText("Complaint", { exact: true }).waitFor();
    await expect.poll(() => onList(page, "Suppressed addresses", "example").count()).toBe(2);
    expect(problems).toEqual([]);
  });

  it("take NDJSON, know it under another name, and remove addresses", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/imports/new");
    const lines = ["one@json.example", "two@json.example"].map((emailAddress) =>
      JSON.stringify({ emailAddress, reason: "BOUNCE" }),
    );
    await dropFile(zone(page), "addresses.csv", lines.join("\n"));
    await page.getByText("This looks like JSON, not CSV").waitFor();
    await page.getByRole("button", { name: "Read it as JSON" }).click();
    await page.getByRole("status").filter({ hasText: "2 can be taken, 0 can’t." }).waitFor();
    await says(page, "two@json.example", "Gets no mail: bounced");
    await runImport(page, "Import", "Put onto the suppression list", "2 records");

    await page.getByRole("link", { name: "New import" }).click();
    await page.getByLabel("Remove it from the list").check();
    await dropFile(zone(page), "gone.ndjson", '{"emailAddress":"one@json.example"}\n');
    await says(page, "one@json.example", "Removed from the list");
    await runImport(page, "Remove the addresses in the file", "Remove from the suppression list", "1 record");
    await page.goto("/suppression?address=two@json.example");
    await onList(page, "Suppressed addresses", "two@json.example").getByText("By hand or an import").waitFor();
    await page.goto("/suppression?address=one@json.example");
    await page.getByText("is not on the list: it gets mail.").waitFor();
    expect(problems.filter((problem) => !problem.includes("one%40json.example"))).toEqual([]);
  });

  it.each([
    [
      "CSV",
      "people.csv",
      'emailAddress,unsubscribeAll,attributesData,topicPreferences.News\nada@csv.example,false,"{""name"":""Ada""}",OPT_IN\nnobody,false,,\nbob@csv.example,true,,\n',
      "csv.example",
    ],
    [
      "NDJSON",
      "people.ndjson",
      '{"emailAddress":"ada@json.example","attributesData":"{\\"name\\":\\"Ada\\"}","topicPreferences":[{"topicName":"News","subscriptionStatus":"OPT_IN"}]}\n{"emailAddress":"nobody"}\n{"emailAddress":"bob@json.example","unsubscribeAll":true}\n',
      "json.example",
    ],
  ])("take contacts from %s with what they want", async (_format, name, content, domain) => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/contacts/readers");
    await heading(page, "readers").waitFor();
    await page.getByRole("link", { name: "Import", exact: true }).click();
    await dropFile(zone(page), name, content);
    await page.getByRole("status").filter({ hasText: "2 can be taken, 1 can’t." }).waitFor();
    await says(page, `ada@${domain}`, "On the list: gets News; with attributes");
    await says(page, `bob@${domain}`, "On the list: unsubscribed from all");
    await says(page, "nobody", "Not taken:");
    await runImport(page, "Import", "Put into contact list readers", "3 records, 1 of them failed");
    await page.goto("/contacts/readers");
    const ada = onList(page, "Contacts", `ada@${domain}`);
    for (const topic of ["News", "Offers"]) await ada.getByText(topic, { exact: true }).waitFor();
    await onList(page, "Contacts", `bob@${domain}`).getByText("Unsubscribed from all").waitFor();
    await ada.getByRole("button", { name: `Change ada@${domain}` }).click();
    await page.getByRole("dialog", { name: `ada@${domain}` }).waitFor();
    await expect.poll(() => field(page, "Attributes").inputValue()).toMatch(/"name":\s*"Ada"/);
    expect(problems).toEqual([]);
  });

  it("have pages without fault", async () => {
    const file = await uploadFile(server.url, "people.csv", "emailAddress\nada@pages.example\nnobody\n");
    await endOfImport(server.client, await createImport(server.client, file, contactsOf("readers", "PUT")));
    const faults = await faultsOfPages(
      browser,
      server.url,
      ["/imports", (page) => newest(page).getByText("Completed").waitFor()],
      [
        "/imports/new?list=readers",
        async (page) => {
          await dropFile(zone(page), "people.csv", `emailAddress\n${"long".repeat(15)}@example.com\nnobody\n`);
          await previewed(page, "nobody").waitFor();
        },
      ],
    );
    expect(faults).toEqual([]);
  });
});
