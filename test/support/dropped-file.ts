/** A file that is dropped onto a page, as from a folder. */
import type { Locator } from "playwright-core";

/** Drops it there. */
export async function dropFile(onto: Locator, name: string, content: string): Promise<void> {
  const files = await onto.page().evaluateHandle(`(() => {
    const files = new DataTransfer();
    files.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)}));
    return files;
  })()`);
  await onto.dispatchEvent("drop", { dataTransfer: files });
}
