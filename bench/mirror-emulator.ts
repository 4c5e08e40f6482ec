/**
 * SQS and S3 for the mirror's benchmark, in a separate process: a bucket with the files of a folder, and two queues
 * with the same messages. Sends the endpoint and queue URLs to its parent, and exits with it.
 * Usage: fork with FOLDER MESSAGES.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { sendingRegion as region } from "../test/support/typical-ses-events.ts";
import { bucket, firstEvents, type MirrorEmulator } from "./mirror-events.ts";

const [folder = "", messages = ""] = process.argv.slice(2);
const server = await startFauxqs({ port: 0, logger: false });
const endpoint = `http://127.0.0.1:${server.port}`;
const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };
server.createBucket(bucket);
const s3 = new S3({ region, endpoint, credentials, forcePathStyle: true });
for (const name of await readdir(folder)) {
  await s3.putObject({ Bucket: bucket, Key: name, Body: await readFile(join(folder, name)) });
}
const sqs = new SQS({ region, endpoint, credentials, useQueueUrlAsEndpoint: false });
const queueUrls = ["ours", "bare"].map((name) => server.createQueue(name, { region }).queueUrl);
let Entries: { Id: string; MessageBody: string }[] = [];
for (const MessageBody of firstEvents(Number(messages))) {
  Entries.push({ Id: String(Entries.length), MessageBody });
  if (Entries.length === 10) await send();
}
if (Entries.length > 0) await send();
process.on("disconnect", () => process.exit());
const told: MirrorEmulator = { endpoint, queueUrls };
process.send?.(told);

async function send(): Promise<void> {
  for (const QueueUrl of queueUrls) await sqs.sendMessageBatch({ QueueUrl, Entries });
  Entries = [];
}
