/** Errors about export and import jobs. */
import { badRequest, limitExceeded, notFound, ServiceError } from "./service-error.ts";

export const jobErrors = {
  // Export jobs
  oneDataSource: () => badRequest("One data source must be provided"),
  customS3Url: () => badRequest("Providing a custom S3 URL is not supported"),
  // For S3Urls that the settings do not allow; SES refuses all S3Urls.
  badDestination: (url: string) =>
    badRequest(
      `The S3 URL <${url}> must be s3://bucket/key, with letters, digits, '.', '_', '-' and '/' in the key; Parquet files are not compressed again.`,
    ),
  bucketNotAllowed: (bucket: string) =>
    badRequest(`The bucket <${bucket}> is not one that exports may go to (MAILGLASS_EXPORT_BUCKETS).`),
  invalidDateRange: () => badRequest("Invalid date range"),
  partialDays: () =>
    badRequest(
      "To get daily aggregated data you must not specify partial-day timestamps. Please make your interval go from midnight to midnight UTC.",
    ),
  intervalTooLong: () =>
    badRequest("Invalid interval, can request at most 60 days. Please partition your requested interval."),
  tooManyExportJobs: (source: string) =>
    new ServiceError(
      "LimitExceededException",
      `There are too many <${source}> export jobs running - either cancel one of the jobs or wait for it to complete before resubmitting.`,
    ),
  invalidJobId: () => badRequest("Invalid JobId"),
  exportJobEnded: (status: string) => badRequest(`Cannot cancel an export job that has a <${status}> status.`),
  exportPageSize: () => badRequest("PageSize must be between 1 and 100"),
  exportToken: () => badRequest("Failed to deserialize token. "),
  // SES's text is unknown.
  misplacedWildcard: (member: string) =>
    badRequest(`Invalid filter: in ${member} the wildcard '*' is allowed at the start and at the end only.`),

  // Import jobs: SES's texts for a missing list and for a token; the rest are ours
  importListNotFound: (name: string) => notFound(`ContactList <${name}> doesn't exist`),
  importToken: () => badRequest("Invalid Next Token"),
  oneImportDestination: () => badRequest("Exactly one import destination must be provided"),
  importSource: (url: string) =>
    badRequest(
      `The S3 URL <${url}> must be s3://bucket/key, with letters, digits, '.', '_', '-' and '/' in the key, and must not be a location that the server uses for its own files.`,
    ),
  importBucketNotAllowed: (bucket: string) =>
    badRequest(`Imports can't read from the bucket <${bucket}> (MAILGLASS_IMPORT_BUCKETS).`),
  keyOfOtherAccount: (url: string) =>
    badRequest(
      `The S3 URL <${url}> is not the account's: all accounts use the same buckets, and the keys of each begin with its ID and a slash.`,
    ),
  tooManyImportJobs: (limit: number) =>
    limitExceeded(`There are too many import jobs running (limit: ${limit}). Wait for one of them to complete.`),
  importJobNotFound: (id: string) => notFound(`Import job <${id}> doesn't exist`),
} as const;
