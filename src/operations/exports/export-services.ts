import type { MayUseKey } from "../../accounts/shared-buckets.ts";
import type { UrlSigner } from "../../common/signed-url.ts";
import type { ExportWorker } from "../../jobs/exports/worker.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";

/** What the operations on export jobs depend on. */
export interface ExportServices {
  database: ScopedDatabase;
  objects: ObjectStore;
  mayUseKey: MayUseKey;
  worker: Pick<ExportWorker, "wake" | "cancelled">;
  downloads: UrlSigner;
  vdmEnabled: () => Promise<boolean>;
  /** How long a download URL is valid, in seconds. */
  urlSeconds: number;
  /** The buckets that S3Url may name. */
  buckets: readonly string[];
  /** The maximum number of rows in a message-insights export; 0 for no limit. */
  maxRows: number;
  clock: () => Date;
}
