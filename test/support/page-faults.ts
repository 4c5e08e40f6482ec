/** What is wrong with pages of the dashboard as they stand with data in them, for whom and on whatever screen they are read. */
import type { Browser, Page } from "playwright-core";
import { openPage, seriousFaults } from "./browser.ts";

const screens = [
  { width: 1280, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
] as const;

/** A page to look at, and what waits until it shows what it is to be looked at with. */
export type PageState = readonly [path: string, ready: (page: Page) => Promise<unknown>];

/** How long all that may take on a busy machine, in milliseconds. */
export const pageFaultsTimeout = 240_000;

/**
 * Opens each on a wide light screen and on a dark phone; resolves to a line for each fault: what axe finds serious,
 * what is wider than the screen, what went wrong in the console.
 */
export async function faultsOfPages(browser: Browser, server: string, ...pages: PageState[]): Promise<string[]> {
  const faults: string[] = [];
  for (const { width, colorScheme } of screens) {
    await using watched = await openPage(browser, server, { width, colorScheme });
    const { page, problems } = watched;
    for (const [path, ready] of pages) {
      problems.length = 0;
      await page.goto(path);
      await ready(page);
      const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
      const found = [
        ...(wide > width ? [`the page is ${wide} pixels wide`] : []),
        ...(await seriousFaults(page)),
        ...exceptMissing(problems),
      ];
      faults.push(...found.map((fault) => `${path} at ${width}, ${colorScheme}: ${fault}`));
    }
  }
  return faults;
}

/** Without what browsers say of each answer 404: a page asks whether something is there, and shows that it is not. */
export function exceptMissing(problems: readonly string[]): string[] {
  return problems.filter((problem) => !problem.includes("responded with a status of 404"));
}
