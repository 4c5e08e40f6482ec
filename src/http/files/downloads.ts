/** Downloads of job files, by the URLs that GetExportJob and GetImportJob return. */
import type { FastifyInstance } from "fastify";
import type { UrlSigner } from "../../common/signed-url.ts";
import { mediaTypeOf, parseFileTarget } from "../../jobs/exports/file-target.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { findExportJobOfUrl } from "../../stores/postgres/export-jobs.ts";
import { findFailedFile } from "../../stores/postgres/import-jobs.ts";
import { attachment, refuse, type SignedRequest, urlFault } from "./signed-file.ts";

export interface DownloadServices {
  database: Database;
  objects: ObjectStore;
  downloads: UrlSigner;
  importDownloads: UrlSigner;
  clock: () => Date;
}

type Route = { Params: SignedRequest["params"]; Querystring: SignedRequest["query"] };

/** Adds `GET /downloads/exports/{job}/{file}` and `GET /downloads/imports/{job}/{file}`, both `?expires=&signature=`. */
export function mountDownloads(app: FastifyInstance, services: DownloadServices): void {
  const { database, objects, downloads, importDownloads, clock } = services;

  app.get<Route>("/downloads/exports/:folder/:file", async (request, reply) => {
    const { folder: jobId, file: fileName } = request.params;
    const fault = urlFault(downloads, request, { kind: "download", source: "GetExportJob", now: clock() });
    if (fault !== undefined) return refuse(reply, 403, fault);
    const job = await findExportJobOfUrl(database, jobId);
    const info = job?.object_key && job.file_name === fileName ? await objects.info(job.object_key) : undefined;
    const file = info && (await objects.read(info.key));
    if (!job || !info || !file) return refuse(reply, 404, "The file of this export is no longer kept.");
    const target = parseFileTarget(job.destination ?? "", job.data_format) ?? { format: job.data_format, gzip: false };
    reply.headers({ ...attachment(fileName, mediaTypeOf(target.format, target.gzip)), "content-length": info.size });
    return reply.send(file);
  });

  app.get<Route>("/downloads/imports/:folder/:file", async (request, reply) => {
    const { folder: jobId, file: fileName } = request.params;
    const fault = urlFault(importDownloads, request, { kind: "download", source: "GetImportJob", now: clock() });
    if (fault !== undefined) return refuse(reply, 403, fault);
    const key = await findFailedFile(database, jobId);
    const file = key === undefined ? undefined : await objects.read(key);
    if (!file) return refuse(reply, 404, "The failed records of this import are no longer kept.");
    return reply.headers(attachment(fileName, "text/csv; charset=utf-8")).send(file);
  });
}
