/**
 * Takes the screenshots of the dashboard in docs/screenshots: `npm run screenshots`. Name pages to take only those;
 * `--to=` sets another folder, and `--whole` takes full pages instead of the visible part.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser } from "playwright-core";
import { openBrowser, openPage } from "../test/support/browser.ts";
import { startServer } from "../test/support/server-process.ts";
import { type View, viewsOf } from "./screenshots/views.ts";
import { startWorld } from "./screenshots/world.ts";

const { values: options, positionals: names } = parseArgs({
  options: { to: { type: "string" }, whole: { type: "boolean" } },
  allowPositionals: true,
});
const folder = options.to ?? join(import.meta.dirname, "../docs/screenshots");

await mkdir(folder, { recursive: true });
const browser = await openBrowser();
try {
  await using world = await startWorld();
  for (const view of viewsOf(world)) await takeAll(browser, world.url, view);
  await using locked = await startServer({ environment: { MAILGLASS_AUTH: "required" } });
  await takeAll(browser, locked.url, { name: "sign-in", path: "/", heading: "Sign in to Mailglass", dark: true });
} finally {
  await browser.close();
}

async function takeAll(browser: Browser, server: string, view: View): Promise<void> {
  if (names.length > 0 && !names.includes(view.name)) return;
  for (const colorScheme of view.dark ? (["light", "dark"] as const) : (["light"] as const)) {
    for (const width of view.widths ?? [1280, 390]) {
      await using watched = await openPage(browser, server, { width, colorScheme, deviceScaleFactor: 1 });
      const { page, problems } = watched;
      await page.goto(view.path);
      await page.getByRole("heading", { level: 1, name: view.heading, exact: true }).waitFor();
      await view.act?.(page, width);
      await page.locator(".mantine-Skeleton-root").first().waitFor({ state: "detached" });
      // Charts and frames need time to render.
      await page.waitForTimeout(1_000);
      const path = join(folder, `${view.name}-${width}${colorScheme === "dark" ? "-dark" : ""}.webp`);
      await page.screenshot({ path, type: "webp", quality: 80, fullPage: options.whole ?? false });
      console.log(path, ...problems);
    }
  }
}
