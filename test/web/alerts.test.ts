/** Alerts in the dashboard: a notice where they matter, the list of open and ended ones, and the ways to what they are about. */
import { randomUUID } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChangedMirrorSource } from "../../src/admin-api/mirror.ts";
import { type AlertFacts, encodeFacts } from "../../src/alerts/alert.ts";
import { insertAlert, type StoredAlert, updateAlert } from "../../src/stores/postgres/alerts.ts";
import { callAdmin } from "../support/admin-call.ts";
import { openPage } from "../support/browser.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { bounceEvent, insertEvents, sendEvent } from "../support/mail-events.ts";
import { heading, showsRecipients, unhurried } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { faultsOfPages, pageFaultsTimeout } from "../support/page-faults.ts";
import { send, simple } from "../support/sent-mail.ts";
import { connectBrowser } from "../support/shared-browser.ts";

const ours = "000000000000";
const theirs = "111122223333";
const now = Date.now();
const hour = 3_600_000;
const ago = (hours: number) => new Date(now - hours * hour);

const rateFacts = (kind: "bounce-rate" | "complaint-rate", rate: number, threshold: number): AlertFacts => ({
  ...{ kind, rate, threshold, volume: 1_200, windowDays: 2 },
  measuredAt: new Date(now).toISOString(),
});

type Given = Pick<StoredAlert, "kind" | "scope" | "source" | "subjectType" | "subject"> & { facts: AlertFacts };

const stored = ({ facts, ...of }: Given): StoredAlert => ({
  ...of,
  id: randomUUID(),
  ...{ since: ago(2), openedAt: ago(1), clearSince: null, closedAt: null },
  ...{ text: "a sentence", details: encodeFacts(facts) },
});

describe.skipIf(browserMissing())("alerts in the dashboard", unhurried, () => {
  let browser: Browser;
  let server: InProcessServer;
  let source = "";

  beforeAll(async () => {
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
    await callAdmin(server.app, "POST", "/admin/accounts", { id: theirs, name: "Web shop" });
    const scopeOf = async (account: string) => {
      // A scope exists from its first use.
      await callAdmin(server.app, "GET", `/admin/messages?account=${account}&region=us-east-1`);
      const [row] = await server.database.query<{ id: number }>(
        "SELECT id FROM scopes WHERE account = $1 AND region = 'us-east-1' AND retired_at IS NULL",
        [account],
      );
      return row?.id ?? 0;
    };
    const scopes = { ours: await scopeOf(ours), theirs: await scopeOf(theirs) };
    const created = await callAdmin<ChangedMirrorSource>(server.app, "POST", "/admin/mirror", {
      name: "production",
      kind: "sns",
      settings: { topicArns: [`arn:aws:sns:us-east-1:${theirs}:ses-events`] },
    });
    source = created.id;
    // So that it is silent, and the server does not close the alert.
    await server.database.query(
      "UPDATE mirror_sources SET created_at = now() - interval '1 day', silence_seconds = 5400",
    );
    const rate = { source: null, kind: "bounce-rate", facts: rateFacts("bounce-rate", 0.125, 0.05) } as const;
    const about = (subjectType: StoredAlert["subjectType"], subject: string) => ({ subjectType, subject });
    const ofSource = { scope: null, source, ...about("source", "production") };
    const silent: AlertFacts = { kind: "source-silent", eventAt: null, silenceSeconds: 5_400 };
    for (const alert of [
      { ...rate, scope: scopes.ours, ...about("identity", "example.com") },
      { ...rate, scope: scopes.theirs, ...about("configuration-set", "orders") },
      { ...ofSource, kind: "source-silent", facts: silent } as const,
    ]) {
      await insertAlert(server.database, stored(alert));
    }
    const complaints = { kind: "complaint-rate", facts: rateFacts("complaint-rate", 0.004, 0.001) } as const;
    const over = stored({ ...rate, ...complaints, scope: scopes.ours, ...about("tenant", "Acme") });
    await insertAlert(server.database, over);
    await updateAlert(server.database, over, { ...over, closedAt: ago(0.1) });

    const bounced = sendEvent({ sentAt: ago(1), recipient: "bounced@days.example" });
    const ofOthers = sendEvent({
      sentAt: ago(1),
      recipient: "other@days.example",
      message: { identity: "o.example", source: "news@o.example" },
    });
    await insertEvents(server.events, [...[bounced, bounceEvent(bounced)], ...[ofOthers, bounceEvent(ofOthers)]]);
    await send(server, simple());
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const notice = (page: Page) => page.getByRole("alert").filter({ hasText: "open alert" });
  const rows = (page: Page, table: string) => page.getByRole("table", { name: table }).getByRole("row");

  it("the overview has a notice of those that are open, with the figures", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/?range=24h");
    await notice(page).getByText("3 open alerts").waitFor();
    const said =
      "High bounce rate: example.com. 12.5% hard bounces in 1,200 messages of 2 days; the threshold is 5.00%.";
    await notice(page).getByRole("listitem").filter({ hasText: said }).waitFor();
    await notice(page)
      .getByRole("listitem")
      .filter({ hasText: "Source silent: production. No event has arrived yet; the limit is 90 minutes." })
      .waitFor();
    await notice(page).getByRole("link", { name: "Show all alerts" }).click();
    await heading(page, "Alerts").waitFor();
    expect(problems).toEqual([]);
  });

  it("the list has open and ended ones of all accounts, and leads to what they are about", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/alerts");
    await expect.poll(() => rows(page, "Open alerts").count()).toBe(4);
    const ended = rows(page, "Ended alerts").filter({ hasText: "Acme" });
    await ended.getByText("0.40% complaints in 1,200 messages of 2 days; the threshold is 0.10%.").waitFor();
    await rows(page, "Open alerts").filter({ hasText: "orders" }).getByText(`Web shop (${theirs})`).waitFor();
    await rows(page, "Open alerts").getByRole("link", { name: "production" }).click();
    await heading(page, "production").waitFor();
    expect(new URL(page.url()).pathname).toBe(`/mirror/${source}`);
    await page.goBack();
    const link = rows(page, "Open alerts").getByRole("link", { name: "orders", exact: true });
    await expect
      .poll(() => link.getAttribute("href"))
      .toBe(`/configuration-sets/orders?account=${theirs}&region=us-east-1`);
    await rows(page, "Open alerts")
      .filter({ hasText: "example.com" })
      .getByRole("link", { name: "Show the messages" })
      .click();
    await showsRecipients(page, ["bounced@days.example"]);
    expect(problems).toEqual([]);
  });

  it("an account that is chosen has its own, without those of sources", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto(`/alerts?account=${theirs}`);
    await rows(page, "Open alerts").filter({ hasText: "orders" }).waitFor();
    expect(await rows(page, "Open alerts").count()).toBe(2);
    await page.getByText("No alert ended in the last 30 days.").waitFor();
    await page.goto(`/?account=${ours}&range=24h`);
    await notice(page).getByText("1 open alert", { exact: true }).waitFor();
    // Those of sources belong to no account, and are on the mirror's pages.
    await page.goto(`/mirror?account=${theirs}`);
    await notice(page).getByText("Source silent: production", { exact: false }).waitFor();
    await page.goto(`/alerts?account=${ours}`);
    await rows(page, "Open alerts").getByRole("link", { name: "example.com" }).click();
    await heading(page, "example.com").waitFor();
    expect(problems.filter((problem) => !problem.includes("404"))).toEqual([]);
  });

  it("the overview of a tenant is not about the alerts of others", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    const answered = page.waitForResponse((response) => response.url().includes("/admin/alerts"));
    await page.goto("/?tenant=Acme");
    await answered;
    await heading(page, "Overview of Acme").waitFor();
    await page.getByText("No mail in this period").waitFor();
    expect(await notice(page).count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it("a source's page has its own", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto(`/mirror/${source}`);
    await notice(page).getByText("1 open alert", { exact: true }).waitFor();
    expect(problems).toEqual([]);
  });

  it(
    "the page is without fault",
    async () => {
      const faults = await faultsOfPages(browser, server.url, [
        "/alerts",
        (page) => rows(page, "Ended alerts").filter({ hasText: "Acme" }).waitFor(),
      ]);
      expect(faults).toEqual([]);
    },
    pageFaultsTimeout,
  );
});
