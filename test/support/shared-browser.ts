/** The Chromium that all test files of a run share; engines.setup.ts starts it. */
import { type Browser, chromium } from "playwright-core";
import { requireBuiltPages } from "./chromium.ts";
import { whereIs } from "./engines.ts";

/** Connects to it, and starts it if this is the run's first file to ask. Closing ends the connection and its pages. */
export async function connectBrowser(): Promise<Browser> {
  requireBuiltPages();
  return chromium.connect(await whereIs("chromium"));
}
