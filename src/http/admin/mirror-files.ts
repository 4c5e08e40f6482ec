/** The files of a source in S3: the progress of reading them, and those that can't be read. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { MirrorFailedFilePage, MirrorFileTotals } from "../../admin-api/mirror.ts";
import { bad } from "../../mirror/input-members.ts";
import { findSource } from "../../mirror/manage-sources.ts";
import type { MirrorSource } from "../../mirror/mirror-source.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { selectFailedMirrorFiles, selectMirrorFilesTotals } from "../../stores/postgres/mirror-files.ts";
import { QueryParameters } from "../query-parameters.ts";

const page = { standard: 50, most: 1_000 };

/** Adds `GET /admin/mirror/{id}/failed-files`. */
export function mountAdminMirrorFiles(admin: FastifyInstance, { database }: { database: Database }): void {
  admin.get(
    "/admin/mirror/:id/failed-files",
    async (request: FastifyRequest<{ Params: { id: string } }>, reply): Promise<MirrorFailedFilePage> => {
      const parameters = new QueryParameters(request.raw.url ?? "");
      const after = parameters.storedText("after") ?? "";
      const limit = parameters.integer("limit", 1, page.most) ?? page.standard;
      parameters.end();
      const source = await findSource({ database }, request.params.id);
      if (source.settings.kind !== "s3") throw bad("Only sources of the kind s3 read files.");
      reply.header("cache-control", "no-store");
      const failed = await selectFailedMirrorFiles(database, source.id, { after, limit });
      const next = failed.length === limit ? failed.at(-1)?.key : undefined;
      return {
        files: failed.map(({ key, size, error, retryAt }) => ({
          ...{ key, bytes: size, error },
          ...(retryAt && { retryAt: retryAt.toISOString() }),
        })),
        ...(next !== undefined && { next }),
      };
    },
  );
}

/** The progress of a source in S3; undefined for other kinds of sources. */
export async function fileTotalsOf(
  database: Database,
  { id, settings }: MirrorSource,
  now: Date,
): Promise<MirrorFileTotals | undefined> {
  if (settings.kind !== "s3") return undefined;
  const totals = await selectMirrorFilesTotals(database, id, now);
  if (!totals) return undefined;
  const { files, filesRead, filesFailed, startedAt, readAt, bytesPerSecond, ...counts } = totals;
  const bytesLeft = counts.bytes - counts.bytesRead;
  return {
    ...{ found: files, read: filesRead, failed: filesFailed },
    ...{ bytes: counts.bytes, bytesRead: counts.bytesRead, events: counts.events },
    ...(startedAt && { firstFoundAt: startedAt.toISOString() }),
    ...(readAt && { lastReadAt: readAt.toISOString() }),
    eventsPerSecond: Math.round(counts.eventsPerSecond),
    ...(bytesLeft > 0 && bytesPerSecond > 0 && { secondsLeft: Math.ceil(bytesLeft / bytesPerSecond) }),
  };
}
