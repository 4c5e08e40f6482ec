/** The IAM and resource policies of a setup. Each allows one service, or the mirror, only what it needs. */
import { arnsOf, bucketFolders, type Json, type JsonObject, type SetupPlan } from "./setup-plan.ts";

/** Lets SES publish to the topic, only for the configuration set. */
export function topicPolicy(plan: SetupPlan): Json {
  const { topic } = arnsOf(plan);
  return policy({
    ...{ Sid: "SesPublishes", Effect: "Allow", Principal: { Service: "ses.amazonaws.com" } },
    ...{ Action: "sns:Publish", Resource: topic, Condition: { StringEquals: fromSet(plan) } },
  });
}

/** Lets the topic send to the queue. */
export function queuePolicy(plan: SetupPlan): Json {
  const { topic, queue } = arnsOf(plan);
  return senderPolicy("sns.amazonaws.com", queue, topic);
}

/** Lets a topic's subscription, or a rule, send undeliverable messages to the dead-letter queue. */
export function deadLetterPolicy(plan: SetupPlan): Json {
  const { topic, rule, deadLetters } = arnsOf(plan);
  return plan.kind === "eventbridge"
    ? senderPolicy("events.amazonaws.com", deadLetters, rule)
    : senderPolicy("sns.amazonaws.com", deadLetters, topic);
}

/** Lets SES assume the role with which it puts records into the stream. */
export function sesTrust(plan: SetupPlan): Json {
  return trust("ses.amazonaws.com", { StringEquals: fromSet(plan) });
}

export function sesRights(plan: SetupPlan): Json {
  return policy({ Effect: "Allow", Action: "firehose:PutRecordBatch", Resource: arnsOf(plan).stream });
}

/** Lets Firehose assume the role with which it writes to the bucket. */
export function streamTrust({ account }: SetupPlan): Json {
  return trust("firehose.amazonaws.com", { StringEquals: { "sts:ExternalId": account } });
}

export function streamRights(plan: SetupPlan): Json {
  const { bucket } = arnsOf(plan);
  const actions = ["AbortMultipartUpload", "GetBucketLocation", "GetObject", "ListBucket"];
  return policy({
    Effect: "Allow",
    Action: [...actions, "ListBucketMultipartUploads", "PutObject"].map((action) => `s3:${action}`),
    Resource: [bucket, `${bucket}/*`],
  });
}

/** Lets EventBridge assume the role with which it calls the API destination. */
export function ruleTrust(plan: SetupPlan): Json {
  const { rule } = arnsOf(plan);
  return trust("events.amazonaws.com", {
    StringEquals: { "aws:SourceAccount": plan.account },
    ArnEquals: { "aws:SourceArn": rule },
  });
}

export function ruleRights(plan: SetupPlan): Json {
  return policy({ Effect: "Allow", Action: "events:InvokeApiDestination", Resource: arnsOf(plan).apiDestinations });
}

/** The permissions that the mirror itself needs; undefined for kinds that AWS posts to. */
export function mirrorRights(plan: SetupPlan): Json | undefined {
  const { queue, bucket } = arnsOf(plan);
  if (plan.kind === "sqs") {
    const actions = ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"];
    return policy({ Effect: "Allow", Action: actions.map((action) => `sqs:${action}`), Resource: queue });
  }
  if (plan.kind !== "s3") return undefined;
  const prefixes = [`${bucketFolders.events}*`, `${bucketFolders.failed}*`];
  return policy(
    {
      ...{ Effect: "Allow", Action: "s3:ListBucket", Resource: bucket },
      Condition: { StringLike: { "s3:prefix": prefixes } },
    },
    { Effect: "Allow", Action: "s3:GetObject", Resource: prefixes.map((prefix) => `${bucket}/${prefix}`) },
  );
}

function fromSet(plan: SetupPlan): JsonObject {
  return { "AWS:SourceAccount": plan.account, "AWS:SourceArn": arnsOf(plan).configurationSet };
}

function senderPolicy(service: string, queue: string, source: string): Json {
  return policy({
    ...{ Effect: "Allow", Principal: { Service: service }, Action: "sqs:SendMessage", Resource: queue },
    Condition: { ArnEquals: { "aws:SourceArn": source } },
  });
}

function trust(service: string, condition: Json): Json {
  return policy({
    ...{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", Condition: condition },
  });
}

function policy(...statements: readonly JsonObject[]): Json {
  return { Version: "2012-10-17", Statement: statements };
}
