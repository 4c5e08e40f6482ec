/** The admin API of imports: upload URLs, cancelling a job, and downloads of failed records. `docs/imports.md` tells. */
import type { FastifyInstance, FastifyReply } from "fastify";
import { isFileLocation } from "../jobs/imports/file-source.ts";
import type { UrlSigner } from "../jobs/signed-url.ts";
import type { JobWorker } from "../jobs/worker.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import type { Database } from "../stores/postgres/database.ts";
import { cancelImportJob, findImportJob } from "../stores/postgres/import-jobs.ts";

/** What it works with. */
export interface AdminImportServices {
  database: Database;
  /** Mailglass's own store. */
  objects: ObjectStore;
  importWorker: Pick<JobWorker, "cancelled">;
  importDownloads: UrlSigner;
  uploads: UrlSigner;
  /** How long an upload URL works, in seconds. */
  uploadUrlSeconds: number;
  /** The buckets that imports may read; none for any. */
  importBuckets: readonly string[];
  ownBucket: string | undefined;
  clock: () => Date;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Adds `POST /admin/uploads`, `POST /admin/import-jobs/{id}/cancel` and `GET /downloads/imports/{id}/{file}`. */
export function mountAdminImports(app: FastifyInstance, services: AdminImportServices): void {
  const { database, objects, importWorker, importDownloads, uploads, clock } = services;
  app.register(async (admin) => {
    admin.addContentTypeParser("application/json", { parseAs: "string" }, admin.getDefaultJsonParser("error", "error"));

    admin.post("/admin/uploads", async (request, reply) => {
      const { bucket, key } = readPlace(request.body);
      if (bucket === undefined || key === undefined) {
        return refuse(reply, 400, "an upload takes a JSON object with the texts bucket and key");
      }
      const allowed = services.importBuckets;
      if (!isFileLocation(bucket, key) || bucket === services.ownBucket) {
        return refuse(reply, 400, "no file can be put there: see docs/imports.md for the names of buckets and keys");
      }
      if (allowed.length > 0 && !allowed.includes(bucket)) {
        return refuse(reply, 400, "imports may not read this bucket (MAILGLASS_IMPORT_BUCKETS)");
      }
      const expires = new Date(clock().getTime() + services.uploadUrlSeconds * 1000);
      return { url: uploads.sign(bucket, key, expires), s3Url: `s3://${bucket}/${key}`, expires };
    });

    admin.post<{ Params: { id: string } }>("/admin/import-jobs/:id/cancel", async (request, reply) => {
      const { id } = request.params;
      const job = uuid.test(id) ? await findImportJob(database, id) : undefined;
      if (!job) return refuse(reply, 404, "there is no import job with this id");
      if (await cancelImportJob(database, job.id, clock())) {
        importWorker.cancelled(job.id);
        return { status: "CANCELLED" };
      }
      const ended = await findImportJob(database, job.id);
      return refuse(reply, 409, `the import job has ended: it is ${ended?.status ?? job.status}`);
    });
  });

  app.get<{ Params: { id: string; fileName: string }; Querystring: { expires?: string; signature?: string } }>(
    "/downloads/imports/:id/:fileName",
    async (request, reply) => {
      const { id, fileName } = request.params;
      const { expires = "", signature = "" } = request.query;
      if (!importDownloads.verify(id, fileName, expires, signature)) {
        return refuse(reply, 403, "This download URL is not as it was signed. Ask GetImportJob for one.");
      }
      if (Number(expires) * 1000 <= clock().getTime()) {
        return refuse(reply, 403, "This download URL has expired. Ask GetImportJob for another.");
      }
      const job = await findImportJob(database, id);
      const file = job?.failed_key ? await objects.read(job.failed_key) : undefined;
      if (!file) return refuse(reply, 404, "The failed records of this import are no longer kept.");
      reply.headers({
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${fileName}"`,
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
      });
      return reply.send(file);
    },
  );
}

function readPlace(body: unknown): { bucket?: string; key?: string } {
  if (typeof body !== "object" || body === null || !("bucket" in body) || !("key" in body)) return {};
  const { bucket, key } = body;
  return typeof bucket === "string" && typeof key === "string" ? { bucket, key } : {};
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).type("application/json").send({ message });
}
