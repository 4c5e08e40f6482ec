/** The admin API of the real accounts' resources. See `docs/mirror.md`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { MirrorResourceDetails, MirrorResourcePage, MirrorResources } from "../../admin-api/mirror-resources.ts";
import { findSource } from "../../mirror/manage-sources.ts";
import { resourceKinds } from "../../mirror/pull-account/resource-kinds.ts";
import { resourceDetails, resourcePage, shownResources } from "../../mirror/pull-account/shown-resources.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { QueryError, QueryParameters } from "../query-parameters.ts";

const page = { standard: 50, most: 200 };

/** Adds `GET /admin/mirror/{id}/resources`: an overview, a page of a `kind`, or the one with a `name`. */
export function mountAdminMirrorResources(admin: FastifyInstance, { database }: { database: Database }): void {
  admin.get(
    "/admin/mirror/:id/resources",
    async (
      request: FastifyRequest<{ Params: { id: string } }>,
      reply,
    ): Promise<MirrorResources | MirrorResourcePage | MirrorResourceDetails> => {
      const parameters = new QueryParameters(request.raw.url ?? "");
      const kind = parameters.choice("kind", resourceKinds);
      const [name, after] = [parameters.storedText("name"), parameters.storedText("after")];
      const limit = parameters.integer("limit", 1, page.most);
      parameters.end();
      if (kind === undefined && (name ?? after ?? limit) !== undefined) {
        throw new QueryError("The parameters name, after and limit need kind.");
      }
      const source = await findSource({ database }, request.params.id);
      reply.header("cache-control", "no-store");
      if (kind === undefined) return shownResources(database, source);
      if (name !== undefined) return resourceDetails(database, { source: source.id, kind, name });
      return resourcePage(database, { source: source.id, kind }, { after: after ?? "", limit: limit ?? page.standard });
    },
  );
}
