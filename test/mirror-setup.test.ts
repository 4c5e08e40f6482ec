/**
 * Runs the output of `mailglass mirror setup` with Debian's AWS CLI: fauxqs has the topics and queues, our server the
 * configuration set. Then an event of our mail must arrive in the queue.
 */
import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { GetConfigurationSetEventDestinationsCommand } from "@aws-sdk/client-sesv2";
import { GetQueueAttributesCommand, GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MirrorSetup } from "../src/admin-api/mirror.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { type AwsServices, startAwsServices } from "./support/aws-services.ts";
import { allEventTypes, validationText } from "./support/event-destinations.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { send, simple } from "./support/sent-mail.ts";

const hasCli = await access("/usr/bin/aws").then(
  () => true,
  () => false,
);
/** The account of fauxqs. */
const account = "000000000000";
const region = "us-east-1";

let aws: AwsServices;
let server: InProcessServer;
let sqs: SQSClient;
beforeAll(async () => {
  aws = await startAwsServices();
  server = await startInProcess({ environment: { MAILGLASS_ACCOUNT_ID: account, MAILGLASS_EXPORT_WORKERS: "0" } });
  sqs = new SQSClient({
    ...{ region, endpoint: aws.sns.environment.AWS_ENDPOINT_URL },
    credentials: { accessKeyId: "AKIDTEST", secretAccessKey: "secret-of-the-test" },
  });
});
afterAll(async () => {
  sqs?.destroy();
  await server?.close();
  await aws?.stop();
});

const path = (parameters: Record<string, string>) => `/admin/mirror/setup?${new URLSearchParams(parameters)}`;
const given = { sesAccount: account, sesRegion: region, configurationSet: "mirrored" };

describe.runIf(hasCli)("the script for a queue", () => {
  it("creates all resources, and events arrive", async () => {
    const setup = await callAdmin<MirrorSetup>(server.app, "GET", path({ ...given, name: "from-ses" }));
    // The emulator has no IAM.
    const [script = ""] = setup.text.split("# The permissions of the mirror");
    expect(script).toContain("aws sesv2 create-configuration-set-event-destination");
    expect(await run(script)).toEqual({ code: 0, errors: "" });

    const set = { ConfigurationSetName: "mirrored" };
    const { EventDestinations } = await server.client.send(new GetConfigurationSetEventDestinationsCommand(set));
    expect(EventDestinations).toEqual([
      {
        ...{ Name: "from-ses", Enabled: true },
        MatchingEventTypes: expect.arrayContaining([...allEventTypes]),
        SnsDestination: { TopicArn: `arn:aws:sns:${region}:${account}:from-ses` },
      },
    ]);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "from-ses" }));
    const queue = { QueueUrl };
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ ...queue, AttributeNames: ["All"] }));
    expect(Attributes).toMatchObject({ MessageRetentionPeriod: "1209600", VisibilityTimeout: "60" });
    expect(JSON.parse(Attributes.RedrivePolicy ?? "")).toMatchObject({
      deadLetterTargetArn: `arn:aws:sqs:${region}:${account}:from-ses-dead-letters`,
    });

    await send(server, simple({ ConfigurationSetName: "mirrored" }));
    const messages: string[] = [];
    await eventually(async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ ...queue, MaxNumberOfMessages: 10 }));
      messages.push(...Messages.map(({ Body = "" }) => JSON.parse(Body).Message));
      expect(messages.some((message) => message.startsWith(validationText))).toBe(true);
      const types = messages
        .filter((message) => message.startsWith("{"))
        .map((message) => JSON.parse(message).eventType);
      expect(types).toEqual(expect.arrayContaining(["Send", "Delivery"]));
    });
  });
});

it("is returned by the admin API, also for an existing source", async () => {
  const url = "/admin/mirror";
  const body = { name: "bus", kind: "eventbridge", accounts: [account], region };
  const { id } = await callAdmin<{ id: string }>(server.app, "POST", url, body);
  const format = "terraform";
  const refused = await adminRefusal(server.app, "GET", path({ source: id, configurationSet: "a", format }));
  // AWS can't reach a server without a public URL.
  expect(refused).toEqual([400, expect.stringMatching(/^The sender posts to https:/)]);
  const more = { source: id, configurationSet: "a", format, url: `https://mail.example.com/mirror/${id}` };
  const setup = await callAdmin<MirrorSetup>(server.app, "GET", path(more));
  expect(setup).toMatchObject({ kind: "eventbridge", format, notes: expect.arrayContaining([expect.any(String)]) });
  expect(setup.text).toContain(`invocation_endpoint = "https://mail.example.com/mirror/${id}"`);
  await server.app.inject({ method: "DELETE", url: `${url}/${id}` });
  expect(await adminRefusal(server.app, "GET", path(more))).toMatchObject([404, expect.any(String)]);
  expect(await adminRefusal(server.app, "GET", path({ ...given, frob: "1" }))).toMatchObject([400, expect.any(String)]);
});

it("tells how to create the source, unless it is there", async () => {
  const queueUrl = `https://sqs.${region}.amazonaws.com/${account}/mailglass-ses-events`;
  const topicArns = [`arn:aws:sns:${region}:${account}:mailglass-ses-events`];
  const before = await callAdmin<MirrorSetup>(server.app, "GET", path(given));
  expect(before.settings).toEqual({ queueUrl, region, topicArns });
  expect(before.notes.at(-1)).toBe(
    `Then: mailglass mirror add sqs --name NAME --queue-url ${queueUrl} --topic ${topicArns[0]}`,
  );
  const body = { name: "queue", kind: "sqs", enabled: false, settings: before.settings };
  const { id } = await callAdmin<{ id: string }>(server.app, "POST", "/admin/mirror", body);
  const after = await callAdmin<MirrorSetup>(server.app, "GET", path({ source: id, configurationSet: "mirrored" }));
  expect(after).toEqual({ kind: "sqs", format: "cli", text: before.text, notes: before.notes.slice(0, -1) });
  const files = await callAdmin<MirrorSetup>(server.app, "GET", path({ ...given, kind: "s3", bucket: "mail" }));
  expect(files.settings).toEqual({ bucket: "mail", prefix: "events/", region, follow: true });
});

/** Sends the CLI's call to SQS with the JSON protocol. The code is put within single quotes. */
const createQueue = `
const [, , , , name, , attributes] = process.argv;
fetch(process.env.QUEUES, {
  method: "POST",
  headers: {
    "x-amz-target": "AmazonSQS.CreateQueue",
    "content-type": "application/x-amz-json-1.0",
    authorization: "AWS4-HMAC-SHA256 Credential=AKIDTEST/20261130/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0",
  },
  body: JSON.stringify({ QueueName: name, Attributes: JSON.parse(attributes) }),
}).then(async (answer) => {
  if (!answer.ok) throw new Error(await answer.text());
});
`;

async function run(script: string): Promise<{ code: number; errors: string }> {
  const { AWS_ENDPOINT_URL = "", ...environment } = aws.sns.environment;
  const shell = spawn("/bin/sh", ["-s"], {
    env: {
      PATH: "/usr/bin:/bin",
      HOME: "/nonexistent",
      AWS_MAX_ATTEMPTS: "1",
      QUEUES: AWS_ENDPOINT_URL,
      ...environment,
    },
  });
  // Debian's CLI ignores the environment variables for endpoints. It calls SQS with the Query protocol, which fauxqs
  // lacks, so it only checks the arguments of those calls.
  const calls = `aws() {
    case $1 in
      sesv2) /usr/bin/aws --endpoint-url ${server.url} "$@" ;;
      sqs) /usr/bin/aws "$@" --generate-cli-skeleton output > /dev/null && ${process.execPath} -e '${createQueue}' -- "$@" ;;
      *) /usr/bin/aws --endpoint-url ${AWS_ENDPOINT_URL} "$@" ;;
    esac
  }`;
  shell.stdin.end(`${calls}\n${script}`);
  const ended = new Promise<number>((resolve) => shell.once("close", (code) => resolve(code ?? -1)));
  const [errors, code] = await Promise.all([text(shell.stderr), ended, text(shell.stdout)]);
  return { code, errors };
}
