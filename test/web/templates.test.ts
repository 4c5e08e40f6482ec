/** Templates as people write them in a browser: what is shown while they do is what is sent, and HTML that means ill does nothing. */
import {
  CreateEmailTemplateCommand,
  GetEmailTemplateCommand,
  ListEmailTemplatesCommand,
  SendEmailCommand,
} from "@aws-sdk/client-sesv2";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPage } from "../support/browser.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import { hostileHtml, hostileText } from "../support/hostile-html.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { heading, patience, unhurried } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { exceptMissing, faultsOfPages, pageFaultsTimeout } from "../support/page-faults.ts";
import { connectBrowser } from "../support/shared-browser.ts";
import { startSpyingServer } from "../support/spying-server.ts";

describe.skipIf(browserMissing())("templates in the dashboard", unhurried, () => {
  let browser: Browser;
  let server: InProcessServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const read = async (TemplateName: string) =>
    (await server.client.send(new GetEmailTemplateCommand({ TemplateName }))).TemplateContent;
  const write = (page: Page, part: string, text: string) =>
    page.getByRole("textbox", { name: part, exact: true }).fill(text);
  const choose = (page: Page, tab: string) => page.getByRole("tab", { name: tab, exact: true }).click();
  const shown = (page: Page) => page.getByRole("region", { name: "Preview" });
  const fault = (page: Page) => shown(page).getByRole("status");
  const framed = (page: Page) => page.frameLocator('iframe[title="The HTML as mail clients show it"]');
  const data = "Data to look at it with";

  it("are written with a preview that follows each part and the data, and sent as they were shown", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/templates");
    await page.getByText("There is no template yet").waitFor();
    await page.getByRole("link", { name: "New template" }).click();
    await shown(page).getByText("Write a subject, HTML or text.").waitFor();
    await write(page, "Subject", "Order {{id}}");
    await fault(page).getByText("Attribute 'id' is not present in the rendering data.").waitFor();
    await write(page, data, '{"id": 7, "items": ["tea", "cups"]}');
    await shown(page).getByText("Order 7", { exact: true }).waitFor();
    await shown(page).getByText("It has neither HTML nor text yet.").waitFor();
    await expect.poll(() => fault(page).textContent()).toBe("");
    await write(page, "HTML", "<h1>Shipped</h1><ul>{{#each items}}<li>{{this}}</li>{{/each}}</ul>");
    await framed(page).getByRole("heading", { name: "Shipped" }).waitFor();
    await expect.poll(() => framed(page).getByRole("listitem").allTextContents()).toEqual(["tea", "cups"]);
    await choose(page, "Text");
    await write(page, "Text", "Shipped: {{#each items}}{{this}} {{/each}}");
    await choose(page, "Text, as shown");
    await shown(page).getByText("Shipped: tea cups").waitFor();
    await write(page, data, '{"id": 8, "items": ["tea"]}');
    await shown(page).getByText("Order 8", { exact: true }).waitFor();
    await shown(page).getByText("Shipped: tea", { exact: true }).waitFor();

    await write(page, "Name", "order/shipped now");
    await page.getByRole("button", { name: "Create" }).click();
    await heading(page, "order/shipped now").waitFor();
    expect(await read("order/shipped now")).toEqual({
      Subject: "Order {{id}}",
      Html: "<h1>Shipped</h1><ul>{{#each items}}<li>{{this}}</li>{{/each}}</ul>",
      Text: "Shipped: {{#each items}}{{this}} {{/each}}",
    });
    // What it was looked at with is still there.
    await shown(page).getByText("Order 8", { exact: true }).waitFor();
    await write(page, "Subject", "Your order {{id}}");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("order/shipped now is saved.").first().waitFor();
    await expect.poll(async () => (await read("order/shipped now"))?.Subject, patience).toBe("Your order {{id}}");
    await shown(page).getByText("Your order 8", { exact: true }).waitFor();

    const { MessageId = "" } = await server.client.send(
      new SendEmailCommand({
        FromEmailAddress: "shop@example.com",
        Destination: { ToAddresses: ["jane@example.org"] },
        Content: { Template: { TemplateName: "order/shipped now", TemplateData: '{"id": 8, "items": ["tea"]}' } },
      }),
    );
    await page.goto(`/messages/${MessageId}?view=text`);
    await heading(page, "Your order 8").waitFor();
    await page.getByText("Shipped: tea").waitFor();
    await page.goto(`/messages/${MessageId}?view=html`);
    const mail = page.frameLocator('iframe[title="The mail\'s HTML"]');
    await mail.getByRole("heading", { name: "Shipped" }).waitFor();
    await expect.poll(() => mail.getByRole("listitem").allTextContents()).toEqual(["tea"]);
    expect(exceptMissing(problems)).toEqual([]);
  });

  it("are not lost by going somewhere else: who would leave what isn't saved is asked", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await server.client.send(
      new CreateEmailTemplateCommand({ TemplateName: "kept", TemplateContent: { Subject: "Kept", Text: "As it was" } }),
    );
    await page.goto("/templates/edit?name=kept");
    await write(page, data, '{"name": "Ada"}');
    await write(page, "Subject", "Lost");
    const asked = page.getByRole("dialog", { name: "Leave without saving?" });
    const leave = () => page.getByRole("link", { name: "All templates" }).click();
    await leave();
    await asked.getByText("The template was changed and not saved.").waitFor();
    await asked.getByRole("button", { name: "Stay" }).click();
    await asked.waitFor({ state: "hidden" });
    await expect.poll(() => page.getByRole("textbox", { name: "Subject", exact: true }).inputValue()).toBe("Lost");
    await leave();
    await asked.getByRole("button", { name: "Leave" }).click();
    await heading(page, "Templates").waitFor();
    expect((await read("kept"))?.Subject).toBe("Kept");

    await page.getByRole("link", { name: "kept" }).click();
    await write(page, "Subject", "Saved");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("kept is saved.").first().waitFor();
    await write(page, data, '{"name": "Grace"}');
    await leave();
    await heading(page, "Templates").waitFor();
    await expect.poll(() => asked.isVisible()).toBe(false);
    expect(problems).toEqual([]);
  });

  it("say what is wrong with them or with their data, and keep showing how they were", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/templates/edit");
    await write(page, data, '{"name": "Ada"}');
    await write(page, "HTML", "<p>Dear {{name}}</p>");
    const paragraph = framed(page).getByText("Dear Ada");
    await paragraph.waitFor();
    for (const [part, wrong, right, said] of [
      ["HTML", "<p>Dear {{#if name}}", "<p>Dear {{name}}</p>", /line 1/],
      ["HTML", "<p>Dear {{nam}}</p>", "<p>Dear {{name}}</p>", "Attribute 'nam' is not present in the rendering data."],
      [data, '{"name": "Ada', '{"name": "Ada"}', /JSON/],
      [data, "", '{"name": "Ada"}', /./],
    ] as const) {
      await write(page, part, wrong);
      await fault(page).getByText("It can’t be filled like this").waitFor();
      await fault(page).getByText(said).first().waitFor();
      await expect.poll(() => paragraph.isVisible()).toBe(true);
      await write(page, part, right);
      await expect.poll(() => fault(page).textContent(), patience).toBe("");
    }
    expect(problems).toEqual([]);

    await write(page, "HTML", "<p>{{#each name}}");
    await write(page, "Name", "unreadable");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("The template was not saved").waitFor();
    await page
      .locator("form")
      .getByText(/^The template is not valid/)
      .waitFor();
    await expect(read("unreadable")).rejects.toMatchObject({ name: "NotFoundException" });
  });

  it("do nothing where their HTML means ill, and tell nobody that they are looked at", async () => {
    await using spy = await startSpyingServer();
    await using watched = await openPage(browser, server.url, { mayAsk: spy.origin });
    const { page } = watched;
    const deeds: string[] = [];
    page.on("dialog", (dialog) => {
      // The browser asks before text that isn't saved is left.
      if (dialog.type() === "beforeunload") return void dialog.accept();
      deeds.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.context().on("page", (popup) => deeds.push(`another page: ${popup.url()}`));
    page.on("download", (download) => deeds.push(`a download: ${download.url()}`));
    await page.context().addCookies([{ name: "readable", value: "1", url: server.url }]);
    await page.goto("/templates/edit");
    await write(page, "Subject", `{{{subject}}}`);
    await write(page, data, JSON.stringify({ subject: hostileText }));
    await shown(page).getByText(hostileText).waitFor();
    const before = { url: page.url(), title: await page.title() };
    const html = page.getByRole("textbox", { name: "HTML", exact: true });
    await html.fill(hostileHtml(spy.origin));
    await framed(page).getByText("The end of the mail").waitFor();
    // Nor does it take the keys that are meant for the editor.
    await expect.poll(() => page.evaluate<string>("document.activeElement.getAttribute('aria-label')")).toBe("HTML");
    const frame = await (await page.waitForSelector("iframe")).contentFrame();
    if (!frame) throw new Error("there is no frame");
    for (const name of ["javascript link", "svg link", "top link", "blank link", "data link", "submit", "go"]) {
      await frame.getByText(name, { exact: true }).click();
    }
    await frame.locator("input[name=secret]").press("Enter");
    await frame.getByText("top link", { exact: true }).click({ button: "middle" });
    await frame.getByText("blank link", { exact: true }).press("Enter");
    expect(await frame.evaluate("globalThis.origin")).toBe("null");
    expect(
      await frame.locator("script, base, link, iframe, meta[http-equiv], [onload], [onerror], [onfocus]").count(),
    ).toBe(0);
    expect({ url: page.url(), title: await page.title() }).toEqual(before);
    expect(await page.locator("#hostile").count()).toBe(0);
    expect(await page.evaluate("typeof document.cookie + document.body.tagName")).toBe("stringBODY");
    expect(deeds).toEqual([]);
    expect([spy.requests, spy.connections]).toEqual([[], 0]);

    // The frame still shows what comes next, and a page of its own does no more.
    await html.fill("<p>Peace</p>");
    await framed(page).getByText("Peace").waitFor();
    await page.goto("/admin/templates/preview-frame");
    await page.evaluate("postMessage('<p>from itself</p><img src=x onerror=alert(1)>', '*')");
    expect(await page.evaluate("globalThis.origin")).toBe("null");
    expect(deeds).toEqual([]);
    expect(spy.connections).toBe(0);
  });

  it("are listed page by page and deleted, once one knows what that means", async () => {
    for (let number = 0; number < 55; number++) {
      await server.client.send(
        new CreateEmailTemplateCommand({
          TemplateName: `many ${String(number).padStart(2, "0")}`,
          TemplateContent: { Text: "x" },
        }),
      );
    }
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/templates");
    const rows = page.getByRole("link", { name: /^many \d\d$/ });
    const more = page.getByRole("button", { name: "Show more" });
    await more.click();
    await more.waitFor({ state: "detached" });
    expect(new Set(await rows.allTextContents()).size).toBe(55);
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: "Delete many 07" }).click();
    await dialog.getByText("Mail that names it is refused from then on.").waitFor();
    await dialog.getByRole("button", { name: "Keep" }).click();
    expect(await read("many 07")).toEqual({ Text: "x" });
    await page.getByRole("button", { name: "Delete many 07" }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("link", { name: "many 07", exact: true }).waitFor({ state: "detached" });
    await expect(read("many 07")).rejects.toMatchObject({ name: "NotFoundException" });
    await expect.poll(() => rows.count()).toBe(54);
    expect(problems).toEqual([]);
    await page.goto("/templates/edit?name=many%2007");
    await page.getByText("Template many 07 does not exist.").waitFor();
  });

  it("have nothing serious for axe, and fit a phone", { timeout: pageFaultsTimeout }, async () => {
    const TemplateName = "long".repeat(50);
    await server.client.send(
      new CreateEmailTemplateCommand({
        TemplateName,
        TemplateContent: { Subject: "s".repeat(300), Html: `<h1>${"wide".repeat(100)}</h1>`, Text: "t".repeat(300) },
      }),
    );
    const { TemplatesMetadata = [] } = await server.client.send(new ListEmailTemplatesCommand({ PageSize: 1 }));
    const [{ TemplateName: first = "" } = {}] = TemplatesMetadata;
    const faults = await faultsOfPages(
      browser,
      server.url,
      ["/templates", (page) => page.getByRole("link", { name: first, exact: true }).waitFor()],
      [
        `/templates/edit?name=${TemplateName}`,
        async (page) => {
          await framed(page).getByRole("heading").waitFor();
          await write(page, data, "{");
          await fault(page).getByRole("alert").waitFor();
        },
      ],
    );
    expect(faults).toEqual([]);
  });
});
