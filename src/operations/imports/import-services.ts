import type { MayUseKey } from "../../accounts/shared-buckets.ts";
import type { UrlSigner } from "../../common/signed-url.ts";
import type { ImportBuckets } from "../../jobs/imports/file-source.ts";
import type { JobWorker } from "../../jobs/worker.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { ImportJobRow } from "../../stores/postgres/import-jobs.ts";

/** What the operations on import jobs depend on. */
export interface ImportOperationServices extends ImportBuckets {
  database: ScopedDatabase;
  objects: ObjectStore;
  mayUseKey: MayUseKey;
  worker: Pick<JobWorker, "wake">;
  downloads: UrlSigner;
  /** How long a download URL is valid, in seconds. */
  urlSeconds: number;
}

/** A job's destination in the wire format. */
export function destinationOf({ destination_type: type, action, contact_list: list }: ImportJobRow) {
  if (type === "SUPPRESSION_LIST") return { SuppressionListDestination: { SuppressionListImportAction: action } };
  return { ContactListDestination: { ContactListName: list ?? "", ContactListImportAction: action } };
}
