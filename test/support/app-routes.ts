/** The routes of an application. */
import type { FastifyInstance } from "fastify";

/** Each as `GET /admin/webhooks/{id}`; HEAD, which comes with GET, is left out. */
export function routesOf(app: FastifyInstance): string[] {
  const path: string[] = [];
  const routes: string[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split("\n")) {
    const [, indent = "", part = "", methods] = /^([│├└─\s]*)(\S+)(?: \((.+)\))?$/.exec(line) ?? [];
    if (part === "") continue;
    path.length = indent.length / 4 - 1;
    path.push(part);
    const url = path.join("").replaceAll(/:(\w+)/g, "{$1}");
    for (const method of methods?.split(", ") ?? []) if (method !== "HEAD") routes.push(`${method} ${url}`);
  }
  return routes;
}
