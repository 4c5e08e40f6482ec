/** The frame of the dashboard in a browser: what loads, who gets in, and how one gets about without a mouse. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CreatedKey } from "../../src/access/access-keys.ts";
import { seriousFaults } from "../support/axe.ts";
import { openPage } from "../support/browser.ts";
import { browserCall } from "../support/browser-call.ts";
import { builtPages } from "../support/chromium.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { askForKeys, createKey } from "../support/keys-of.ts";
import { heading } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { faultsOnScreens } from "../support/page-faults.ts";
import { connectBrowser } from "../support/shared-browser.ts";

const pages = [
  "Overview",
  "Messages",
  "Queue",
  "Alerts",
  "Exports",
  "Imports",
  "Suppression list",
  "Contact lists",
  "Identities",
  "Templates",
  "Configuration sets",
  "Tenants",
  "Accounts",
  "Getting started",
] as const;

describe.skipIf(browserMissing())("the dashboard", () => {
  let browser: Browser;
  let server: InProcessServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([connectBrowser(), startDashboardServer()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it("shows a server that has sent nothing how to begin, and mail to the simulator as it arrives", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/");
    await heading(page, "Getting started").waitFor();
    expect(new URL(page.url()).pathname).toBe("/start");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("tab", { name: "Python" }).click();
    await page.getByText(`endpoint_url="${server.url}"`).waitFor();
    expect(new URL(page.url()).search).toBe("?language=python");

    await page.getByRole("button", { name: "Send three messages" }).click();
    const arrivals = page.getByRole("list", { name: "What became of the messages" }).getByRole("listitem");
    const arrival = (recipient: string) => arrivals.filter({ hasText: `${recipient}@simulator.amazonses.com` });
    await arrival("success").getByText("Delivered", { exact: true }).waitFor();
    await arrival("bounce").getByText("Bounced", { exact: true }).waitFor();
    await arrival("complaint").getByText("Complaint", { exact: true }).waitFor();
    await arrival("success").getByRole("link").click();
    await page.waitForURL(/\/messages\/[^/]+$/);
    expect(problems).toEqual([]);
  });

  it("has nothing serious for axe on wide screens and phones, light and dark, and fits them", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/start");
    await heading(page, "Getting started").waitFor();
    const screens = [1280, 390].flatMap((width) =>
      (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
    );
    expect(await faultsOnScreens(page, screens)).toEqual([]);
    await page.getByRole("button", { name: "Display and session" }).click();
    await page.getByRole("dialog", { name: "Display and session" }).waitFor();
    expect(await faultsOnScreens(page, screens)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("takes the keyboard to the content and to every page", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/start");
    await heading(page, "Getting started").waitFor();
    const focused = () => page.evaluate<string>("document.activeElement.textContent.trim()");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the content");
    const reached: string[] = [];
    for (let stop = 0; stop < 30; stop++) {
      await page.keyboard.press("Tab");
      reached.push(await focused());
    }
    expect(reached).toEqual(expect.arrayContaining([...pages]));

    for (const name of pages) {
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }).press("Enter");
      await heading(page, name).waitFor();
      expect(await page.title()).toBe(`${name} · Mailglass`);
    }
    expect(problems).toEqual([]);
  });

  it("has its menu behind a button on a phone", async () => {
    await using watched = await openPage(browser, server.url, { width: 390 });
    const { page, problems } = watched;
    await page.goto("/start");
    const link = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Messages" });
    await heading(page, "Getting started").waitFor();
    await expect.poll(() => link.isVisible()).toBe(false);
    await page.getByRole("button", { name: "Open the menu" }).press("Enter");
    await link.click();
    await heading(page, "Messages").waitFor();
    await link.waitFor({ state: "hidden" });
    expect(problems).toEqual([]);
  });

  it("remembers in this browser how it looks and which zone it shows", async () => {
    await using watched = await openPage(browser, server.url);
    const { page } = watched;
    await page.goto("/start");
    await page.getByRole("button", { name: "Display and session" }).click();
    await page.getByText("Shown in Europe/Berlin (GMT+", { exact: false }).waitFor();
    await page.getByText("Dark", { exact: true }).click();
    await page.getByText("UTC", { exact: true }).click();
    await page.getByText("Shown in UTC.").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Display and session" }).click();
    await page.getByText("Shown in UTC.").waitFor();
    await expect.poll(() => page.locator("html").getAttribute("data-mantine-color-scheme")).toBe("dark");
  });

  it("says so where there is no such page, and leaves the API its errors", async () => {
    await using watched = await openPage(browser, server.url);
    await watched.page.goto("/no/such/page");
    await watched.page.getByText("There is no such page").waitFor();
    const accept = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
    for (const path of [
      "/v2/email/no-such-operation",
      "/admin/no-such-thing",
      "/assets/none.js",
      "/assets/..%2findex.html",
    ]) {
      const answer = await browserCall(server.url, "GET", path, { headers: accept });
      expect(answer.status).toBe(404);
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    }
    expect((await browserCall(server.url, "POST", "/messages", { headers: accept })).status).toBe(404);
    expect((await browserCall(server.url, "GET", "/messages")).headers["x-amzn-errortype"]).toBe(
      "UnknownOperationException",
    );
    // The address alone is for people, by whatever they ask.
    expect((await browserCall(server.url, "GET", "/")).headers["content-type"]).toMatch(/^text\/html/);
  });

  it("lets its pages run nothing but its own scripts, in no frame", async () => {
    const ask = () => browserCall(server.url, "GET", "/messages?sender=a", { headers: { accept: "text/html" } });
    const [one, other] = await Promise.all([ask(), ask()]);
    const policy = String(one.headers["content-security-policy"]);
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w+/]{24}'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    );
    expect(policy).not.toBe(other.headers["content-security-policy"]);
    expect(one.headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    expect(one.body).toContain(`nonce="${nonce}"`);
    expect(one.body).not.toContain("NONCE");
  });

  it("sends its files compressed, to be kept for ever", async () => {
    const [script = ""] = await firstLoad();
    const of = (encoding: string) =>
      browserCall(server.url, "GET", `/${script}`, { headers: { "accept-encoding": encoding } });
    const answers = await Promise.all([of("gzip, deflate, br"), of("gzip, br;q=0"), of("identity")]);
    expect(answers.map(({ headers }) => headers["content-encoding"])).toEqual(["br", "gzip", undefined]);
    for (const { status, headers } of answers) {
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        "cache-control": "public, max-age=31536000, immutable",
        "content-type": "text/javascript; charset=utf-8",
        vary: "accept-encoding",
      });
    }
  });

  it("loads less than 300 KB of compressed script before it shows something", async () => {
    const sizes = await Promise.all(
      (await firstLoad()).map(async (file) => (await stat(join(builtPages, `${file}.gz`))).size),
    );
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(300_000);
  });
});

/** The scripts of the first page, with all that they need. */
async function firstLoad(): Promise<string[]> {
  const manifest: Record<string, { file: string; imports?: string[] }> = JSON.parse(
    await readFile(join(builtPages, ".vite/manifest.json"), "utf8"),
  );
  const files = new Set<string>();
  const add = (name: string) => {
    const chunk = manifest[name];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const one of chunk.imports ?? []) add(one);
  };
  add("index.html");
  add("src/pages/overview/index.tsx");
  return [...files];
}

describe.skipIf(browserMissing())("where one must sign in, the dashboard", () => {
  let browser: Browser;
  let server: InProcessServer;
  let key: CreatedKey;
  beforeAll(async () => {
    [browser, server] = await Promise.all([
      connectBrowser(),
      startDashboardServer({ environment: { MAILGLASS_AUTH: "required" } }),
    ]);
    key = await createKey(server, new Date(), { description: "browser" });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const signIn = async (page: Page, secret = key.secretAccessKey) => {
    await page.getByLabel("Access key ID").fill(key.accessKeyId);
    await page.getByLabel("Secret access key", { exact: true }).fill(secret);
    await page.keyboard.press("Enter");
  };

  it("asks for a key, says why one is refused, and goes on to where one wanted to go", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/start?language=go");
    await heading(page, "Sign in to Mailglass").waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(problems).toEqual([]);
    await signIn(page, "a wrong secret");
    await page.getByRole("alert").getByText("There is no active access key with this ID and this secret.").waitFor();
    problems.length = 0;
    await signIn(page);
    await heading(page, "Getting started").waitFor();
    expect(new URL(page.url()).search).toBe("?language=go");
    // What changes something goes with the session's token.
    await page.getByRole("button", { name: "Send three messages" }).click();
    await page.getByRole("list", { name: "What became of the messages" }).getByText("Bounced").waitFor();
    expect(await page.evaluate<string>("document.cookie")).toBe("");
    expect(problems).toEqual([]);

    await page.getByRole("button", { name: "Display and session" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await heading(page, "Sign in to Mailglass").waitFor();
    await page.goto("/messages");
    await heading(page, "Sign in to Mailglass").waitFor();
  });

  it("signs out when its key is deactivated", async () => {
    await using watched = await openPage(browser, server.url);
    const { page } = watched;
    await page.goto("/start");
    await signIn(page);
    await heading(page, "Getting started").waitFor();
    await askForKeys(server, new Date(), { method: "POST", path: `/${key.accessKeyId}/deactivate` });
    await page.getByRole("button", { name: "Send three messages" }).click();
    await heading(page, "Sign in to Mailglass").waitFor();
    await askForKeys(server, new Date(), { method: "POST", path: `/${key.accessKeyId}/activate` });
  });

  it("goes nowhere else after signing in, whatever the link says", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    for (const to of [
      "https://elsewhere.example/",
      "//elsewhere.example/",
      "/\\elsewhere.example/",
      "javascript:alert(1)",
    ]) {
      await page.goto(`/sign-in?to=${encodeURIComponent(to)}`);
      await signIn(page);
      await page.getByRole("navigation", { name: "Pages" }).waitFor();
      expect(new URL(page.url()).origin).toBe(server.url);
    }
    expect(problems).toEqual([]);
  });
});
