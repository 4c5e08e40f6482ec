/** Each part of a configuration set as people change it in a browser, and what the API says and does then. */
import { CreateConfigurationSetCommand, PutAccountVdmAttributesCommand } from "@aws-sdk/client-sesv2";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPage } from "../support/browser.ts";
import { button, createSet, dialog, openSet, readSet, save, sendWith } from "../support/configuration-set-page.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { connectBrowser } from "../support/shared-browser.ts";

describe.skipIf(browserMissing())("the parts of a configuration set in the dashboard", () => {
  let browser: Browser;
  let server: InProcessServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it("are paused, so that mail with them is refused, and resumed", async () => {
    await createSet(server.client, "pausable");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await openSet(page, "pausable");
    await page.getByText("Mail with this set is sent.").waitFor();
    await button(page, "Pause sending").click();
    await dialog(page).getByText("New mail with it is refused").waitFor();
    await dialog(page).getByRole("button", { name: "Pause sending" }).click();
    await page.getByText("Mail with this set is refused.").waitFor();
    await expect(sendWith(server.client, "pausable")).rejects.toMatchObject({
      name: "SendingPausedException",
      message: "Sending is paused for configuration set <pausable>.",
    });
    await button(page, "Resume sending").click();
    await page.getByText("Mail with this set is sent.").waitFor();
    expect((await sendWith(server.client, "pausable")).MessageId).toBeTruthy();
    expect(problems).toEqual([]);
  });

  it("say how mail is delivered: TLS, and for how long", async () => {
    await createSet(server.client, "delivery");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await openSet(page, "delivery");
    await page.getByText("14 hours unless they were changed").waitFor();
    // In a server that captures mail nothing is delivered.
    await page.getByText("This server keeps all mail and delivers none").waitFor();
    await button(page, "Change delivery").click();
    await dialog(page).getByLabel("Always, with a certificate that holds").check();
    await dialog(page).getByLabel("Try for").fill("2 hours 30 minutes");
    await save(page, "It is tried for 2 h 30 min; then it bounces.");
    expect((await readSet(server.client, "delivery")).DeliveryOptions).toEqual({
      TlsPolicy: "REQUIRE",
      MaxDeliverySeconds: 9000,
    });
    await page.getByText("Mail goes over TLS to a server whose certificate holds, or not at all.").waitFor();

    await button(page, "Change delivery").click();
    const time = dialog(page).getByLabel("Try for");
    await expect.poll(() => time.inputValue()).toBe("2 h 30 min");
    await time.fill("90");
    await dialog(page).getByText("Write a time such as 90 min or 2 h 30 min.").waitFor();
    await time.press("Enter");
    expect((await readSet(server.client, "delivery")).DeliveryOptions?.MaxDeliverySeconds).toBe(9000);
    expect(problems).toEqual([]);
    await time.fill("4 min");
    await time.press("Enter");
    await dialog(page).getByText("Member must have value greater than or equal to 300").waitFor();
    await time.fill("15 h");
    await time.press("Enter");
    await dialog(page).getByText("Member must have value less than or equal to 50400").waitFor();
    problems.length = 0;
    await time.fill("");
    await dialog(page).getByLabel("Where the recipient’s server offers it").check();
    await save(page, "14 hours unless they were changed");
    expect((await readSet(server.client, "delivery")).DeliveryOptions).toEqual({ TlsPolicy: "OPTIONAL" });
    expect(problems).toEqual([]);
  });

  it("say what of the suppression list counts", async () => {
    await createSet(server.client, "suppression");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await openSet(page, "suppression");
    const choose = async (label: string, then: string | RegExp, role: "radio" | "switch" = "radio") => {
      await button(page, "Change suppression").click();
      await dialog(page).getByRole(role, { name: label }).check();
      await save(page, then);
      return (await readSet(server.client, "suppression")).SuppressionOptions;
    };
    await page.getByText(/^As the account: addresses .* for a bounce or a complaint get no mail/).waitFor();
    expect(await choose("Complaints only", /^Addresses .* for a complaint get no mail/)).toEqual({
      SuppressedReasons: ["COMPLAINT"],
    });
    expect(await choose("Nothing:", /^Mail goes to addresses on the suppression list, too/)).toEqual({
      SuppressedReasons: [],
    });
    expect(await choose("For a tenant’s mail", "the tenant’s own list counts instead", "switch")).toEqual({
      SuppressedReasons: [],
      SuppressionScope: "TENANT",
    });
    expect(await choose("Bounces only", /^Addresses .* for a bounce get no mail/)).toEqual({
      SuppressedReasons: ["BOUNCE"],
      SuppressionScope: "TENANT",
    });
    expect(await choose("As the account", /^As the account: addresses/)).toEqual({ SuppressionScope: "TENANT" });
    expect(problems).toEqual([]);
  });

  it("say whether opens and clicks are tracked, and keep what is not the form's", async () => {
    const vdm = (VdmEnabled: "ENABLED" | "DISABLED") =>
      server.client.send(
        new PutAccountVdmAttributesCommand({
          VdmAttributes: { VdmEnabled, DashboardAttributes: { EngagementMetrics: "ENABLED" } },
        }),
      );
    const GuardianOptions = { OptimizedSharedDelivery: "ENABLED" as const };
    await server.client.send(
      new CreateConfigurationSetCommand({ ConfigurationSetName: "tracked", VdmOptions: { GuardianOptions } }),
    );
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await openSet(page, "tracked");
    await page.getByText("As the account: nothing is tracked.").waitFor();
    await button(page, "Change opens and clicks").click();
    await dialog(page).getByLabel("Yes").check();
    await save(page, "Opens and clicks of HTML mail are tracked");
    expect((await readSet(server.client, "tracked")).VdmOptions).toEqual({
      DashboardOptions: { EngagementMetrics: "ENABLED" },
      GuardianOptions,
    });
    await vdm("DISABLED");
    await page.reload();
    await page.getByText("(VDM) is disabled").waitFor();
    await vdm("ENABLED");
    await page.reload();
    await button(page, "Change opens and clicks").click();
    await dialog(page).getByLabel("No", { exact: true }).check();
    await save(page, "Opens and clicks are not tracked.");
    await button(page, "Change opens and clicks").click();
    await dialog(page).getByLabel("As the account").check();
    await save(page, "As the account: opens and clicks are tracked.");
    expect((await readSet(server.client, "tracked")).VdmOptions).toEqual({ GuardianOptions });
    expect(problems).toEqual([]);
  });

  it("say over which domain links lead, and what that takes", async () => {
    await createSet(server.client, "links");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await openSet(page, "links");
    const change = async () => {
      await button(page, "Change the domain of tracked links").click();
      return dialog(page).getByLabel("Domain", { exact: true });
    };
    const domain = await change();
    await domain.fill("no domain");
    await dialog(page).getByLabel("https for pixel and links").check();
    expect(problems).toEqual([]);
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await dialog(page).getByText("Domain <no domain> is not verified under this account.").waitFor();
    problems.length = 0;
    await domain.fill("links.example.com");
    await save(page, "Links and pixel go by https.");
    await page.getByText("a certificate for links.example.com at port 443").waitFor();
    expect((await readSet(server.client, "links")).TrackingOptions).toEqual({
      CustomRedirectDomain: "links.example.com",
      HttpsPolicy: "REQUIRE",
    });
    await (await change()).fill("");
    await save(page, "its links and its pixel lead over this server’s own address");
    expect((await readSet(server.client, "links")).TrackingOptions).toBeUndefined();
    expect(problems).toEqual([]);
  });
});
