/** Downloads and uploads by signed URLs. */
import type { FastifyInstance } from "fastify";
import { type DownloadServices, mountDownloads } from "./downloads.ts";
import { mountUploads, type UploadServices } from "./uploads.ts";

export interface FileServices extends DownloadServices, UploadServices {}

/** The plugin with all routes under `/downloads/` and `/uploads/`. */
export async function fileRoutes(app: FastifyInstance, services: FileServices): Promise<void> {
  mountDownloads(app, services);
  mountUploads(app, services);
}
