/** The Chromium that all test files of a run share; see browser-server.ts. */
import { type Browser, chromium } from "playwright-core";
import { inject } from "vitest";
import { requireBuiltPages } from "./chromium.ts";

/** Connects to it, and starts it if this is the run's first file to ask. Closing ends the connection and its pages. */
export async function connectBrowser(): Promise<Browser> {
  requireBuiltPages();
  const answer = await fetch(inject("browserServer"));
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return chromium.connect(text);
}
