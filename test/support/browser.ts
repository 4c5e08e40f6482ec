/**
 * Debian's Chromium, driven by Playwright, for tests of the dashboard as people use it. Where there is none the tests are
 * skipped; CI installs it and fails without.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const executablePath = "/usr/bin/chromium";

/** Whether there is a browser to test with: `describe.runIf(hasBrowser)`. */
export const hasBrowser = existsSync(executablePath);
if (!hasBrowser) {
  const missing = `there is no ${executablePath} (Debian's package chromium)`;
  if (process.env.CI) throw new Error(missing);
  console.warn(`Tests of the dashboard are skipped: ${missing}.`);
}

/** Where the build puts the pages. */
export const builtPages = join(import.meta.dirname, "../../dist/pages");

const quietly = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts it. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(join(builtPages, "index.html"))) {
    throw new Error("the dashboard is not built: run `npm run build:dashboard` first");
  }
  return chromium.launch({ executablePath, args: quietly });
}

/** A page, and what went wrong in it. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /**
   * Errors of scripts, what was written to the console as an error (requests that failed are), and what the
   * Content-Security-Policy kept from happening.
   */
  readonly problems: string[];
}

/** What a page may be opened with; the width in pixels: 1280 unless given, 390 for a phone. */
export interface PageOptions extends BrowserContextOptions {
  readonly width?: number;
  /** The origin of a server that may be asked, too. */
  readonly mayAsk?: string;
}

/** Runs in the page. The function is not there in frames whose own policy keeps scripts out. */
const tellViolations = `document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
  globalThis.tellViolation?.(["Content-Security-Policy:", violatedDirective, blockedURI, sample].join(" ")));`;

/** A page of a browser that knows nothing yet, in the time zone Europe/Berlin. Requests beyond this machine are refused. */
export async function openPage(browser: Browser, server: string, options: PageOptions = {}): Promise<WatchedPage> {
  const { width = 1280, mayAsk, ...rest } = options;
  const context = await browser.newContext({
    baseURL: server,
    viewport: { width, height: 844 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
    ...rest,
  });
  const problems: string[] = [];
  await context.route(
    (url) => url.protocol.startsWith("http") && url.origin !== new URL(server).origin && url.origin !== mayAsk,
    (route) => {
      problems.push(`a request to ${route.request().url()}`);
      return route.abort();
    },
  );
  await context.exposeFunction("tellViolation", (violation: string) => problems.push(violation));
  await context.addInitScript({ content: tellViolations });
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`${message.text()} (${message.location().url})`);
  });
  return {
    page,
    problems,
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** What axe finds that is serious or critical, a line each: rule, element, what to do. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // Where no script may run, axe waits for ever; what stands there is a stranger's mail besides.
  const { violations } = await new AxeBuilder({ page }).exclude('iframe[sandbox=""]').analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`));
}
