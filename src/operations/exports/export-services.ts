/** What the operations on export jobs work with. */

import type { UrlSigner } from "../../common/signed-url.ts";
import type { ExportWorker } from "../../jobs/exports/worker.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { Database } from "../../stores/postgres/database.ts";

/** The stores, the worker to wake, and the settings. */
export interface ExportServices {
  database: Database;
  objects: ObjectStore;
  worker: Pick<ExportWorker, "wake" | "cancelled">;
  downloads: UrlSigner;
  vdmEnabled: () => Promise<boolean>;
  /** How long a download URL works, in seconds. */
  urlSeconds: number;
  /** The buckets that S3Url may name. */
  buckets: readonly string[];
  /** The most rows of a message-insights export; 0 for no limit. */
  maxRows: number;
  clock: () => Date;
}
