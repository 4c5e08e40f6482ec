/** Vitest's setup of each test file that may open stores or servers: what it leaves open fails it. */
import { afterAll } from "vitest";
import { closeEventDatabases } from "./event-databases.ts";
import { killLeakedServers } from "./server-process.ts";
import { takeLeakedStores } from "./store-pool.ts";

// Registered before the file's own hooks, so it runs after them.
afterAll(async () => {
  await closeEventDatabases();
  const leaks = [...takeLeakedStores(), ...killLeakedServers()];
  if (leaks.length > 0) throw new Error(`This file left behind:\n${leaks.join("\n")}`);
});
