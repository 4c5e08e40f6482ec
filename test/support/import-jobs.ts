/** Import jobs through the API, and the files that they read. */
import { setTimeout as delay } from "node:timers/promises";
import {
  CreateImportJobCommand,
  GetImportJobCommand,
  type GetImportJobCommandOutput,
  type ImportDestination,
  type SESv2Client,
} from "@aws-sdk/client-sesv2";

export const suppressionPut: ImportDestination = { SuppressionListDestination: { SuppressionListImportAction: "PUT" } };
export const suppressionDelete: ImportDestination = {
  SuppressionListDestination: { SuppressionListImportAction: "DELETE" },
};

/** A destination in a contact list. */
export function contactsOf(list: string, action: "PUT" | "DELETE"): ImportDestination {
  return { ContactListDestination: { ContactListName: list, ContactListImportAction: action } };
}

/** Uploads a file as users do. */
export async function uploadFile(server: string, key: string, content: string | Uint8Array): Promise<string> {
  const asked = await fetch(`${server}/admin/uploads`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ bucket: "lists", key }),
  });
  const { url, s3Url }: { url: string; s3Url: string } = JSON.parse(await asked.text());
  const put = await fetch(url, { method: "PUT", body: Buffer.from(content) });
  if (!put.ok) throw new Error(`the upload was refused: ${await put.text()}`);
  return s3Url;
}

/** Creates a job; resolves to its id. */
export async function createImport(
  client: SESv2Client,
  s3Url: string,
  destination: ImportDestination,
  format: "CSV" | "JSON" = "CSV",
): Promise<string> {
  const created = await client.send(
    new CreateImportJobCommand({
      ImportDestination: destination,
      ImportDataSource: { S3Url: s3Url, DataFormat: format },
    }),
  );
  return created.JobId ?? "";
}

/** Waits until a job has ended. */
export async function endOfImport(client: SESv2Client, id: string): Promise<GetImportJobCommandOutput> {
  for (;;) {
    const job = await client.send(new GetImportJobCommand({ JobId: id }));
    if (job.JobStatus !== "CREATED" && job.JobStatus !== "PROCESSING") return job;
    await delay(10);
  }
}

/** The failed records of a job, as the file's text. */
export async function failedRecords(job: GetImportJobCommandOutput): Promise<string> {
  const answer = await fetch(job.FailureInfo?.FailedRecordsS3Url ?? "");
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}
