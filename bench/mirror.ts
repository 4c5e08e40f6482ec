/**
 * The mirror's S3 and SQS intakes: events per second from gzip files in S3 and from SQS, of an emulator in another
 * process. The reference is chDB, which reads the same files from a folder with its own JSON reader into the same
 * table. SQS is also compared with a bare loop that receives and deletes the same messages, and the peak memory with
 * all files with that of a quarter of them.
 */
import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { SQS } from "@aws-sdk/client-sqs";
import { encodeSourceSettings, type SourceSettings } from "../src/mirror/source-settings.ts";
import { awsEnvironment } from "../test/support/aws-environment.ts";
import { removeFolder, temporaryFolder } from "../test/support/server-process.ts";
import { sendingRegion as region } from "../test/support/typical-ses-events.ts";
import { type Figure, figureOf } from "./figure.ts";
import { bucket, type MirrorEmulator, type MirrorRun, writeFiles } from "./mirror-events.ts";

export const name = "mirror";
export const description = "Mirrored events per second from files in S3 and from SQS, beside chDB's JSON reader.";
export const defaultCount = 1_000_000;

/** Limited because the emulator's queue is in memory, and is filled 10 messages per call. */
const mostMessages = 50_000;
/** The mirror's maximum. */
const receivers = 8;
const s3: SourceSettings = { kind: "s3", bucket, prefix: "", region, follow: false };
const execute = promisify(execFile);

/** Throws if events are missing. */
export async function* run(count: number): AsyncGenerator<Figure> {
  const folder = await temporaryFolder();
  const [all, part] = [join(folder, "all"), join(folder, "part")];
  const quarter = Math.ceil(count / 4);
  const messages = Math.min(count, mostMessages);
  try {
    await writeFiles(all, count);
    await writeFiles(part, quarter);
    const bareRun = await bareMirror(join(folder, "bare"), all, count);
    const reference = count / bareRun.seconds;
    const small = await withEmulator(part, 0, ({ endpoint }) =>
      mirror(join(folder, "small"), endpoint, { settings: s3, events: quarter }),
    );
    yield* await withEmulator(all, messages, async ({ endpoint, queueUrls: [ours = "", bare = ""] }) => {
      const files = await mirror(join(folder, "files"), endpoint, { settings: s3, events: count });
      const settings: SourceSettings = { kind: "sqs", queueUrl: ours, region, topicArns: [] };
      const queue = await mirror(join(folder, "queue"), endpoint, { settings, events: messages });
      const loop = messages / (await receiveSeconds(endpoint, bare, messages));
      return [
        figure(`${count} events from gzip files in S3, beside chDB`, files.rate, reference, "events/s"),
        figure(
          `processor time of ${count} events in S3, beside chDB`,
          files.processorSeconds,
          bareRun.processorSeconds,
          "s",
        ),
        figure(`peak memory with ${count} events, beside ${quarter}`, files.megabytes, small.megabytes, "MB"),
        figure(`${messages} events from SQS, beside chDB reading files`, queue.rate, reference, "events/s"),
        figure(`${messages} events from SQS, beside receive and delete`, queue.rate, loop, "events/s"),
      ];
    });
  } finally {
    await removeFolder(folder);
  }
}

function figure(what: string, ours: number, reference: number, unit: string): Figure {
  return figureOf({ bench: name, figure: what, ours, reference, unit });
}

/** Runs `work` with an emulator that has the files of a folder, and a number of messages in each of its queues. */
async function withEmulator<Result>(
  files: string,
  messages: number,
  work: (emulator: MirrorEmulator) => Promise<Result>,
): Promise<Result> {
  const child = fork(join(import.meta.dirname, "mirror-emulator.ts"), [files, String(messages)]);
  const ended = once(child, "exit");
  try {
    const [told]: MirrorEmulator[] = await Promise.race([
      once(child, "message"),
      ended.then(([code]) => Promise.reject(new Error(`the emulator ended with ${code}`))),
    ]);
    if (!told) throw new Error("the emulator told nothing");
    return await work(told);
  } finally {
    if (child.connected) child.disconnect();
    await ended;
  }
}

/** Reads a number of events from a source into new stores. */
async function mirror(
  dataDir: string,
  endpoint: string,
  { settings, events }: { settings: SourceSettings; events: number },
): Promise<MirrorRun & { rate: number }> {
  await mkdir(dataDir);
  const script = join(import.meta.dirname, "mirror-run.ts");
  const { stdout } = await execute(
    process.execPath,
    [script, dataDir, String(events), encodeSourceSettings(settings)],
    {
      env: { ...process.env, ...awsEnvironment(endpoint) },
    },
  );
  const told: MirrorRun = JSON.parse(stdout);
  return { ...told, rate: events / told.seconds };
}

/** Measures chDB reading the files. */
async function bareMirror(dataDir: string, files: string, count: number): Promise<MirrorRun> {
  const script = join(import.meta.dirname, "bare-mirror.ts");
  const { stdout } = await execute(process.execPath, [script, dataDir, files, String(count)]);
  return JSON.parse(stdout);
}

/** How long it takes just to receive and delete the messages of a queue. */
async function receiveSeconds(endpoint: string, QueueUrl: string, count: number): Promise<number> {
  const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };
  const sqs = new SQS({ region, endpoint, credentials, useQueueUrlAsEndpoint: false });
  let left = count;
  const begun = performance.now();
  const receive = async () => {
    while (left > 0) {
      const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
      if (Messages.length === 0) continue;
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.deleteMessageBatch({ QueueUrl, Entries });
      left -= Messages.length;
    }
  };
  await Promise.all(Array.from({ length: receivers }, receive));
  sqs.destroy();
  return (performance.now() - begun) / 1_000;
}
