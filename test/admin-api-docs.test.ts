/** docs/admin-api.md, held to the server: every path below /admin and /session stands in its table, and no other. */
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { routesOf } from "./support/app-routes.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

const page = await readFile(join(import.meta.dirname, "../docs/admin-api.md"), "utf8");

let server: InProcessServer;
beforeAll(async () => {
  server = await startInProcess();
});
afterAll(() => server.close());

test("the table names all paths of the admin API and of sessions, and no others", () => {
  const routes = routesOf(server.app);
  const registered = routes.filter((route) => /^\w+ \/(admin\/|session)/.test(route));
  expect(registered).toContain("GET /admin/messages/{messageId}/content");
  expect(registered).toContain("DELETE /session");
  const told = page.matchAll(/^\| `(\w+ \/\S+)` \|/gm).map(([, route = ""]) => route);
  expect([...told].sort()).toEqual(registered.sort());
});

test("all paths that the page speaks of are in its table", () => {
  const [, ...table] = /((?:^\| `.*\n)+)/m.exec(page) ?? [];
  const paths = [...page.matchAll(/`(?:[A-Z]+ )?(\/(?:admin|session)[\w\-/{}]*)`/g)].map(([, path = ""]) => path);
  expect(paths.length).toBeGreaterThan(20);
  for (const path of new Set(paths)) expect(table.join("")).toContain(path);
});

test("what it points to is there", async () => {
  const targets = [...page.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) => target);
  expect(targets).toContain("dashboard.md");
  for (const target of new Set(targets)) await access(join(import.meta.dirname, "../docs", target));
});
