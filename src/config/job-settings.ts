/** Settings of export and import jobs. */
import { setting } from "./setting.ts";
import { bucketNames, wholeNumber } from "./values.ts";

export const jobSettings = {
  exportWorkers: setting(
    "MAILGLASS_EXPORT_WORKERS",
    "How many export jobs this process runs at a time. 0: it runs none.",
    "2",
    wholeNumber(0, 64),
  ),
  exportUrlSeconds: setting(
    "MAILGLASS_EXPORT_URL_SECONDS",
    "How many seconds a download URL from GetExportJob is valid. Each response has a new URL.",
    "3600",
    wholeNumber(1, 7 * 24 * 3600),
  ),
  exportBuckets: setting(
    "MAILGLASS_EXPORT_BUCKETS",
    "The buckets that ExportDestination.S3Url may name, separated by commas. The name `download` stands for a file to download. Unset: any S3Url is refused, as in SES.",
    "",
    bucketNames,
  ),
  exportMaxRows: setting(
    "MAILGLASS_EXPORT_MAX_ROWS",
    "The most rows in a message-insights export; if more match, the file has a random sample. 0: no limit, and a request without MaxResults gets all rows.",
    "10000",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
  importWorkers: setting(
    "MAILGLASS_IMPORT_WORKERS",
    "How many import jobs this process runs at a time. 0: it runs none.",
    "1",
    wholeNumber(0, 64),
  ),
  importBuckets: setting(
    "MAILGLASS_IMPORT_BUCKETS",
    "The buckets that ImportDataSource.S3Url may name, separated by commas. Unset: any bucket that the server can read, except Mailglass's own.",
    "",
    bucketNames,
  ),
  importMaxSuppressions: setting(
    "MAILGLASS_IMPORT_MAX_SUPPRESSIONS",
    "The most records in a file that adds to the suppression list. 0: no limit.",
    "100000",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
  importMaxSuppressionDeletes: setting(
    "MAILGLASS_IMPORT_MAX_SUPPRESSION_DELETES",
    "The most records in a file that removes from the suppression list. 0: no limit.",
    "10000",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
  importMaxContacts: setting(
    "MAILGLASS_IMPORT_MAX_CONTACTS",
    "The most records in a file of contacts. 0: no limit.",
    "1000000",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
  importMaxUnpackedBytes: setting(
    "MAILGLASS_IMPORT_MAX_UNPACKED_BYTES",
    "The most bytes of a file to import, counted after it is unpacked. A file with more changes nothing. 0: no limit.",
    "2147483648",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
  uploadMaxBytes: setting(
    "MAILGLASS_UPLOAD_MAX_BYTES",
    "The largest file that can be uploaded for an import, in bytes.",
    "1073741824",
    wholeNumber(1, Number.MAX_SAFE_INTEGER),
  ),
};
