/** Imports from an S3 server, put there by an ordinary S3 client or through the server; and how many jobs may be open. */
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSuppressedDestinationCommand, type SESv2Client } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createImport, endOfImport, failedRecords, suppressionPut, uploadFile } from "./support/import-jobs.ts";
import { startInProcess } from "./support/in-process-server.ts";
import { type S3Server, startS3Server } from "./support/s3-server.ts";
import { type ServerProcess, startServer } from "./support/server-process.ts";

describe("with S3 as the object store", () => {
  let s3: S3Server;
  let storage: S3Client;
  let server: ServerProcess;
  let client: SESv2Client;

  beforeAll(async () => {
    s3 = await startS3Server();
    const { bucket, endpoint = "", region, credentials } = s3.options;
    storage = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    await storage.send(new CreateBucketCommand({ Bucket: "lists" }));
    server = await startServer({
      environment: {
        MAILGLASS_S3_BUCKET: bucket,
        MAILGLASS_S3_ENDPOINT: endpoint,
        AWS_ACCESS_KEY_ID: credentials?.accessKeyId ?? "",
        AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? "",
      },
    });
    client = server.client();
  });
  afterAll(async () => {
    await server.stop();
    storage.destroy();
    await s3.close();
  });

  const reasonOf = async (address: string) => {
    const found = await client.send(new GetSuppressedDestinationCommand({ EmailAddress: address }));
    return found.SuppressedDestination?.Reason;
  };

  it("imports what an S3 client put there, and keeps failed records behind a URL of S3", async () => {
    const body = "ada@example.com,BOUNCE\nnobody,BOUNCE\nbob@example.com,COMPLAINT\n";
    await storage.send(new PutObjectCommand({ Bucket: "lists", Key: "by/client.csv", Body: body }));
    const job = await endOfImport(client, await createImport(client, "s3://lists/by/client.csv", suppressionPut));
    expect(job).toMatchObject({ JobStatus: "COMPLETED", ProcessedRecordsCount: 3, FailedRecordsCount: 1 });
    expect(job.FailureInfo?.FailedRecordsS3Url).toContain(s3.options.endpoint);
    expect(await failedRecords(job)).toBe(
      'line,reason,record\r\n2,"The email address is not valid.","nobody,BOUNCE"\r\n',
    );
    expect([await reasonOf("ada@example.com"), await reasonOf("bob@example.com")]).toEqual(["BOUNCE", "COMPLAINT"]);
  });

  it("takes uploads into the bucket that they name", async () => {
    const s3Url = await uploadFile(server.url, "by/upload.csv", "cy@example.com,BOUNCE\n");
    expect(s3Url).toBe("s3://lists/by/upload.csv");
    const job = await endOfImport(client, await createImport(client, s3Url, suppressionPut));
    expect(job).toMatchObject({ JobStatus: "COMPLETED", ProcessedRecordsCount: 1, FailedRecordsCount: 0 });
    expect(await reasonOf("cy@example.com")).toBe("BOUNCE");
  });

  it.each(["s3://lists/nothing.csv", "s3://no-such-bucket/a.csv"])("fails where %s can't be read", async (url) => {
    const job = await endOfImport(client, await createImport(client, url, suppressionPut));
    expect(job).toMatchObject({ JobStatus: "FAILED", ProcessedRecordsCount: 0 });
    expect(job.FailureInfo?.ErrorMessage).toMatch(/Put it there|Check that it exists/);
  });

  it("refuses the bucket that holds the server's own files", async () => {
    const own = createImport(client, `s3://${s3.options.bucket}/a.csv`, suppressionPut);
    await expect(own).rejects.toMatchObject({ name: "BadRequestException" });
  });
});

it("refuses a job beyond 20 that are open", async () => {
  const server = await startInProcess({ environment: { MAILGLASS_IMPORT_WORKERS: "0" } });
  try {
    const create = () => createImport(server.client, "s3://lists/a.csv", suppressionPut);
    const created = await Promise.allSettled(Array.from({ length: 25 }, create));
    expect(created.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
    await expect(create()).rejects.toMatchObject({ name: "LimitExceededException" });
    const [open] = created.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const cancelled = await fetch(`${server.url}/admin/import-jobs/${open}/cancel`, { method: "POST" });
    expect(await cancelled.json()).toEqual({ status: "CANCELLED" });
    await expect(create()).resolves.toMatch(/^[0-9a-f-]{36}$/);
  } finally {
    await server.close();
  }
});
