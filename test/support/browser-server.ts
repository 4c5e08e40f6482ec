/**
 * Vitest's global setup: one Chromium for all test files of a run, started when a file first asks, gone when the run
 * ends. Test files run in processes of their own, so they ask over HTTP where it is.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { BrowserServer } from "playwright-core";
import type { TestProject } from "vitest/node";
import { launchOptions } from "./chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** What answers any request with the WebSocket endpoint of the browser. */
    browserServer: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let browser: Promise<BrowserServer> | undefined;
  const door = createServer((_request, response) => {
    // A kept connection could be closed at the very moment that the next request goes out.
    response.setHeader("connection", "close");
    browser ??= launch();
    browser.then(
      (started) => response.end(started.wsEndpoint()),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.stack : String(error)),
    );
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  const address = door.address();
  if (address === null || typeof address === "string") throw new Error("the browser's door has no port");
  project.provide("browserServer", `http://127.0.0.1:${address.port}`);
  return async () => {
    door.closeAllConnections();
    door.close();
    // One that did not start has told whoever asked.
    const started = await browser?.catch(() => undefined);
    await started?.close();
  };
}

async function launch(): Promise<BrowserServer> {
  // It takes half a second to load, which only a run with tests of pages should spend.
  const { chromium } = await import("playwright-core");
  return chromium.launchServer({ ...launchOptions, host: "127.0.0.1" });
}
