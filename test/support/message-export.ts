/** Export jobs as a client sees them: created, awaited, and their files read. */
import { setTimeout as delay } from "node:timers/promises";
import {
  CreateExportJobCommand,
  GetExportJobCommand,
  type GetExportJobResponse,
  type SESv2Client,
} from "@aws-sdk/client-sesv2";

/** A row of a MESSAGE_INSIGHTS file, as far as these tests read it. */
export interface ExportedMessage {
  messageid: string;
  destination: string;
  subject: string;
  last_delivery_event: string;
}

/** Both ends inclusive. */
export interface Interval {
  start: Date;
  end: Date;
}

/** As many rows as SES allows in one file. */
export const mostRows = 10_000;

/** Creates a MESSAGE_INSIGHTS job for all messages of an interval; resolves to its id. */
export async function createMessageExport(
  client: SESv2Client,
  { start, end }: Interval,
  format: "CSV" | "JSON" = "JSON",
): Promise<string> {
  const { JobId: id } = await client.send(
    new CreateExportJobCommand({
      ExportDataSource: { MessageInsightsDataSource: { StartDate: start, EndDate: end, MaxResults: mostRows } },
      ExportDestination: { DataFormat: format },
    }),
  );
  if (id === undefined) throw new Error("CreateExportJob answered no JobId");
  return id;
}

/** Asks for a job until it has ended, however it ended. */
export async function endOfExport(client: SESv2Client, id: string): Promise<GetExportJobResponse> {
  for (;;) {
    const job = await client.send(new GetExportJobCommand({ JobId: id }));
    if (job.JobStatus !== "CREATED" && job.JobStatus !== "PROCESSING") return job;
    await delay(50);
  }
}

/** The text of a completed job's file; throws where it can't be downloaded. */
export async function downloadExport(job: GetExportJobResponse): Promise<string> {
  const url = job.ExportDestination?.S3Url;
  if (url === undefined) throw new Error(`the job ${job.JobId} is ${job.JobStatus} and has no file`);
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.text();
}
