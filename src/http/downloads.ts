/** Downloads of export files, by the URLs that GetExportJob answers. */
import type { FastifyInstance, FastifyReply } from "fastify";
import { mediaTypeOf, parseFileTarget } from "../jobs/exports/file-target.ts";
import type { UrlSigner } from "../jobs/signed-url.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import type { Database } from "../stores/postgres/database.ts";
import { findExportJob } from "../stores/postgres/export-jobs.ts";

/** What downloads are answered from. */
export interface DownloadServices {
  database: Database;
  objects: ObjectStore;
  downloads: UrlSigner;
  clock: () => Date;
}

/** Adds `GET /downloads/exports/{job}/{file}?expires=&signature=`. */
export function mountDownloads(app: FastifyInstance, { database, objects, downloads, clock }: DownloadServices): void {
  app.get<{
    Params: { jobId: string; fileName: string };
    Querystring: { expires?: string; signature?: string };
  }>("/downloads/exports/:jobId/:fileName", async (request, reply) => {
    const { jobId, fileName } = request.params;
    const { expires = "", signature = "" } = request.query;
    if (!downloads.verify(jobId, fileName, expires, signature)) {
      return refuse(reply, 403, "This download URL is not as it was signed. Ask GetExportJob for one.");
    }
    if (Number(expires) * 1000 <= clock().getTime()) {
      return refuse(reply, 403, "This download URL has expired. Ask GetExportJob for another.");
    }
    const job = await findExportJob(database, jobId);
    const info = job?.object_key && job.file_name === fileName ? await objects.info(job.object_key) : undefined;
    const file = info && (await objects.read(info.key));
    if (!job || !info || !file) return refuse(reply, 404, "The file of this export is no longer kept.");
    const target = parseFileTarget(job.destination ?? "", job.data_format) ?? { format: job.data_format, gzip: false };
    reply.headers({
      "content-type": mediaTypeOf(target.format, target.gzip),
      "content-length": info.size,
      "content-disposition": `attachment; filename="${fileName}"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    });
    return reply.send(file);
  });
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).type("application/json").send({ message });
}
