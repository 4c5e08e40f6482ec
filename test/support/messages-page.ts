/** The page of messages as one reads it: rows, how many there are, and what happened to one. */
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { untilTrue } from "./until-true.ts";

/** For whatever a page comes to by itself; a busy machine takes its time. */
export const patience = { interval: 100 };

/** The same of a whole test, which is many such things. */
export const unhurried = { timeout: 300_000 };

/** The heading that a page begins with. */
export const heading = (page: Page, name: string): Locator =>
  page.getByRole("heading", { level: 1, name, exact: true });

/** The input of a label, which has a star where it must be filled in; the lists that some inputs open have the same. */
export const field = (page: Page, label: string): Locator =>
  page.locator("input, textarea").and(page.getByLabel(new RegExp(`^${label}( \\*)?$`)));

/** A row as the page has it now. */
export interface ShownRow {
  readonly index: number;
  readonly recipient: string;
  /** Where it leads: the message's id and its recipient. */
  readonly href: string;
}

const readRows = `[...document.querySelectorAll("tr[data-index]")].map((row) => ({
  index: Number(row.dataset.index),
  recipient: row.querySelector("a").textContent,
  href: row.querySelector("a").getAttribute("href"),
}))`;

/** The rows that are in the page: those that are seen, and some around them. */
export const shownRows = (page: Page): Promise<ShownRow[]> => page.evaluate<ShownRow[]>(readRows);

const rowsFillView = `(() => {
  const rows = [...document.querySelectorAll("tr[data-index]")].map((row) => row.getBoundingClientRect());
  const body = document.querySelector("tr[data-index]")?.parentElement.getBoundingClientRect();
  return body && rows[0].top <= Math.max(0, body.top) + 1 && rows.at(-1).bottom >= Math.min(innerHeight, body.bottom) - 1;
})()`;

/** Waits until the rows where the page has been scrolled to are made: the page does so a frame or two later. */
export async function rowsFillTheView(page: Page): Promise<void> {
  await untilTrue(page, rowsFillView);
}

/** Waits until the page shows just these recipients, newest first, and says how many they are. */
export async function showsRecipients(page: Page, recipients: readonly string[]): Promise<void> {
  await expect
    .poll(async () => (await shownRows(page)).map(({ recipient }) => recipient), patience)
    .toEqual(recipients);
  await showsCount(page, recipients.length);
}

/** Waits until the page says that so many were found. */
export async function showsCount(page: Page, count: number): Promise<void> {
  const words = `${new Intl.NumberFormat("en").format(count)} ${count === 1 ? "message" : "messages"}`;
  await page
    .getByRole("status")
    .filter({ hasText: `${words}, one for each recipient` })
    .waitFor();
}

/** Opens a message from its row. */
export async function openRow(page: Page, recipient: string): Promise<void> {
  await page.getByRole("rowheader").getByRole("link", { name: recipient, exact: true }).click();
  await page.waitForURL(/\/messages\/[^/]+\?/);
}
