/** What is wrong with pages of the dashboard as they stand with data in them, for whom and on whatever screen they are read. */
import type { Browser, Page } from "playwright-core";
import { seriousFaults } from "./axe.ts";
import { openPage } from "./browser.ts";
import { untilTrue } from "./until-true.ts";

/** What a page is looked at on. */
export interface Screen {
  /** In pixels. */
  readonly width: number;
  readonly colorScheme: "light" | "dark";
}

const screens: readonly [Screen, Screen] = [
  { width: 1280, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
];

/** A page to look at, and what waits until it shows what it is to be looked at with. */
export type PageState = readonly [path: string, ready: (page: Page) => Promise<unknown>];

/** How long all that may take on a busy machine, in milliseconds. */
export const pageFaultsTimeout = 240_000;

/**
 * Opens each and looks at it on a wide light screen and on a dark phone; resolves to a line for each fault: what axe finds
 * serious, what is wider than the screen, what went wrong in the console.
 */
export async function faultsOfPages(browser: Browser, server: string, ...pages: PageState[]): Promise<string[]> {
  const faults: string[] = [];
  await using watched = await openPage(browser, server);
  const { page, problems } = watched;
  for (const [path, ready] of pages) {
    problems.length = 0;
    await takeScreen(page, screens[0]);
    await visit(page, path);
    await ready(page);
    const found = [...(await faultsOnScreens(page, screens)), ...exceptMissing(problems)];
    faults.push(...found.map((fault) => `${path}: ${fault}`));
  }
  return faults;
}

/** The same of a page as it stands, without the console; it is left on the last of the screens. */
export async function faultsOnScreens(page: Page, screens: readonly Screen[]): Promise<string[]> {
  const faults: string[] = [];
  for (const screen of screens) {
    const { width, colorScheme } = screen;
    await takeScreen(page, screen);
    await settled(page, colorScheme);
    const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
    const found = [...(wide > width ? [`the page is ${wide} pixels wide`] : []), ...(await seriousFaults(page))];
    faults.push(...found.map((fault) => `at ${width}, ${colorScheme}: ${fault}`));
  }
  return faults;
}

async function takeScreen(page: Page, { width, colorScheme }: Screen): Promise<void> {
  await page.setViewportSize({ width, height: 844 });
  await page.emulateMedia({ colorScheme });
}

/** Goes to another page as a link would, so that scripts, axe among them, stay. A form that is open is closed. */
async function visit(page: Page, path: string): Promise<void> {
  const here = new URL(page.url());
  const to = new URL(path, here.origin === "null" ? "http://dashboard" : here);
  // With another search a page goes on showing, dimmed, what it showed before.
  if (here.origin === "null" || (here.pathname === to.pathname && here.search !== to.search)) {
    await page.goto(path);
    return;
  }
  const dialog = page.getByRole("dialog");
  if (await dialog.isVisible()) {
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  }
  if (here.pathname !== to.pathname) await page.evaluate(`history.pushState(null, "", ${JSON.stringify(path)})`);
}

/** Waits until a page has taken up its screen: in its colours, no transition under way, and unchanged from frame to frame. */
async function settled(page: Page, colorScheme: Screen["colorScheme"]): Promise<void> {
  await page.evaluate("globalThis.lastSeen = undefined");
  await untilTrue(
    page,
    `(() => {
      const root = document.documentElement;
      const moving = document.getAnimations().some(({ playState, effect }) =>
        playState === "running" && effect.getComputedTiming().endTime !== Infinity);
      const seen = [root.scrollWidth, root.scrollHeight, root.outerHTML].join();
      const same = globalThis.lastSeen === seen;
      globalThis.lastSeen = seen;
      return same && !moving && root.dataset.mantineColorScheme === "${colorScheme}";
    })()`,
  );
}

/** Without what browsers say of each answer 404: a page asks whether something is there, and shows that it is not. */
export function exceptMissing(problems: readonly string[]): string[] {
  return problems.filter((problem) => !problem.includes("responded with a status of 404"));
}
