/** docs/testing-api.md, held to the server: every path below /testing stands in its table, and no other. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { routesOf } from "./support/app-routes.ts";
import { startInProcess } from "./support/in-process-server.ts";

test("the table names all paths of the testing API, and no others", async () => {
  const page = await readFile(join(import.meta.dirname, "../docs/testing-api.md"), "utf8");
  const server = await startInProcess();
  const registered = routesOf(server.app).filter((route) => /^\w+ \/testing\//.test(route));
  await server.close();
  expect(registered).toContain("GET /testing/messages/wait");
  const told = page.matchAll(/^\| `(\w+ \/\S+)` \|/gm).map(([, route = ""]) => route);
  expect([...told].sort()).toEqual(registered.sort());
});
