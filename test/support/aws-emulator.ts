/** SNS and SQS in this process: fauxqs, on a free port. */
import { SQS } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { awsEnvironment } from "./aws-environment.ts";

/** What SNS puts into a queue for a message. */
export interface SnsEnvelope {
  Type: string;
  TopicArn: string;
  Subject?: string | null;
  Message: string;
}

/** A topic with a queue that gets all its messages. */
export interface SubscribedTopic {
  topicArn: string;
  /** Takes messages from the queue until it has this many. */
  take(count: number): Promise<SnsEnvelope[]>;
  /** How many messages wait in the queue. */
  waiting(): number;
  /** The messages that wait in the queue, without the first ones; it doesn't take them. */
  waitingFrom(first: number): SnsEnvelope[];
}

export interface AwsEmulator {
  /** The variables with which a process uses it. */
  environment: Record<string, string>;
  /** Creates a topic and its queue. */
  subscribedTopic(name: string, region?: string): SubscribedTopic;
  deleteTopic(name: string): void;
  stop(): Promise<void>;
}

/** Starts an emulator without topics. */
export async function startAwsEmulator(): Promise<AwsEmulator> {
  const server = await startFauxqs({ port: 0, logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const clients = new Map<string, SQS>();

  return {
    environment: awsEnvironment(endpoint),
    subscribedTopic(name, region = "us-east-1") {
      const { topicArn } = server.createTopic(name, { region });
      const queueName = `${name}-queue`;
      server.createQueue(queueName, { region });
      server.subscribe({ topic: name, queue: queueName, region });
      const ready = () => server.inspectQueue(queueName)?.messages.ready ?? [];
      return {
        topicArn,
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
    async stop() {
      for (const client of clients.values()) client.destroy();
      await server.stop();
    },
  };

  function clientOf(region: string): SQS {
    const credentials = { accessKeyId: "AKIDTEST", secretAccessKey: "secret-of-the-test" };
    const client = clients.get(region) ?? new SQS({ region, endpoint, credentials });
    clients.set(region, client);
    return client;
  }
}
