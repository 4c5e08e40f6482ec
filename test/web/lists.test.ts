/** Who gets no mail and who gets which, in the dashboard: the suppression list and contact lists. */
import { CreateContactCommand, CreateContactListCommand } from "@aws-sdk/client-sesv2";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPage } from "../support/browser.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import { downloaded } from "../support/downloaded.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { field, heading, patience, unhurried } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { exceptMissing, faultsOfPages } from "../support/page-faults.ts";
import { type ReceivingServer, startReceivingServer } from "../support/receiving-server.ts";
import { insightsOf, send, simple, told } from "../support/sent-mail.ts";
import { connectBrowser } from "../support/shared-browser.ts";

/** Where there is nobody. */
const bouncing = "gone@shop.example";

describe.skipIf(browserMissing())("lists in the dashboard", unhurried, () => {
  let browser: Browser;
  let server: InProcessServer;
  let relay: ReceivingServer;
  let bouncedId: string;
  beforeAll(async () => {
    [browser, relay] = await Promise.all([connectBrowser(), startReceivingServer()]);
    relay.rcpt = (recipient) => (recipient.startsWith("gone") ? "550 5.1.1 There is no such user" : undefined);
    server = await startDashboardServer({
      environment: {
        MAILGLASS_DELIVERY: "relay",
        MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
        MAILGLASS_IDENTITY_VERIFICATION: "off",
      },
    });
    bouncedId = await send(server, mailTo(bouncing));
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await relay[Symbol.asyncDispose]();
  });

  const mailTo = (address: string) => simple({ Destination: { ToAddresses: [address] } });
  const row = (page: Page, table: string, text: string) =>
    page.getByRole("table", { name: table, exact: true }).getByRole("row").filter({ hasText: text });
  const suppressed = (page: Page, address: string) => row(page, "Suppressed addresses", address);
  const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
  const confirm = (page: Page, name: string) =>
    page.getByRole("dialog").getByRole("button", { name, exact: true }).click();

  /** Searches the list on the page for one address. */
  async function find(page: Page, address: string): Promise<void> {
    await field(page, "Address").fill(address);
    await press(page, "Find the address");
  }

  it("say why an address is suppressed and by which message, until it is taken off and gets mail again", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/suppression");
    await suppressed(page, bouncing).getByText("Bounce", { exact: true }).waitFor();
    await press(page, `Why ${bouncing} is here`);
    await suppressed(page, bouncing).getByRole("link", { name: "A message to it" }).click();
    await page.getByRole("list", { name: "What happened" }).getByText("550 5.1.1 There is no such user").waitFor();
    await page.getByText("There is no such mailbox.").waitFor();
    expect(new URL(page.url()).pathname).toBe(`/messages/${bouncedId}`);
    await page.getByText("Suppressed since").getByRole("link", { name: "this message" }).waitFor();
    await page.getByRole("link", { name: "Look at the list" }).click();
    await heading(page, "Suppression list").waitFor();
    await suppressed(page, bouncing).getByRole("link", { name: "A message to it" }).waitFor();
    await press(page, "Show all");

    // By hand, with its reason.
    await press(page, "Suppress an address");
    await page.getByRole("dialog").getByLabel("Address").fill("ada@shop.example");
    await page.getByLabel("Complaint: somebody there does not want it").check();
    await confirm(page, "Suppress");
    await suppressed(page, "ada@shop.example").getByText("Complaint", { exact: true }).waitFor();
    const heldBack = await send(server, mailTo("ada@shop.example"));
    // As in SES, who complained before has complained again.
    await expect
      .poll(async () => told(await insightsOf(server, heldBack)), patience)
      .toEqual([["ada@shop.example", [["SEND"], ["COMPLAINT", undefined]]]]);
    expect(relay.taken).toEqual([]);
    await page.getByRole("combobox", { name: "Reason" }).click();
    await page.getByRole("option", { name: "Bounce" }).click();
    await suppressed(page, "ada@shop.example").waitFor({ state: "hidden" });
    await suppressed(page, bouncing).waitFor();
    await press(page, "Show all");
    await find(page, "ada@shop.example");
    await suppressed(page, "ada@shop.example").getByText("By hand or an import").waitFor();
    await expect.poll(() => page.getByRole("row").count(), patience).toBe(2);
    expect(new URL(page.url()).search).toBe("?address=ada%40shop.example");
    const csv = await downloaded(page, async () => {
      await press(page, "Download");
      await page.getByRole("menuitem", { name: /CSV/ }).click();
    });
    expect(csv.name).toBe("suppression.csv");
    expect(csv.text.trim().split(/\r?\n/).sort()).toEqual([
      expect.stringMatching(/^"?ada@shop\.example"?,"?COMPLAINT"?/),
      expect.stringMatching(/^"?gone@shop\.example"?,"?BOUNCE"?/),
    ]);

    await press(page, "Remove ada@shop.example");
    await page.getByText("It gets mail again at once.").waitFor();
    await confirm(page, "Remove");
    await page.getByText("is not on the list: it gets mail.").waitFor();
    const again = await send(server, mailTo("ada@shop.example"));
    const events = async () => told(await insightsOf(server, again));
    await expect.poll(events, patience).toEqual([["ada@shop.example", [["SEND"], ["DELIVERY"]]]]);
    await find(page, "nobody@shop.example");
    await page.getByText("nobody@shop.example").and(page.locator("b")).waitFor();
    await page.getByText("is not on the list: it gets mail.").waitFor();
    expect(exceptMissing(problems)).toEqual([]);
  });

  it("show an address as soon as its mail bounces", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/suppression");
    await suppressed(page, bouncing).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await send(server, mailTo("gone-too@shop.example"));
    await suppressed(page, "gone-too@shop.example").getByText("Bounce", { exact: true }).waitFor();
    expect(problems).toEqual([]);
  });

  it("have topics and contacts, who are found by what they chose, and go with their list", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/contacts");
    await page.getByText("There is no contact list yet").waitFor();
    await press(page, "New list");
    await field(page, "Name").fill("bad name!");
    await confirm(page, "Create");
    await page.getByRole("dialog").getByRole("alert").getByText("The list was not created").waitFor();
    problems.length = 0;
    await field(page, "Name").fill("readers");
    for (const [number, name] of ["News", "Offers"].entries()) {
      await press(page, "Add a topic");
      const topic = page.getByRole("group", { name: `Topic ${number + 1}` });
      await topic.getByLabel("Topic name").fill(name.toLowerCase());
      await topic.getByLabel("Shown as").fill(name);
    }
    await page.getByRole("group", { name: "Topic 2" }).getByRole("combobox", { name: "Who has not chosen" }).click();
    await page.getByRole("option", { name: "gets it", exact: true }).click();
    await confirm(page, "Create");
    await heading(page, "readers").waitFor();
    await page.getByText("News: only who opts in").waitFor();
    await page.getByText("Offers: gets it unless they opt out").waitFor();
    await page.getByText("Nobody is on this list yet").waitFor();

    const contact = (address: string) => row(page, "Contacts", address);
    const choose = async (topic: string, choice: string) => {
      await page.getByRole("dialog").getByRole("combobox", { name: topic }).click();
      await page.getByRole("option", { name: choice, exact: true }).click();
    };
    for (const address of ["ada@shop.example", "bob@shop.example"]) {
      await press(page, "Add a contact");
      await page.getByRole("dialog").getByLabel("Address").fill(address);
      if (address.startsWith("bob")) await choose("News", "Gets it");
      await confirm(page, "Add");
      await contact(address).getByText("Offers", { exact: true }).waitFor();
    }
    await expect.poll(() => contact("ada@shop.example").getByText("News", { exact: true }).count()).toBe(0);
    await contact("bob@shop.example").getByText("News", { exact: true }).waitFor();

    await press(page, "Change ada@shop.example");
    await choose("News", "Gets it");
    await choose("Offers", "Does not get it");
    await page.getByLabel("Attributes").fill('{"name":"Ada"}');
    await confirm(page, "Save");
    await contact("ada@shop.example").getByText("News", { exact: true }).waitFor();
    await contact("ada@shop.example").getByText("Offers", { exact: true }).waitFor({ state: "hidden" });

    await page.getByRole("combobox", { name: "Status" }).click();
    await page.getByRole("option", { name: "Gets mail" }).click();
    await page.getByRole("combobox", { name: "Topic" }).click();
    await page.getByRole("option", { name: "Offers" }).click();
    await contact("ada@shop.example").waitFor({ state: "hidden" });
    await contact("bob@shop.example").waitFor();
    await press(page, "Show all");
    await find(page, "ada@shop.example");
    await contact("bob@shop.example").waitFor({ state: "hidden" });
    await contact("ada@shop.example").waitFor();
    await press(page, "Remove ada@shop.example");
    await confirm(page, "Remove");
    await page.getByText("is not on this list").waitFor();
    await press(page, "Show all");

    await press(page, "Delete the list");
    await confirm(page, "Keep");
    await contact("bob@shop.example").waitFor();
    await press(page, "Delete the list");
    await confirm(page, "Delete the list");
    await page.getByText("There is no contact list yet").waitFor();
    expect(new URL(page.url()).pathname).toBe("/contacts");
    expect(exceptMissing(problems)).toEqual([]);
  });

  it("have pages without fault", async () => {
    const topic = { TopicName: "news", DisplayName: "News", DefaultSubscriptionStatus: "OPT_IN" as const };
    await server.client.send(new CreateContactListCommand({ ContactListName: "readers", Topics: [topic] }));
    await server.client.send(
      new CreateContactCommand({ ContactListName: "readers", EmailAddress: "bob@shop.example" }),
    );
    const faults = await faultsOfPages(
      browser,
      server.url,
      ["/suppression", (page) => suppressed(page, bouncing).waitFor()],
      [
        "/suppression",
        async (page) => {
          await press(page, "Suppress an address");
          await page.getByRole("dialog").getByLabel("Address").waitFor();
        },
      ],
      ["/contacts", (page) => row(page, "Contact lists", "readers").waitFor()],
      ["/contacts/readers", (page) => row(page, "Contacts", "bob@shop.example").waitFor()],
      [
        "/contacts/readers",
        async (page) => {
          await press(page, "Change bob@shop.example");
          await page.getByRole("dialog").getByLabel("Attributes").waitFor();
        },
      ],
    );
    expect(faults).toEqual([]);
  });
});
