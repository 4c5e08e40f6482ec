/** What the pages know of import jobs. */
import { queryOptions } from "@tanstack/react-query";
import { type Answer, ses } from "../../api/ses.ts";
import type { Tone } from "../../components/status-badge.tsx";

export type ImportJobSummary = NonNullable<Answer<"ListImportJobs">["ImportJobs"]>[number];
export type JobStatus = NonNullable<ImportJobSummary["JobStatus"]>;

/** Mailglass can cancel them; the SDK's type, which has no such status, is SES's. */
export const statusWords: Readonly<Record<string, { word: string; tone: Tone }>> = {
  CREATED: { word: "Waiting", tone: "neutral" },
  PROCESSING: { word: "Running", tone: "busy" },
  COMPLETED: { word: "Completed", tone: "good" },
  FAILED: { word: "Failed", tone: "bad" },
  CANCELLED: { word: "Cancelled", tone: "warning" },
};

/** Whether a job may still change. */
export function isOpen(status: string | undefined): boolean {
  return status === "CREATED" || status === "PROCESSING";
}

/** How often open jobs are looked at, and how often one looks whether there are new ones, in milliseconds. */
const openMs = 1_000;
const idleMs = 5_000;
const mostPages = 20;

/** All jobs, newest first: SES lists them oldest first, so all pages are read (2,000 jobs at most). */
export const importJobsQuery = queryOptions({
  queryKey: ["import jobs"],
  queryFn: async ({ signal }) => {
    const jobs: ImportJobSummary[] = [];
    let token: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const { ImportJobs = [], NextToken } = await ses("ListImportJobs", { NextToken: token }, signal);
      jobs.push(...ImportJobs);
      token = NextToken;
      if (token === undefined) break;
    }
    return jobs.reverse();
  },
  refetchInterval: ({ state }) => (state.data?.some(({ JobStatus }) => isOpen(JobStatus)) ? openMs : idleMs),
});

/** A job that has ended: where its failed records are, and why it failed. */
export function endedJobQuery(jobId: string) {
  return queryOptions({
    queryKey: ["import job", jobId],
    queryFn: ({ signal }) => ses("GetImportJob", { JobId: jobId }, signal),
    staleTime: 60_000,
  });
}
