/**
 * Debian's Chromium: where it is and how the tests start it. The headless shell is the same engine without the rest of the
 * browser: a first page takes a third of the processor time, any other two thirds.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";

const executablePath = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find((path) => existsSync(path));

/** Whether it is installed. */
export const hasChromium = executablePath !== undefined;

/** Where the build puts the pages. */
export const builtPages = join(import.meta.dirname, "../../dist/pages");

/** What Playwright starts it with. Names other than this machine's own don't resolve in it. */
export const launchOptions = {
  executablePath,
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // A page that leaves for another site keeps its process, and none is started ahead of time.
    "--renderer-process-limit=1",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
  ],
};

/** Throws where the pages are not built. */
export function requireBuiltPages(): void {
  if (!existsSync(join(builtPages, "index.html"))) {
    throw new Error("the dashboard is not built: run `npm run build:dashboard` first");
  }
}
