/** What sets a transport up on AWS, in the dashboard: before a source that fetches, and for a source that is posted to. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChangedMirrorSource } from "../../src/admin-api/mirror.ts";
import { callAdmin } from "../support/admin-call.ts";
import { openPage } from "../support/browser.ts";
import { dialog } from "../support/configuration-set-page.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { field, heading } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { faultsOnScreens, pageFaultsTimeout } from "../support/page-faults.ts";
import { connectBrowser } from "../support/shared-browser.ts";

const account = "111122223333";

describe.skipIf(browserMissing())("the setup of a transport in the dashboard", () => {
  let browser: Browser;
  let server: InProcessServer;
  let topicSource: ChangedMirrorSource;
  beforeAll(async () => {
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
    topicSource = await callAdmin<ChangedMirrorSource>(server.app, "POST", "/admin/mirror", {
      name: "topic",
      kind: "sns",
      settings: { topicArns: [`arn:aws:sns:us-east-1:${account}:from-ses`] },
    });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const text = (page: Page, format: string) => page.getByRole("region", { name: `Setup for ${format}`, exact: true });
  const show = (page: Page) => page.getByRole("button", { name: "Show the setup" });

  it("a queue is set up first; then its source is filled in", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/mirror");
    await page.getByRole("button", { name: "New source" }).click();
    await field(page, "Name").fill("production");
    await page.getByText("There is no queue yet: set it up on AWS").click();
    await expect.poll(() => show(page).isDisabled()).toBe(true);
    await field(page, "SES account").fill("12");
    await field(page, "SES region").fill("us-east-1");
    await field(page, "Configuration set on SES").fill("orders");
    await show(page).click();
    await dialog(page).getByRole("alert").getByText("account must be the ID of the account of SES").waitFor();
    expect(problems.splice(0)).toEqual([expect.stringContaining("status of 400")]);
    await field(page, "SES account").fill(account);
    await show(page).click();
    await text(page, "AWS CLI").getByText("aws sqs create-queue", { exact: false }).waitFor();
    await dialog(page)
      .getByText("SES publishes no events for mail without the configuration set", { exact: false })
      .waitFor();
    await dialog(page).getByRole("button", { name: "Copy: Setup for AWS CLI" }).waitFor();
    await dialog(page).getByText("Terraform", { exact: true }).click();
    await text(page, "Terraform").getByText('resource "aws_sqs_queue"', { exact: false }).waitFor();

    await dialog(page).getByRole("button", { name: "Fill in the source" }).click();
    const queueUrl = `https://sqs.us-east-1.amazonaws.com/${account}/mailglass-ses-events`;
    await expect.poll(() => field(page, "Queue URL").inputValue()).toBe(queueUrl);
    await expect.poll(() => field(page, "Accounts").inputValue()).toBe(account);
    await dialog(page).getByRole("radio", { name: "SNS topic" }).check();
    await dialog(page).getByText("Create the source first", { exact: false }).waitFor();
    await dialog(page).getByRole("radio", { name: "SQS queue" }).check();
    await dialog(page).getByRole("button", { name: "Create", exact: true }).click();
    await heading(page, "production").waitFor();
    expect(problems).toEqual([]);
  });

  it("a source that is posted to shows its own setup, without how to create it", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto(`/mirror/${topicSource.id}`);
    const part = page.getByRole("region", { name: "AWS setup", exact: true });
    await expect.poll(() => field(page, "SES account").inputValue()).toBe(account);
    await field(page, "Configuration set on SES").fill("orders");
    await show(page).click();
    await text(page, "AWS CLI").getByText(`${topicSource.url}`, { exact: false }).waitFor();
    await part.getByText("CloudFormation", { exact: true }).click();
    await text(page, "CloudFormation").getByText('"AWS::SNS::Topic"', { exact: false }).waitFor();
    await part.getByText("--capabilities CAPABILITY_NAMED_IAM", { exact: false }).waitFor();
    expect(await part.getByText("Then: ", { exact: false }).count()).toBe(0);
    expect(await part.getByRole("button", { name: "Fill in the source" }).count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it(
    "the form and the page are without fault",
    async () => {
      await using watched = await openPage(browser, server.url);
      const { page } = watched;
      const screens = [
        { width: 1280, colorScheme: "light" },
        { width: 390, colorScheme: "dark" },
      ] as const;
      await page.goto(`/mirror/${topicSource.id}`);
      await field(page, "Configuration set on SES").fill("orders");
      await show(page).click();
      await text(page, "AWS CLI").waitFor();
      expect(await faultsOnScreens(page, screens)).toEqual([]);
      await page.goto("/mirror");
      await page.getByRole("button", { name: "New source" }).click();
      await page.getByText("There is no queue yet: set it up on AWS").click();
      await show(page).waitFor();
      expect(await faultsOnScreens(page, screens)).toEqual([]);
    },
    pageFaultsTimeout,
  );
});
