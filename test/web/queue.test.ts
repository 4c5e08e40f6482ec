/** The queue in the dashboard: what waits for a server that takes no mail for now, and why. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPage } from "../support/browser.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { unhurried } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { exceptMissing, faultsOfPages } from "../support/page-faults.ts";
import { type ReceivingServer, startReceivingServer } from "../support/receiving-server.ts";
import { send, simple } from "../support/sent-mail.ts";
import { connectBrowser } from "../support/shared-browser.ts";

describe.skipIf(browserMissing())("the queue in the dashboard", unhurried, () => {
  let browser: Browser;
  let server: InProcessServer;
  let relay: ReceivingServer;
  let greylisted: string;
  const mailTo = (address: string) => simple({ Destination: { ToAddresses: [address] } });
  beforeAll(async () => {
    [browser, relay] = await Promise.all([connectBrowser(), startReceivingServer()]);
    relay.rcpt = (recipient) =>
      recipient.endsWith("@slow.example") ? "451 4.7.1 Greylisted <b>you</b>, come back later" : undefined;
    server = await startDashboardServer({
      environment: {
        MAILGLASS_DELIVERY: "relay",
        MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
        MAILGLASS_IDENTITY_VERIFICATION: "off",
      },
    });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await relay[Symbol.asyncDispose]();
  });

  const domain = (page: Page, name: string) =>
    page.getByRole("table", { name: "Domains that mail waits for" }).getByRole("row").filter({ hasText: name });

  it("is empty, and then tells what waits and what the server said, without reloading", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/queue");
    await page.getByText("Nothing waits").waitFor();
    greylisted = await send(server, mailTo("ada@slow.example"));
    await send(server, mailTo("bob@slow.example"));
    await send(server, mailTo("carl@quick.example"));
    await domain(page, "slow.example").getByText("451 4.7.1 Greylisted <b>you</b>, come back later").waitFor();
    await domain(page, "slow.example").getByRole("cell", { name: "2", exact: true }).waitFor();
    // When it came, and when it is tried again.
    await domain(page, "slow.example").getByRole("time").nth(1).waitFor();
    await domain(page, "quick.example").waitFor({ state: "detached" });

    await page.goto(`/messages/${greylisted}`);
    const delayed = page
      .getByRole("list", { name: "What happened" })
      .getByRole("listitem")
      .filter({ hasText: "Delayed" });
    await delayed.getByText("It will be tried again.").waitFor();
    await delayed.getByText("451 4.7.1 Greylisted <b>you</b>, come back later").waitFor();
    await page.goto("/messages?recipient=*%40quick.example");
    await page.getByRole("row").filter({ hasText: "carl@quick.example" }).getByText("Delivered").waitFor();
    expect(exceptMissing(problems)).toEqual([]);
  });

  it("has a page without fault", async () => {
    const waits = (page: Page) => domain(page, "slow.example").getByText("Greylisted").waitFor();
    expect(await faultsOfPages(browser, server.url, ["/queue", waits])).toEqual([]);
  });
});
