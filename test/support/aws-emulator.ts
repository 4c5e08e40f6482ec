/** An emulator of SNS, SQS and S3 in this process: fauxqs, on a free port. */
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { awsEnvironment } from "./aws-environment.ts";

/** The body of a queue's message that comes from SNS. */
export interface SnsEnvelope {
  Type: string;
  TopicArn: string;
  Subject?: string | null;
  Message: string;
}

/** A topic with a queue that receives all its messages. */
export interface SubscribedTopic {
  topicArn: string;
  queueUrl: string;
  /** Takes messages from the queue until it has this many. */
  take(count: number): Promise<SnsEnvelope[]>;
  /** How many messages are waiting in the queue. */
  waiting(): number;
  /** The messages waiting in the queue, without the first ones. Does not take them. */
  waitingFrom(first: number): SnsEnvelope[];
}

/** A queue that a test fills. */
export interface FilledQueue {
  readonly url: string;
  send(...bodies: string[]): Promise<void>;
  /** The bodies of the waiting messages, and of those in flight. */
  bodies(): { waiting: string[]; taken: string[] };
}

/** A bucket that a test fills. */
export interface FilledBucket {
  put(key: string, body: Uint8Array | string): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface AwsEmulator {
  /** The environment variables with which a process uses the emulator. */
  environment: Record<string, string>;
  /** Creates a topic and its queue. */
  subscribedTopic(name: string, region?: string): SubscribedTopic;
  deleteTopic(name: string): void;
  queue(name: string, region?: string): FilledQueue;
  bucket(name: string): FilledBucket;
  stop(): Promise<void>;
}

const credentials = { accessKeyId: "AKIDTEST", secretAccessKey: "secret-of-the-test" };

/** Starts an emulator without topics. */
export async function startAwsEmulator(): Promise<AwsEmulator> {
  const server = await startFauxqs({ port: 0, logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const clients = new Map<string, SQS>();
  const others: S3[] = [];

  return {
    environment: awsEnvironment(endpoint),
    subscribedTopic(name, region = "us-east-1") {
      const { topicArn } = server.createTopic(name, { region });
      const queueName = `${name}-queue`;
      const { queueUrl } = server.createQueue(queueName, { region });
      server.subscribe({ topic: name, queue: queueName, region });
      const ready = () => server.inspectQueue(queueName)?.messages.ready ?? [];
      return {
        topicArn,
        queueUrl,
        async take(count) {
          const sqs = clientOf(region);
          const { QueueUrl } = await sqs.getQueueUrl({ QueueName: queueName });
          const taken: SnsEnvelope[] = [];
          while (taken.length < count) {
            const answer = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 });
            for (const { Body = "", ReceiptHandle } of answer.Messages ?? []) {
              taken.push(JSON.parse(Body));
              await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
            }
          }
          return taken;
        },
        waiting: () => ready().length,
        waitingFrom: (first) =>
          ready()
            .slice(first)
            .map(({ body }): SnsEnvelope => JSON.parse(body)),
      };
    },
    deleteTopic: (name) => server.deleteTopic(name),
    queue(name, region = "us-east-1") {
      const { queueUrl } = server.createQueue(name, { region });
      return {
        url: queueUrl,
        async send(...bodies) {
          for (let start = 0; start < bodies.length; start += 10) {
            const Entries = bodies
              .slice(start, start + 10)
              .map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
            await clientOf(region).sendMessageBatch({ QueueUrl: queueUrl, Entries });
          }
        },
        bodies() {
          const { ready = [], inflight = [] } = server.inspectQueue(name)?.messages ?? {};
          return { waiting: ready.map(({ body }) => body), taken: inflight.map(({ message }) => message.body) };
        },
      };
    },
    bucket(Bucket) {
      server.createBucket(Bucket);
      const s3 = new S3({ region: "us-east-1", endpoint, credentials, forcePathStyle: true });
      others.push(s3);
      return {
        put: async (Key, Body) => void (await s3.putObject({ Bucket, Key, Body })),
        delete: async (Key) => void (await s3.deleteObject({ Bucket, Key })),
      };
    },
    async stop() {
      for (const client of others) client.destroy();
      for (const client of clients.values()) client.destroy();
      await server.stop();
    },
  };

  function clientOf(region: string): SQS {
    const client = clients.get(region) ?? new SQS({ region, endpoint, credentials });
    clients.set(region, client);
    return client;
  }
}
