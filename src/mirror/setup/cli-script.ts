/** Renders a setup as a shell script of AWS CLI calls. */

import { mailEventTypes } from "../../publishing/published-event.ts";
import {
  deadLetterPolicy,
  mirrorRights,
  queuePolicy,
  ruleRights,
  ruleTrust,
  sesRights,
  sesTrust,
  streamRights,
  streamTrust,
  topicPolicy,
} from "./policies.ts";
import {
  arnsOf,
  eventBridgeRetries,
  type Json,
  type JsonObject,
  maxReceiveCount,
  namesOf,
  queueRetentionSeconds,
  type SetupPlan,
  snsRetries,
  visibilitySeconds,
} from "./setup-plan.ts";
import { bucketConfiguration, endpointConfiguration, eventPattern } from "./stream-configuration.ts";

/** Interrupts the JSON's single quotes to expand the variable. The secret has only letters, digits, `-` and `_`. */
const secret = `'"$MIRROR_SECRET"'`;
/** A new IAM role takes some time to propagate. */
const roleWait = "sleep 15";

/** A second run fails at the first resource that exists with other attributes, and changes nothing before that. */
export function cliScript(plan: SetupPlan): string {
  const rights = mirrorRights(plan);
  const lines = [
    "#!/bin/sh",
    "set -eu",
    `export AWS_REGION=${plan.region} AWS_DEFAULT_REGION=${plan.region}`,
    ...(needsSecret(plan) ? [`: "\${MIRROR_SECRET:?set it to the secret of the source}"`] : []),
    "",
    ...transportOf(plan),
    "# The configuration set, and its events.",
    `aws sesv2 get-configuration-set --configuration-set-name ${plan.configurationSet} > /dev/null 2>&1 || \\`,
    `  aws sesv2 create-configuration-set --configuration-set-name ${plan.configurationSet}`,
    call("sesv2 create-configuration-set-event-destination", {
      "configuration-set-name": plan.configurationSet,
      "event-destination-name": namesOf(plan).destination,
      "event-destination": eventDestination(plan),
    }),
    ...(rights === undefined
      ? []
      : [
          "",
          "# The permissions of the mirror: attach the policy to the role or user whose credentials Mailglass uses.",
          call("iam create-policy", { "policy-name": namesOf(plan).mirrorPolicy, "policy-document": rights }),
        ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Whether the setup contains the source's secret. */
export function needsSecret({ kind }: SetupPlan): boolean {
  return kind === "firehose" || kind === "eventbridge";
}

function transportOf(plan: SetupPlan): string[] {
  switch (plan.kind) {
    case "sqs":
      return [...topic(plan), ...queue(plan)];
    case "sns":
      return [...topic(plan), ...subscription(plan)];
    case "firehose":
    case "s3":
      return stream(plan);
    case "eventbridge":
      return apiDestination(plan);
  }
}

function topic(plan: SetupPlan): string[] {
  // Version 2 is SHA-256. Mailglass verifies the signatures of messages that are posted to it.
  const version: JsonObject = plan.kind === "sns" ? { SignatureVersion: "2" } : {};
  return [
    "# The topic. Only SES may publish to it, and only for the configuration set.",
    call("sns create-topic", {
      name: namesOf(plan).topic,
      attributes: { Policy: JSON.stringify(topicPolicy(plan)), ...version },
    }),
    "",
  ];
}

function queue(plan: SetupPlan): string[] {
  const { topic, queue, deadLetters } = arnsOf(plan);
  return [
    "# The queue, and a dead-letter queue for messages that are received too often.",
    call("sqs create-queue", {
      "queue-name": namesOf(plan).deadLetters,
      attributes: { MessageRetentionPeriod: String(queueRetentionSeconds) },
    }),
    call("sqs create-queue", {
      "queue-name": namesOf(plan).queue,
      attributes: {
        MessageRetentionPeriod: String(queueRetentionSeconds),
        VisibilityTimeout: String(visibilitySeconds),
        ReceiveMessageWaitTimeSeconds: "20",
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters, maxReceiveCount }),
        Policy: JSON.stringify(queuePolicy(plan)),
      },
    }),
    call("sns subscribe", {
      ...{ "topic-arn": topic, protocol: "sqs", "notification-endpoint": queue },
      attributes: { RawMessageDelivery: "false" },
    }),
    "",
  ];
}

function subscription(plan: SetupPlan): string[] {
  const { topic, deadLetters } = arnsOf(plan);
  return [
    "# The subscription, which Mailglass confirms, and a queue for messages not delivered within an hour.",
    deadLetterQueue(plan),
    call("sns subscribe", {
      ...{ "topic-arn": topic, protocol: new URL(plan.url).protocol.slice(0, -1), "notification-endpoint": plan.url },
      attributes: {
        RawMessageDelivery: "false",
        DeliveryPolicy: JSON.stringify(deliveryPolicy),
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters }),
      },
    }),
    "",
  ];
}

/** How often SNS retries a message. */
export const deliveryPolicy: Json = {
  healthyRetryPolicy: {
    ...{ numRetries: snsRetries.count, backoffFunction: "linear" },
    ...{ minDelayTarget: snsRetries.delaySeconds, maxDelayTarget: snsRetries.delaySeconds },
  },
};

function deadLetterQueue(plan: SetupPlan): string {
  return call("sqs create-queue", {
    "queue-name": namesOf(plan).deadLetters,
    attributes: {
      MessageRetentionPeriod: String(queueRetentionSeconds),
      Policy: JSON.stringify(deadLetterPolicy(plan)),
    },
  });
}

function stream(plan: SetupPlan): string[] {
  const { bucket, region } = plan;
  const names = namesOf(plan);
  const location: JsonObject =
    region === "us-east-1" ? {} : { "create-bucket-configuration": { LocationConstraint: region } };
  const destination: JsonObject =
    plan.kind === "s3"
      ? { "extended-s3-destination-configuration": bucketConfiguration(plan) }
      : { "http-endpoint-destination-configuration": endpointConfiguration(plan, secret) };
  const isPrivate = {
    ...{ BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
  };
  return [
    plan.kind === "s3"
      ? "# The bucket for the files of the stream."
      : "# The bucket for records not delivered to the mirror within two hours.",
    call("s3api create-bucket", { bucket, ...location }),
    call("s3api put-public-access-block", { bucket, "public-access-block-configuration": isPrivate }),
    "",
    "# The stream, and the role with which it writes to the bucket.",
    ...role(names.streamRole, streamTrust(plan), streamRights(plan)),
    roleWait,
    call("firehose create-delivery-stream", {
      ...{ "delivery-stream-name": names.stream, "delivery-stream-type": "DirectPut" },
      ...destination,
    }),
    `until [ "$(aws firehose describe-delivery-stream --delivery-stream-name ${names.stream} \\`,
    '  --query DeliveryStreamDescription.DeliveryStreamStatus --output text)" = ACTIVE ]; do sleep 5; done',
    "",
    "# The role with which SES puts events into the stream.",
    ...role(names.sesRole, sesTrust(plan), sesRights(plan)),
    roleWait,
    "",
  ];
}

function apiDestination(plan: SetupPlan): string[] {
  const names = namesOf(plan);
  const { deadLetters, ruleRole } = arnsOf(plan);
  const isBasic = plan.authorization === "basic";
  const target = [
    ...['{"Id":"mailglass"', '"Arn":"\'"$DESTINATION_ARN"\'"', `"RoleArn":"${ruleRole}"`],
    `"RetryPolicy":{"MaximumRetryAttempts":${eventBridgeRetries.attempts},"MaximumEventAgeInSeconds":${eventBridgeRetries.ageSeconds}}`,
    `"DeadLetterConfig":{"Arn":"${deadLetters}"}}`,
  ].join(",");
  return [
    "# The API destination, with its credentials.",
    `CONNECTION_ARN=$(${call("events create-connection", {
      name: names.destination,
      "authorization-type": isBasic ? "BASIC" : "API_KEY",
      "auth-parameters": isBasic
        ? { BasicAuthParameters: { Username: plan.authorizationName, Password: secret } }
        : { ApiKeyAuthParameters: { ApiKeyName: plan.authorizationName, ApiKeyValue: secret } },
    })} --query ConnectionArn --output text)`,
    `DESTINATION_ARN=$(${call("events create-api-destination", {
      ...{ name: names.destination, "http-method": "POST", "invocation-endpoint": plan.url },
      "invocation-rate-limit-per-second": 300,
    })} --connection-arn "$CONNECTION_ARN" --query ApiDestinationArn --output text)`,
    "",
    "# The rule, the role with which it calls the API destination, and a queue for events not delivered within a day.",
    deadLetterQueue(plan),
    ...role(names.ruleRole, ruleTrust(plan), ruleRights(plan)),
    roleWait,
    call("events put-rule", { name: names.rule, "event-pattern": eventPattern(plan) }),
    `aws events put-targets --rule ${names.rule} --targets '[${target}]'`,
    "",
  ];
}

function role(name: string, trust: Json, rights: Json): string[] {
  return [
    call("iam create-role", { "role-name": name, "assume-role-policy-document": trust }),
    call("iam put-role-policy", { "role-name": name, "policy-name": name, "policy-document": rights }),
  ];
}

function eventDestination(plan: SetupPlan): Json {
  const { topic, stream, sesRole, bus } = arnsOf(plan);
  const common = { Enabled: true, MatchingEventTypes: mailEventTypes };
  switch (plan.kind) {
    case "sqs":
    case "sns":
      return { ...common, SnsDestination: { TopicArn: topic } };
    case "firehose":
    case "s3":
      return { ...common, KinesisFirehoseDestination: { IamRoleArn: sesRole, DeliveryStreamArn: stream } };
    case "eventbridge":
      return { ...common, EventBridgeDestination: { EventBusArn: bus } };
  }
}

/** A call with one option per line. JSON is in single quotes, and contains none except those of `secret`. */
function call(operation: string, options: JsonObject): string {
  const words = Object.entries(options).map(([name, value]) => {
    return `--${name} ${typeof value === "object" ? quoted(value) : value}`;
  });
  return [`aws ${operation}`, ...words].join(" \\\n  ");
}

function quoted(value: Json): string {
  // JSON.stringify escapes the double quotes in `secret`; this puts the unescaped text back.
  return `'${JSON.stringify(value).replaceAll(JSON.stringify(secret).slice(1, -1), () => secret)}'`;
}
