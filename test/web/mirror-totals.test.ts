/** Control totals in the dashboard: read only when asked for, with what is missing called out. A double is CloudWatch. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChangedMirrorSource } from "../../src/admin-api/mirror.ts";
import { callAdmin } from "../support/admin-call.ts";
import { type AwsAnswer, type AwsDouble, jsonError, startAwsDouble } from "../support/aws-double.ts";
import { openPage } from "../support/browser.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { heading } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { faultsOnScreens, pageFaultsTimeout } from "../support/page-faults.ts";
import { setSdkVariables } from "../support/sdk-variables.ts";
import { connectBrowser } from "../support/shared-browser.ts";

const account = "111122223333";
const dayMs = 86_400_000;
const today = Math.floor(Date.now() / dayMs) * dayMs;
const shownDay = (at: number) => new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" }).format(at);

const send = (number: number, sentAt: number) => ({
  eventType: "Send",
  mail: {
    timestamp: new Date(sentAt).toISOString(),
    source: "shop@sender.example",
    sourceArn: `arn:aws:ses:us-east-1:${account}:identity/sender.example`,
    sendingAccountId: account,
    messageId: `0100019b00000000-00000000-0000-4000-8000-00000000000${number}-000000`,
    destination: ["ada@shop.example"],
  },
  send: {},
});

/** What CloudWatch counted, by the time of each day. */
const counted = (metrics: Record<string, [number, number][]>): AwsAnswer => ({
  body: {
    MetricDataResults: Object.entries(metrics).map(([Id, days]) => ({
      ...{ Id, Label: Id, StatusCode: "Complete" },
      Timestamps: days.map(([at]) => at / 1000),
      Values: days.map(([, count]) => count),
    })),
  },
});

describe.skipIf(browserMissing())("control totals in the dashboard", () => {
  let browser: Browser;
  let server: InProcessServer;
  let double: AwsDouble<{ StartTime: number; EndTime: number }>;
  let restoreVariables: () => void;
  let id = "";
  beforeAll(async () => {
    double = await startAwsDouble();
    restoreVariables = setSdkVariables(double.environment);
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
    const input = { name: "production", kind: "eventbridge", accounts: [account], region: "us-east-1" };
    const source = await callAdmin<ChangedMirrorSource>(server.app, "POST", "/admin/mirror", input);
    id = source.id;
    const headers = { "x-mailglass-key": source.secret ?? "", "content-type": "application/json" };
    const times = [today - dayMs + 1_000, today - dayMs + 2_000, today + 1_000];
    for (const [number, at] of times.entries()) {
      const payload = JSON.stringify(send(number, at));
      const answer = await server.app.inject({ method: "POST", url: `/mirror/${id}`, headers, payload });
      expect(answer.statusCode).toBe(200);
    }
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    restoreVariables();
    await double.close();
  });

  const part = (page: Page) => page.getByRole("region", { name: "Control totals", exact: true });
  const compare = (page: Page) => part(page).getByRole("button", { name: "Compare" }).click();

  it("are read on request, with gaps, empty days, types that are not sent and today", async () => {
    double.answer = () =>
      counted({
        send: [
          [today - 2 * dayMs, 5],
          [today - dayMs, 10],
          [today, 30],
        ],
        bounce: [[today - dayMs, 1]],
      });
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto(`/mirror/${id}`);
    await heading(page, "production").waitFor();
    await part(page).getByText("which need cloudwatch:GetMetricData", { exact: false }).waitFor();
    expect(double.calls).toEqual([]);
    // Until the source's types are noted, all of them count as not sent.
    await page.getByRole("table", { name: "Types of events" }).waitFor();
    await compare(page);
    const missing = part(page).getByRole("alert").filter({ hasText: "Events are missing" });
    await missing
      .getByText(`Nothing arrived on ${shownDay(today - 2 * dayMs)}, although SES counted events.`)
      .waitFor();
    await missing.getByText(`${shownDay(today - dayMs)}, Sent: 8 of 10 missing (80%).`).waitFor();
    await missing.getByText("Not sent by this source: Bounced.", { exact: false }).waitFor();
    const sums = part(page).getByRole("table", { name: `Sums, ${account}, us-east-1` });
    const sent = sums.getByRole("row").nth(1);
    expect(await sent.getByRole("cell").allTextContents()).toEqual(["Sent", "45", "3", "3", "42", "93.33%"]);
    const bounced = sums.getByRole("row").nth(2);
    expect(await bounced.getByRole("cell").allTextContents()).toEqual(["Bounced", "1", "not sent", "–", "1", "100%"]);

    await part(page).getByText("By day: arrived / counted by SES").click();
    const days = part(page).getByRole("table", { name: `Days, ${account}, us-east-1` });
    await expect.poll(() => days.getByRole("row").count()).toBe(8);
    await days.getByRole("row").filter({ hasText: "not complete" }).getByText("1 / 30").waitFor();
    await days
      .getByRole("row")
      .filter({ hasText: shownDay(today - dayMs) })
      .getByText("8 missing")
      .waitFor();
    expect(await days.getByRole("row").last().getByText("missing").count()).toBe(0);

    await part(page).getByText("30 days", { exact: true }).click();
    expect(double.calls).toHaveLength(1);
    await compare(page);
    await part(page).getByText("By day: arrived / counted by SES").click();
    await expect.poll(() => days.getByRole("row").count()).toBe(31);
    expect(problems).toEqual([]);
  });

  it("show what AWS refuses, in its words", async () => {
    double.answer = () => jsonError(400, "AccessDeniedException", "no identity-based policy allows it");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto(`/mirror/${id}`);
    await compare(page);
    const refused = part(page)
      .getByRole("alert")
      .filter({ hasText: `${account}, us-east-1: the counts` });
    await refused.getByText("cloudwatch:GetMetricData", { exact: false }).waitFor();
    double.answer = () => counted({});
    await compare(page);
    await part(page)
      .getByRole("table", { name: `Sums, ${account}, us-east-1` })
      .waitFor();
    expect(await part(page).getByText("–", { exact: true }).count()).toBeGreaterThan(0);
    expect(problems).toEqual([]);
  });

  it("VDM can be asked instead", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto(`/mirror/${id}`);
    await part(page).getByText("VDM", { exact: true }).click();
    await part(page).getByText("ses:BatchGetMetricData, and the account needs VDM", { exact: false }).waitFor();
    expect(problems).toEqual([]);
  });

  it(
    "are without fault",
    async () => {
      double.answer = () => counted({ send: [[today - dayMs, 10]], bounce: [[today - dayMs, 1]] });
      await using watched = await openPage(browser, server.url);
      const { page } = watched;
      await page.goto(`/mirror/${id}`);
      await compare(page);
      await part(page).getByText("By day: arrived / counted by SES").click();
      expect(
        await faultsOnScreens(page, [
          { width: 1280, colorScheme: "light" },
          { width: 390, colorScheme: "dark" },
        ]),
      ).toEqual([]);
    },
    pageFaultsTimeout,
  );
});
