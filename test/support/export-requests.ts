/** Requests for export jobs. */
import type { CreateExportJobRequest } from "@aws-sdk/client-sesv2";

const day = 24 * 3600 * 1000;

/** The first instant of the requests below. */
export const start = new Date("2026-09-01T00:00:00Z");
/** One day. */
export const messagesSource = { StartDate: start, EndDate: new Date(start.getTime() + day) };
/** One metric by ISP. */
export const metricsSource = {
  ...messagesSource,
  Dimensions: { ISP: ["*"] },
  Namespace: "VDM" as const,
  Metrics: [{ Name: "SEND" as const, Aggregation: "VOLUME" as const }],
};
/** Where SES puts every file. */
export const csv = { DataFormat: "CSV" as const };
/** A job for the messages of one day, with what is given. */
export const messagesJob = (changes: object = {}): CreateExportJobRequest => ({
  ExportDataSource: { MessageInsightsDataSource: { ...messagesSource, ...changes } },
  ExportDestination: csv,
});
/** A job for one metric of that day by ISP. */
export const metricsJob = (changes: object = {}): CreateExportJobRequest => ({
  ExportDataSource: { MetricsDataSource: { ...metricsSource, ...changes } },
  ExportDestination: csv,
});
