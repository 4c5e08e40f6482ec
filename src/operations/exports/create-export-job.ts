import { randomUUID } from "node:crypto";
import type { MessageInsightsDataSource, MetricsDataSource } from "@aws-sdk/client-sesv2";
import { concerning, refuse, type Violation, violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { parseFileTarget } from "../../jobs/exports/file-target.ts";
import { parseWildcard, WildcardError } from "../../jobs/exports/message-filters.ts";
import { insertExportJob } from "../../stores/postgres/export-jobs.ts";
import { checkDimensionValue } from "../metrics/dimension-values.ts";
import type { ExportServices } from "./export-services.ts";

/** SES's quota; SES's error counts open jobs per source. */
const openJobs = 20;
const day = 24 * 3600 * 1000;
const longestMetricsInterval = 60 * day;

/**
 * CreateExportJob. SES checks in this order: exactly one source; the destination; no S3Url from the caller; VDM is
 * enabled; then the rest.
 */
export function createExportJob(services: ExportServices): Handler<"CreateExportJob"> {
  return async (input, { now }) => {
    const { ExportDataSource: source, ExportDestination: destination } = input;
    const { MetricsDataSource: metrics, MessageInsightsDataSource: messages } = source ?? {};
    if (!source || (metrics === undefined) === (messages === undefined)) throw errors.oneDataSource();
    const found = violations("CreateExportJob", input).filter((one) => !isLifted(one, services.maxRows));
    // A violated pattern of S3Url is never reported, because SES refuses any S3Url as such.
    const ofDestination = concerning(found, "exportDestination").filter(({ path }) => !path.endsWith(".s3Url"));
    refuse(ofDestination);
    if (destination?.S3Url !== undefined) await checkDestination(destination.S3Url, services);
    if (!(await services.vdmEnabled())) throw errors.vdmDisabledForExports();
    refuse(found.filter(({ path }) => !path.endsWith(".s3Url")));
    const format = destination?.DataFormat;
    if (format === undefined) throw errors.internal();
    if (metrics) checkMetrics(metrics);
    if (messages) checkMessages(messages);

    const sourceType = metrics ? "METRICS_DATA" : "MESSAGE_INSIGHTS";
    const id = randomUUID();
    const job = { id, sourceType, format, dataSource: source, destination: destination?.S3Url, now } as const;
    const added = await insertExportJob(services.database, job, openJobs);
    if (!added) throw errors.tooManyExportJobs(sourceType);
    services.worker.wake();
    return { JobId: id };
  };
}

/** SES accepts no S3Url. Mailglass accepts those whose bucket is in the settings. */
async function checkDestination(
  s3Url: string,
  { buckets, mayUseKey }: Pick<ExportServices, "buckets" | "mayUseKey">,
): Promise<void> {
  if (buckets.length === 0) throw errors.customS3Url();
  const target = parseFileTarget(s3Url, "CSV");
  if (!target) throw errors.badDestination(s3Url);
  if (!buckets.includes(target.bucket)) throw errors.bucketNotAllowed(target.bucket);
  // What is to be downloaded is in the server's own bucket.
  if (target.bucket !== "download" && !(await mayUseKey(target.key))) throw errors.keyOfOtherAccount(s3Url);
}

/**
 * Whether this is a violation of SES's maximum for MaxResults that the setting lifts by allowing more rows or any
 * number.
 */
export function isLifted({ path, text }: Violation, maxRows: number): boolean {
  const lifted = maxRows === 0 || maxRows > 10_000;
  return lifted && path.endsWith(".maxResults") && text.includes("less than or equal to");
}

function checkDates({
  StartDate: start,
  EndDate: end,
}: Pick<MetricsDataSource, "StartDate" | "EndDate">): [number, number] {
  if (!start || !end || start >= end) throw errors.invalidDateRange();
  return [start.getTime(), end.getTime()];
}

function checkMetrics(source: MetricsDataSource): void {
  const [start, end] = checkDates(source);
  if (start % day !== 0 || end % day !== 0) throw errors.partialDays();
  if (end - start > longestMetricsInterval) throw errors.intervalTooLong();
  for (const [dimension, values] of Object.entries(source.Dimensions ?? {})) {
    for (const value of values) checkDimensionValue(dimension, value, true);
  }
  const unnamed = (source.Metrics ?? []).findIndex(({ Name: name }) => name === undefined);
  if (unnamed >= 0) {
    const path = `exportDataSource.metricsDataSource.metrics.${unnamed + 1}.member.name`;
    refuse([{ path, text: "Member must not be null" }]);
  }
}

/** Throws an error for invalid dates or patterns. */
export function checkMessages(source: MessageInsightsDataSource): void {
  checkDates(source);
  for (const [block, filters] of Object.entries({ include: source.Include, exclude: source.Exclude })) {
    const patterns: Record<string, readonly string[] | undefined> = {
      fromEmailAddress: filters?.FromEmailAddress,
      destination: filters?.Destination,
      subject: filters?.Subject,
    };
    for (const [member, values] of Object.entries(patterns)) {
      for (const value of values ?? []) checkWildcard(value, `${block}.${member}`);
    }
  }
}

function checkWildcard(pattern: string, member: string): void {
  try {
    parseWildcard(pattern);
  } catch (error) {
    if (error instanceof WildcardError) throw errors.misplacedWildcard(member);
    throw error;
  }
}
