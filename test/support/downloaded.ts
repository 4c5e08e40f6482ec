/** What a page gives to be downloaded. */
import { text } from "node:stream/consumers";
import type { Page } from "playwright-core";

/** The name and the text of the file that comes of what is done. */
export async function downloaded(page: Page, act: () => Promise<unknown>): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: download.suggestedFilename(), text: await text(await download.createReadStream()) };
}
