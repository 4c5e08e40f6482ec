/** The admin API of archives. See `docs/archiving.md`. */
import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { integer, maxValue, minValue, number, pipe, regex, safeParse, strictObject, string } from "valibot";
import type { Archive, ArchiveList } from "../../admin-api/archives.ts";
import { archiveArn } from "../../operations/configuration-sets/archive-arn.ts";
import { deleteArchivedMail, hasArchivedMail } from "../../stores/postgres/archived-mail.ts";
import {
  deleteArchive,
  insertArchive,
  isArchiveUsed,
  type Archive as StoredArchive,
  selectArchive,
  selectArchives,
  updateArchiveRetention,
} from "../../stores/postgres/archives.ts";
import { type Database, inScope } from "../../stores/postgres/database.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface AdminArchiveServices {
  database: Database;
  adminScope: RequestScopes["adminScope"];
  clock: () => Date;
}

type ById = FastifyRequest<{ Params: { id: string } }>;

/** Of a scope. */
const maxArchives = 100;
/** A hundred years. */
const maxDays = 36_500;
const days = pipe(number(), integer(), minValue(1), maxValue(maxDays));
const newArchive = strictObject({
  name: pipe(string(), regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/)),
  retentionDays: days,
});
const changedArchive = strictObject({ retentionDays: days });
const daysText = `retentionDays, a whole number from 1 to ${maxDays}`;
const usedText = "Configuration sets refer to the archive: remove it from their ArchivingOptions first.";
const rowsPerDeletion = 10_000;

/** The answer if there is no such archive. */
export function refuseArchive(reply: FastifyReply): FastifyReply {
  return refuse(reply, 404, "There is no archive with this ID.");
}

export function shownArchive(scope: Scope, { id, name, retentionDays, createdAt }: StoredArchive): Archive {
  return { id, arn: archiveArn(scope, id), name, retentionDays, createdAt: createdAt.toISOString() };
}

/** Adds `GET /admin/archives` and `GET /admin/archives/{id}`. */
export function mountAdminArchives(admin: FastifyInstance, services: AdminArchiveServices): void {
  const scopeOf = scopeReader(services);
  const route = { exposeHeadRoute: false };

  admin.get("/admin/archives", route, async (request, reply): Promise<ArchiveList> => {
    const { scope, database } = await scopeOf(request);
    reply.header("cache-control", "no-store");
    return { archives: (await selectArchives(database)).map((archive) => shownArchive(scope, archive)) };
  });

  admin.get("/admin/archives/:id", route, async (request: ById, reply) => {
    const { scope, database } = await scopeOf(request);
    const archive = await selectArchive(database, request.params.id);
    if (!archive) return refuseArchive(reply);
    return reply.header("cache-control", "no-store").send(shownArchive(scope, archive));
  });
}

/** Adds `POST /admin/archives`, `PATCH` and `DELETE /admin/archives/{id}`: for operators, since archives take space. */
export function mountAdminArchiveChanges(admin: FastifyInstance, services: AdminArchiveServices): void {
  const scopeOf = scopeReader(services);

  admin.post("/admin/archives", async (request, reply) => {
    const { scope, database } = await scopeOf(request);
    const { success, output } = safeParse(newArchive, request.body, { abortEarly: true });
    if (!success) {
      const name = "name, up to 63 letters, digits, hyphens and underscores";
      return refuse(reply, 400, `An archive takes a JSON object: ${name}; ${daysText}.`);
    }
    const archive = {
      ...output,
      id: `a-${randomUUID().replaceAll("-", "").slice(0, 30)}`,
      createdAt: services.clock(),
    };
    const outcome = await insertArchive(database, archive, maxArchives);
    if (outcome === "exists") return refuse(reply, 409, "There is already an archive with this name.");
    if (outcome === "full") return refuse(reply, 409, `There are ${maxArchives} archives, the maximum.`);
    return reply.code(201).send(shownArchive(scope, archive));
  });

  admin.patch("/admin/archives/:id", async (request: ById, reply) => {
    const { scope, database } = await scopeOf(request);
    const { id } = request.params;
    const { success, output } = safeParse(changedArchive, request.body, { abortEarly: true });
    if (!success) return refuse(reply, 400, `A change of an archive takes a JSON object: ${daysText}.`);
    const changed = await updateArchiveRetention(database, id, output.retentionDays);
    return changed ? reply.send(shownArchive(scope, changed)) : refuseArchive(reply);
  });

  admin.delete("/admin/archives/:id", async (request: ById, reply) => {
    const parameters = new QueryParameters(request.raw.url ?? "");
    const withMail = parameters.choice("mail", ["delete"]) === "delete";
    parameters.end();
    const database = inScope(services.database, (await services.adminScope(request)).id);
    const { id } = request.params;
    if (!(await selectArchive(database, id))) return refuseArchive(reply);
    if (await isArchiveUsed(database, id)) return refuse(reply, 409, usedText);
    if (!withMail && (await hasArchivedMail(database, id))) {
      return refuse(reply, 409, "The archive has mail: add mail=delete to delete it, too.");
    }
    // A few at a time, so that no statement takes long.
    while ((await deleteArchivedMail(database, id, undefined, rowsPerDeletion)) === rowsPerDeletion);
    const outcome = await deleteArchive(database, id);
    if (outcome === "missing") return refuseArchive(reply);
    return outcome === "used" ? refuse(reply, 409, usedText) : reply.code(204).send();
  });
}

/** The scope of a request without further parameters. */
function scopeReader(services: AdminArchiveServices) {
  return async (request: FastifyRequest) => {
    new QueryParameters(request.raw.url ?? "").end();
    const scope = await services.adminScope(request);
    return { scope, database: inScope(services.database, scope.id) };
  };
}
