/** Waits for a condition of a page, looked at frame by frame. */
import type { Page } from "playwright-core";

/**
 * Resolves at the first frame at which a JavaScript expression is true. Playwright's `waitForFunction` evaluates text anew
 * at each frame, which the dashboard's Content-Security-Policy forbids from the second on.
 */
export async function untilTrue(page: Page, expression: string): Promise<void> {
  await page.evaluate(`new Promise((resolve, reject) => {
    const look = () => {
      try {
        if (${expression}) resolve();
        else requestAnimationFrame(look);
      } catch (error) {
        reject(error);
      }
    };
    look();
  })`);
}
