/** Downloads lists as files through the admin API: SES only has imports of lists. See `docs/contacts.md`. */
import { addAbortSignal, Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { contactFile } from "../../jobs/list-files/contact-file.ts";
import type { ListFileFormat } from "../../jobs/list-files/list-file-format.ts";
import { suppressionFile } from "../../jobs/list-files/suppression-file.ts";
import { listNamePattern } from "../../recipients/contacts/contact-rules.ts";
import { selectContactList } from "../../stores/postgres/contact-lists.ts";
import { type Database, inScope } from "../../stores/postgres/database.ts";
import { refuse } from "../files/signed-file.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface AdminListServices {
  database: Database;
  adminScope: RequestScopes["adminScope"];
}

/** Adds `GET /admin/lists/suppression` and `GET /admin/lists/contacts/{name}`. */
export function mountAdminLists(admin: FastifyInstance, services: AdminListServices): void {
  const databaseOf = async (request: FastifyRequest) =>
    inScope(services.database, (await services.adminScope(request)).id);
  const stopping = new AbortController();
  admin.addHook("preClose", async () => stopping.abort(new Error("the server is stopping")));
  // A HEAD request would read the whole list without using it.
  const route = { exposeHeadRoute: false };

  admin.get<{ Querystring: Query }>("/admin/lists/suppression", route, async (request, reply) => {
    const { tenant = "", ...rest } = request.query;
    const format = readFormat(rest);
    // PostgreSQL text can't contain NUL.
    if (format === undefined || typeof tenant !== "string" || tenant.includes("\0"))
      return refuseQuery(reply, "tenant");
    return send(reply, suppressionFile(await databaseOf(request), { tenant, format }), "suppression", format);
  });

  admin.get<{ Querystring: Query; Params: { name: string } }>(
    "/admin/lists/contacts/:name",
    route,
    async (request, reply) => {
      const format = readFormat(request.query);
      if (format === undefined) return refuseQuery(reply);
      const { name } = request.params;
      const database = await databaseOf(request);
      const list = listNamePattern.test(name) ? await selectContactList(database, name) : undefined;
      if (!list) return refuse(reply, 404, "There is no contact list of this name.");
      return send(reply, contactFile(database, list, format), `contacts-${name}`, format);
    },
  );

  function send(reply: FastifyReply, pieces: AsyncGenerator<string>, name: string, format: ListFileFormat) {
    // If the client disconnects, the stream closes and reading stops. If reading fails, the response is aborted.
    const file = addAbortSignal(stopping.signal, Readable.from(pieces, { objectMode: false }));
    reply.headers({
      "content-type": format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson",
      "content-disposition": `attachment; filename="${name}.${format === "csv" ? "csv" : "ndjson"}"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    });
    return reply.send(file);
  }
}

type Query = Readonly<Record<string, unknown>>;

/** The requested format, CSV by default; undefined if it or another query parameter is unknown. */
function readFormat({ format = "csv", account: _, region: __, ...others }: Query): ListFileFormat | undefined {
  if (Object.keys(others).length > 0) return undefined;
  return format === "csv" || format === "json" ? format : undefined;
}

function refuseQuery(reply: FastifyReply, ...more: string[]): FastifyReply {
  const allowed = ["format=csv or format=json", ...more.map((name) => `${name}, once`)].join("; ");
  return refuse(reply, 400, `The query may have ${allowed}.`);
}
