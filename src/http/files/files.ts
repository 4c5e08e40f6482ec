/** Files that come and go by signed URLs. */
import type { FastifyInstance } from "fastify";
import { type DownloadServices, mountDownloads } from "./downloads.ts";
import { mountUploads, type UploadServices } from "./uploads.ts";

/** What they are read from and put to. */
export interface FileServices extends DownloadServices, UploadServices {}

/** Adds everything under `/downloads/` and `/uploads/`, as a plugin of its own. */
export async function fileRoutes(app: FastifyInstance, services: FileServices): Promise<void> {
  mountDownloads(app, services);
  mountUploads(app, services);
}
