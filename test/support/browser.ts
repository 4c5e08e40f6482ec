/**
 * Pages of the dashboard in Chromium, driven by Playwright, for tests of it as people use it. Where there is no Chromium
 * the tests are skipped.
 */
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { launchOptions, requireBuiltPages } from "./chromium.ts";
import { waitLimitMs } from "./wait-limit.ts";

/** Starts a browser of one's own; tests share one (shared-browser.ts). */
export async function openBrowser(): Promise<Browser> {
  requireBuiltPages();
  return chromium.launch(launchOptions);
}

/** A page, and what went wrong in it. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /**
   * Errors of scripts, what was written to the console as an error (requests that failed are), what the
   * Content-Security-Policy kept from happening, and requests to others than the server.
   */
  readonly problems: string[];
}

/** What a page may be opened with; the width in pixels: 1280 unless given, 390 for a phone. */
export interface PageOptions extends BrowserContextOptions {
  readonly width?: number;
  /** The origin of a server that may be asked, too. */
  readonly mayAsk?: string;
}

const usualWidth = 1280;
const height = 844;

/** Pages that nobody uses now, by browser and by what they were opened with. */
const idle = new WeakMap<Browser, Map<string, WatchedPage[]>>();

/**
 * A page of a browser that knows nothing yet, in the time zone Europe/Berlin. It may be one that was used before and has
 * forgotten all that it stored: a new one takes its time to load and compile the scripts. One that may ask another server
 * is new and is never used again. The browser finds no host beyond this machine.
 */
export async function openPage(browser: Browser, server: string, options: PageOptions = {}): Promise<WatchedPage> {
  if (options.mayAsk !== undefined) return openNewPage(browser, server, options);
  const key = JSON.stringify([server, options]);
  const pages = idle.get(browser) ?? new Map<string, WatchedPage[]>();
  idle.set(browser, pages);
  const watched = pages.get(key)?.pop() ?? (await openNewPage(browser, server, options));
  const { page, problems } = watched;
  problems.length = 0;
  return {
    page,
    problems,
    async [Symbol.asyncDispose]() {
      if (page.isClosed()) return;
      await forget(page);
      await page.setViewportSize({ width: options.width ?? usualWidth, height });
      await page.emulateMedia({ colorScheme: options.colorScheme ?? "light" });
      pages.set(key, [...(pages.get(key) ?? []), watched]);
    },
  };
}

/** Takes away what the page stored, and leaves it; its process and what it compiled stay. */
async function forget(page: Page): Promise<void> {
  // A page that is nobody's, as a sandboxed one, has no storage, and may not ask for it.
  await page.evaluate("try { localStorage.clear(); sessionStorage.clear() } catch {}");
  await page.goto("about:blank");
  await page.context().clearCookies();
}

async function openNewPage(browser: Browser, server: string, options: PageOptions): Promise<WatchedPage> {
  const { width = usualWidth, mayAsk, ...rest } = options;
  const context = await browser.newContext({
    baseURL: server,
    viewport: { width, height },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
    ...rest,
  });
  context.setDefaultTimeout(waitLimitMs);
  const problems: string[] = [];
  const { origin } = new URL(server);
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (!url.protocol.startsWith("http") || url.origin === origin || url.origin === mayAsk) return;
    problems.push(`a request to ${request.url()}`);
  });
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

/** Runs in the page. The function is not there in frames whose own policy keeps scripts out. */
const tellViolations = `document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
  globalThis.tellViolation?.(["Content-Security-Policy:", violatedDirective, blockedURI, sample].join(" ")));`;
