/** The admin API of imports: upload URLs, and canceling a job. See `docs/imports.md`. */
import type { FastifyInstance } from "fastify";
import type { UrlSigner } from "../../common/signed-url.ts";
import { type ImportBuckets, locationFault } from "../../jobs/imports/file-source.ts";
import { isJobId } from "../../jobs/job-id.ts";
import type { JobWorker } from "../../jobs/worker.ts";
import { type Database, inScope } from "../../stores/postgres/database.ts";
import { cancelImportJob, findImportJob } from "../../stores/postgres/import-jobs.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { refuse } from "../files/signed-file.ts";
import { uploadFolder } from "../files/upload-folder.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface AdminImportServices {
  database: Database;
  worker: Pick<JobWorker, "cancelled">;
  uploads: UrlSigner;
  /** Lifetime of an upload URL, in seconds. */
  urlSeconds: number;
  buckets: ImportBuckets;
  /** What the keys of a scope's uploads begin with. */
  uploadPrefix: (scope: Scope) => string;
  adminScope: RequestScopes["adminScope"];
  clock: () => Date;
}

/** Adds `POST /admin/uploads` and `POST /admin/import-jobs/{id}/cancel`. */
export function mountAdminImports(admin: FastifyInstance, services: AdminImportServices): void {
  const { worker, uploads, adminScope, clock } = services;
  admin.post("/admin/uploads", async (request, reply) => {
    const { bucket, key } = readPlace(request.body);
    if (bucket === undefined || key === undefined) {
      return refuse(reply, 400, "an upload takes a JSON object with the texts bucket and key");
    }
    const scope = await adminScope(request);
    // In S3 all accounts use the same buckets: what one uploads must not replace what another did.
    const own = services.uploadPrefix(scope) + key;
    const fault = locationFault({ bucket, key: own }, services.buckets);
    if (fault === "not a place for files") {
      return refuse(reply, 400, "no file can be put there: see docs/imports.md for the names of buckets and keys");
    }
    if (fault) return refuse(reply, 400, "imports may not read this bucket (MAILGLASS_IMPORT_BUCKETS)");
    const expires = new Date(clock().getTime() + services.urlSeconds * 1000);
    const folder = uploadFolder({ bucket, scope: scope.id });
    return { url: uploads.sign(folder, own, expires), s3Url: `s3://${bucket}/${own}`, expires };
  });

  admin.post<{ Params: { id: string } }>("/admin/import-jobs/:id/cancel", async (request, reply) => {
    const { id } = request.params;
    const database = inScope(services.database, (await adminScope(request)).id);
    const job = isJobId(id) ? await findImportJob(database, id) : undefined;
    if (!job) return refuse(reply, 404, "there is no import job with this id");
    if (await cancelImportJob(database, job.id, clock())) {
      worker.cancelled(job.id);
      return { status: "CANCELLED" };
    }
    const ended = await findImportJob(database, job.id);
    return refuse(reply, 409, `the import job has ended: it is ${ended?.status ?? job.status}`);
  });
}

function readPlace(body: unknown): { bucket?: string; key?: string } {
  if (typeof body !== "object" || body === null || !("bucket" in body) || !("key" in body)) return {};
  const { bucket, key } = body;
  return typeof bucket === "string" && typeof key === "string" ? { bucket, key } : {};
}
