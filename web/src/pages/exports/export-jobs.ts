/** What the pages know of export jobs. */
import { queryOptions } from "@tanstack/react-query";
import { type Answer, ses } from "../../api/ses.ts";
import type { Tone } from "../../components/status-badge.tsx";

export type ExportJob = Answer<"GetExportJob">;
export type JobStatus = NonNullable<ExportJob["JobStatus"]>;

export const statusWords: Readonly<Record<JobStatus, { word: string; tone: Tone }>> = {
  CREATED: { word: "Waiting", tone: "neutral" },
  PROCESSING: { word: "Running", tone: "busy" },
  COMPLETED: { word: "Completed", tone: "good" },
  FAILED: { word: "Failed", tone: "bad" },
  CANCELLED: { word: "Cancelled", tone: "warning" },
};

export const jobStatuses = ["CREATED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"] as const;

/** Whether a job may still change. */
export function isOpen(status: JobStatus | undefined): boolean {
  return status === "CREATED" || status === "PROCESSING";
}

/** How often an open job is looked at, in milliseconds. */
export const openJobMs = 1_000;

/** A job, read anew for as long as it runs. */
export function exportJobQuery(jobId: string) {
  return queryOptions({
    queryKey: ["export job", jobId],
    queryFn: ({ signal }) => ses("GetExportJob", { JobId: jobId }, signal),
    refetchInterval: ({ state }) => (isOpen(state.data?.JobStatus) || state.data === undefined ? openJobMs : false),
  });
}

/** Where a job's file is: at a URL, which is made anew for each download, or in a bucket of the caller's. */
export function isDownload(url: string | undefined): boolean {
  return url !== undefined && /^https?:/.test(url);
}
