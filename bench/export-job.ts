/** Runs an export job through the API, like a client. */

import { setTimeout as delay } from "node:timers/promises";
import {
  CreateExportJobCommand,
  type ExportDataSource,
  GetExportJobCommand,
  type SESv2Client,
} from "@aws-sdk/client-sesv2";

/** The seconds from creation to completion, by the job's own timestamps; its rows, and its file. */
export async function timeExport(
  client: SESv2Client,
  source: ExportDataSource,
  format: "CSV" | "JSON",
): Promise<{ seconds: number; rows: number; url: string }> {
  const { JobId } = await client.send(
    new CreateExportJobCommand({ ExportDataSource: source, ExportDestination: { DataFormat: format } }),
  );
  for (;;) {
    const job = await client.send(new GetExportJobCommand({ JobId }));
    if (job.JobStatus === "COMPLETED") {
      const { CreatedTimestamp: created, CompletedTimestamp: completed } = job;
      const seconds = ((completed?.getTime() ?? Number.NaN) - (created?.getTime() ?? 0)) / 1000;
      const rows = job.Statistics?.ExportedRecordsCount ?? 0;
      return { seconds, rows, url: job.ExportDestination?.S3Url ?? "" };
    }
    if (job.JobStatus !== "CREATED" && job.JobStatus !== "PROCESSING") {
      throw new Error(`the export is ${job.JobStatus}: ${job.FailureInfo?.ErrorMessage}`);
    }
    await delay(20);
  }
}

/** The rows of an export, all in memory. */
export async function exportJson<Row>(client: SESv2Client, source: ExportDataSource): Promise<Row[]> {
  const { url } = await timeExport(client, source, "JSON");
  const rows: Row[] = JSON.parse(await (await fetch(url)).text());
  return rows;
}
