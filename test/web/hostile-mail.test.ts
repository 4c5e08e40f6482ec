/** Mail by those who mean ill does nothing in the dashboard, and tells nobody that it was looked at. */
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import type { Browser, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CreatedKey } from "../../src/access/access-keys.ts";
import { openPage, type WatchedPage } from "../support/browser.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import { hostileHtml, hostileText, remoteContent } from "../support/hostile-html.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { createKey } from "../support/keys-of.ts";
import { bounceEvent, clickEvent, insertEvents, sendEvent } from "../support/mail-events.ts";
import { heading, patience, unhurried } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { connectBrowser } from "../support/shared-browser.ts";
import { type SpyingServer, startSpyingServer } from "../support/spying-server.ts";

const attachment = `../../../etc/<b id="hostile">\\passwd.html`;

/** SendEmail refuses such a name of a file; raw mail may have any. */
function hostileMime(spyOrigin: string): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return [
    "From: spy@example.com",
    "To: victim@example.com",
    `Subject: =?utf-8?B?${base64(hostileText)}?=`,
    `X-Hostile: ${hostileText}`,
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=b",
    "",
    "--b",
    "Content-Type: text/html; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    base64(hostileHtml(spyOrigin)).replaceAll(/.{76}/g, "$&\r\n"),
    "--b",
    "Content-Type: text/html",
    `Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(attachment)}`,
    "",
    "<script>alert(1)</script>",
    "--b--",
    "",
  ].join("\r\n");
}

describe.skipIf(browserMissing())("hostile mail in the dashboard", unhurried, () => {
  let browser: Browser;
  let server: InProcessServer;
  let spy: SpyingServer;
  let key: CreatedKey;
  let hostileId: string;
  beforeAll(async () => {
    [browser, server, spy] = await Promise.all([
      connectBrowser(),
      startDashboardServer({ environment: { MAILGLASS_AUTH: "required" } }),
      startSpyingServer(),
    ]);
    key = await createKey(server, new Date());
    const client = new SESv2Client({ endpoint: server.url, region: "us-east-1", credentials: key });
    const sent = await client.send(
      new SendEmailCommand({
        FromEmailAddress: "spy@example.com",
        Destination: { ToAddresses: ["victim@example.com"] },
        Content: { Raw: { Data: Buffer.from(hostileMime(spy.origin)) } },
      }),
    );
    client.destroy();
    hostileId = sent.MessageId ?? "";
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await spy[Symbol.asyncDispose]();
  });

  /** A page of somebody who has signed in, with a cookie that scripts could read besides; and what mail did to it. */
  async function signedIn(): Promise<WatchedPage & { deeds: string[] }> {
    const watched = await openPage(browser, server.url, { mayAsk: spy.origin });
    const { page } = watched;
    const deeds: string[] = [];
    page.on("dialog", (dialog) => {
      deeds.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.context().on("page", (popup) => deeds.push(`another page: ${popup.url()}`));
    page.on("download", (download) => deeds.push(`a download: ${download.url()}`));
    page.on("pageerror", (error) => deeds.push(`an error: ${error}`));
    await page.context().addCookies([{ name: "readable", value: "1", url: server.url }]);
    await page.goto("/sign-in?to=/start");
    await page.getByLabel("Access key ID").fill(key.accessKeyId);
    await page.getByLabel("Secret access key", { exact: true }).fill(key.secretAccessKey);
    await page.keyboard.press("Enter");
    await heading(page, "Getting started").waitFor();
    return { ...watched, deeds };
  }

  /** Waits until all of the mail is there, and all that it loads. */
  async function whole(frame: Frame): Promise<Frame> {
    await frame.getByText("The end of the mail").waitFor();
    await frame.waitForLoadState();
    return frame;
  }

  async function click(frame: Frame, ...names: string[]): Promise<void> {
    for (const name of names) await frame.getByText(name, { exact: true }).click();
  }

  const clickable = ["javascript link", "svg link", "blank link", "data link", "submit", "go"];

  const cookieOf = (frame: Frame) =>
    frame.evaluate<string>("(() => { try { return document.cookie } catch { return '' } })()");

  async function mailFrame(page: Page): Promise<Frame> {
    const frame = await (await page.waitForSelector('iframe[title="The mail\'s HTML"]')).contentFrame();
    if (!frame) throw new Error("there is no frame");
    return whole(frame);
  }

  it("does nothing in its frame, and loads pictures, styles and fonts only when one asks for them", async () => {
    await using watched = await signedIn();
    const { page, deeds } = watched;
    await page.goto(`/messages/${hostileId}`);
    await heading(page, hostileText).waitFor();
    const { url, title } = { url: page.url(), title: await page.title() };
    const frame = await mailFrame(page);
    expect([spy.requests, spy.connections]).toEqual([[], 0]);
    // A browser may open a connection as a link is pressed, which shows that one means to follow it; it asks for nothing.
    await click(frame, ...clickable, "top link");
    expect(await cookieOf(page.mainFrame())).toBe("readable=1");
    expect(await cookieOf(frame)).toBe("");
    expect(await frame.evaluate("globalThis.origin")).toBe("null");
    const same = async () => {
      expect([page.url(), await page.title()]).toEqual([url, title]);
      expect(await page.locator("#hostile").count()).toBe(0);
      expect(await page.evaluate("typeof document.cookie + document.body.tagName")).toBe("stringBODY");
      expect(deeds).toEqual([]);
    };
    await same();
    expect(spy.requests).toEqual([]);

    await page.getByRole("switch", { name: "Load remote content" }).click({ force: true });
    const asked = () => [...new Set(spy.requests.map(({ path }) => path))].sort();
    await expect.poll(asked, patience).toEqual(expect.arrayContaining(["/img", "/import.css", "/inline"]));
    await click(await mailFrame(page), ...clickable, "top link");
    await same();
    expect(asked().filter((path) => !remoteContent.some((allowed) => allowed === path))).toEqual([]);
    // Who is asked learns no address of this server, though the mail wants it told.
    const told = spy.requests.flatMap(({ headers }) => [headers.cookie, headers.referer]);
    expect(told.filter((value) => value !== undefined)).toEqual([]);
  });

  it("does nothing as a page of its own either", async () => {
    await using watched = await signedIn();
    const { page, deeds } = watched;
    const before = { requests: spy.requests.length, connections: spy.connections };
    await page.goto(`/admin/messages/${hostileId}/html`);
    await whole(page.mainFrame());
    expect({ requests: spy.requests.length, connections: spy.connections }).toEqual(before);
    const url = page.url();
    await click(page.mainFrame(), ...clickable);
    expect(page.url()).toBe(url);
    expect(await cookieOf(page.mainFrame())).toBe("");
    expect(await page.evaluate("globalThis.origin")).toBe("null");
    expect(deeds).toEqual([]);
    expect(spy.requests.length).toBe(before.requests);
  });

  it("is a text wherever a text belongs", async () => {
    const sent = sendEvent({
      sentAt: new Date(),
      recipient: `${hostileText}@example.net`,
      message: {
        source: hostileText,
        subject: hostileText,
        identity: hostileText,
        configurationSet: hostileText,
        tenant: hostileText,
        tags: { [hostileText]: [hostileText] },
      },
    });
    await insertEvents(server.events, [
      sent,
      bounceEvent(sent, { diagnosticCode: hostileText, reportingMta: hostileText, action: hostileText }),
      { ...clickEvent(sent), userAgent: hostileText, link: "javascript:alert(1)" } as ReturnType<typeof clickEvent>,
    ]);
    await using watched = await signedIn();
    const { page, problems, deeds } = watched;
    problems.length = 0;
    const texts = async (path: string, ready: string) => {
      await page.goto(path);
      await page.getByText(ready).first().waitFor();
      await page.getByText(hostileText).first().waitFor();
      expect(await page.locator("#hostile").count()).toBe(0);
    };
    await texts("/messages", "one for each recipient");
    await texts(`/messages/${sent.messageId}`, "Bounced for good");
    const facts = await page.getByRole("region", { name: "Facts" }).textContent();
    expect(facts?.split(hostileText).length).toBeGreaterThan(5);
    expect(await page.locator("a[href^='javascript']").count()).toBe(0);
    await texts(`/messages/${hostileId}?view=headers`, "X-Hostile");
    await page.getByRole("list", { name: "Attachments" }).getByText(attachment).waitFor();
    const text = encodeURIComponent(hostileText);
    await texts("/?range=24h&by=identity", "Who it went to");
    await texts("/?range=24h&by=configurationSet", "Who it went to");
    await texts(`/exports/new?recipient=${text}&subject=${text}&isp=${text}`, "Which messages");
    await texts(`/suppression?address=${text}`, "is not on the list");
    for (const [path, ready] of [
      [`/messages/${text}`, "There is no such message"],
      [`/contacts/${text}`, "The contact list could not be read"],
      [`/imports/new?list=${text}`, "Drop a file here"],
      [`/${text}`, "There is no such page"],
    ] as const) {
      await page.goto(path);
      await page.getByText(ready).waitFor();
      expect(await page.locator("#hostile").count()).toBe(0);
    }
    expect(deeds).toEqual([]);
    const refusals = /responded with a status of 40[04]/;
    expect(problems.filter((problem) => !refusals.test(problem))).toEqual([]);
  });
});
