/** Renders a setup as a Terraform configuration. */

import { mailEventTypes } from "../../publishing/published-event.ts";
import { deliveryPolicy, needsSecret } from "./cli-script.ts";
import { attribute, Block, type Expression, type HclBody, jsonText, topBlock } from "./hcl.ts";
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
  bucketFolders,
  eventBridgeRetries,
  firehoseRetrySeconds,
  type Json,
  maxReceiveCount,
  namesOf,
  queueRetentionSeconds,
  type SetupPlan,
  visibilitySeconds,
} from "./setup-plan.ts";
import { endpointBuffer, eventPattern, fileBuffer } from "./stream-configuration.ts";

const secret = attribute("var.mirror_secret");
const arnOf = (address: string) => attribute(`${address}.arn`);
const resource = (type: string, name: string, body: HclBody) => topBlock(`resource "${type}" "${name}"`, body);

/** The provider's region must be that of the plan. */
export function terraformConfiguration(plan: SetupPlan): string {
  const rights = mirrorRights(plan);
  const blocks = [
    ...(needsSecret(plan)
      ? [topBlock('variable "mirror_secret"', { type: attribute("string"), sensitive: true })]
      : []),
    ...transportOf(plan),
    ...(rights === undefined
      ? []
      : [resource("aws_iam_policy", "mirror", { name: namesOf(plan).mirrorPolicy, policy: jsonText(rights) })]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function transportOf(plan: SetupPlan): string[] {
  switch (plan.kind) {
    case "sqs":
      return [...topic(plan), ...queue(plan), toTopic(plan)];
    case "sns":
      return [...topic(plan), ...subscription(plan), toTopic(plan)];
    case "firehose":
    case "s3":
      return stream(plan);
    case "eventbridge":
      return apiDestination(plan);
  }
}

function topic(plan: SetupPlan): string[] {
  const version: HclBody = plan.kind === "sns" ? { signature_version: 2 } : {};
  return [
    resource("aws_sns_topic", "events", { name: namesOf(plan).topic, ...version }),
    resource("aws_sns_topic_policy", "events", {
      arn: arnOf("aws_sns_topic.events"),
      policy: jsonText(topicPolicy(plan)),
    }),
  ];
}

function queue(plan: SetupPlan): string[] {
  const names = namesOf(plan);
  const redrive = `jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead_letters.arn, maxReceiveCount = ${maxReceiveCount} })`;
  return [
    resource("aws_sqs_queue", "dead_letters", {
      name: names.deadLetters,
      message_retention_seconds: queueRetentionSeconds,
    }),
    resource("aws_sqs_queue", "events", {
      name: names.queue,
      message_retention_seconds: queueRetentionSeconds,
      visibility_timeout_seconds: visibilitySeconds,
      receive_wait_time_seconds: 20,
      redrive_policy: attribute(redrive),
    }),
    resource("aws_sqs_queue_policy", "events", {
      queue_url: attribute("aws_sqs_queue.events.id"),
      policy: jsonText(queuePolicy(plan)),
    }),
    resource("aws_sns_topic_subscription", "events", {
      ...{ topic_arn: arnOf("aws_sns_topic.events"), protocol: "sqs", endpoint: arnOf("aws_sqs_queue.events") },
      raw_message_delivery: false,
    }),
  ];
}

function subscription(plan: SetupPlan): string[] {
  return [
    ...deadLetters(plan),
    resource("aws_sns_topic_subscription", "events", {
      ...{ topic_arn: arnOf("aws_sns_topic.events"), protocol: new URL(plan.url).protocol.slice(0, -1) },
      ...{ endpoint: plan.url, raw_message_delivery: false },
      // Terraform waits until Mailglass has confirmed the subscription.
      endpoint_auto_confirms: true,
      delivery_policy: jsonText(deliveryPolicy),
      redrive_policy: attribute("jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead_letters.arn })"),
    }),
  ];
}

function deadLetters(plan: SetupPlan): string[] {
  return [
    resource("aws_sqs_queue", "dead_letters", {
      name: namesOf(plan).deadLetters,
      message_retention_seconds: queueRetentionSeconds,
    }),
    resource("aws_sqs_queue_policy", "dead_letters", {
      queue_url: attribute("aws_sqs_queue.dead_letters.id"),
      policy: jsonText(deadLetterPolicy(plan)),
    }),
  ];
}

function toTopic(plan: SetupPlan): string {
  const destination = { sns_destination: new Block({ topic_arn: arnOf("aws_sns_topic.events") }) };
  // SES checks that it may publish to the topic, so the topic's policy must exist first.
  return eventDestination(plan, destination, "aws_sns_topic_policy.events");
}

function stream(plan: SetupPlan): string[] {
  const names = namesOf(plan);
  const destination = {
    kinesis_firehose_destination: new Block({
      delivery_stream_arn: arnOf("aws_kinesis_firehose_delivery_stream.events"),
      iam_role_arn: arnOf("aws_iam_role.ses"),
    }),
  };
  const isPrivate = {
    ...{ block_public_acls: true, ignore_public_acls: true, block_public_policy: true, restrict_public_buckets: true },
  };
  return [
    resource("aws_s3_bucket", "events", { bucket: plan.bucket }),
    resource("aws_s3_bucket_public_access_block", "events", {
      ...{ bucket: attribute("aws_s3_bucket.events.id"), ...isPrivate },
    }),
    ...role("firehose", names.streamRole, streamTrust(plan), streamRights(plan)),
    resource("aws_kinesis_firehose_delivery_stream", "events", {
      name: names.stream,
      ...(plan.kind === "s3"
        ? { destination: "extended_s3", extended_s3_configuration: new Block(files()) }
        : { destination: "http_endpoint", http_endpoint_configuration: new Block(endpoint(plan)) }),
      depends_on: after("aws_iam_role_policy.firehose"),
    }),
    ...role("ses", names.sesRole, sesTrust(plan), sesRights(plan)),
    eventDestination(plan, destination, "aws_iam_role_policy.ses"),
  ];
}

function endpoint({ url }: SetupPlan): HclBody {
  return {
    ...{ url, name: "Mailglass", access_key: secret, role_arn: arnOf("aws_iam_role.firehose") },
    ...{ buffering_size: endpointBuffer.megabytes, buffering_interval: endpointBuffer.seconds },
    ...{ retry_duration: firehoseRetrySeconds, s3_backup_mode: "FailedDataOnly" },
    request_configuration: new Block({ content_encoding: "GZIP" }),
    s3_configuration: new Block(files()),
  };
}

function files(): HclBody {
  return {
    ...{ bucket_arn: arnOf("aws_s3_bucket.events"), role_arn: arnOf("aws_iam_role.firehose") },
    ...{ prefix: bucketFolders.events, error_output_prefix: bucketFolders.failed, compression_format: "GZIP" },
    ...{ buffering_size: fileBuffer.megabytes, buffering_interval: fileBuffer.seconds },
  };
}

function apiDestination(plan: SetupPlan): string[] {
  const names = namesOf(plan);
  const credentials: HclBody =
    plan.authorization === "basic"
      ? { basic: new Block({ username: plan.authorizationName, password: secret }) }
      : { api_key: new Block({ key: plan.authorizationName, value: secret }) };
  return [
    resource("aws_cloudwatch_event_connection", "mirror", {
      name: names.destination,
      authorization_type: plan.authorization === "basic" ? "BASIC" : "API_KEY",
      auth_parameters: new Block(credentials),
    }),
    resource("aws_cloudwatch_event_api_destination", "mirror", {
      ...{ name: names.destination, connection_arn: arnOf("aws_cloudwatch_event_connection.mirror") },
      ...{ invocation_endpoint: plan.url, http_method: "POST", invocation_rate_limit_per_second: 300 },
    }),
    ...deadLetters(plan),
    ...role("eventbridge", names.ruleRole, ruleTrust(plan), ruleRights(plan)),
    resource("aws_cloudwatch_event_rule", "events", { name: names.rule, event_pattern: jsonText(eventPattern(plan)) }),
    resource("aws_cloudwatch_event_target", "mirror", {
      rule: attribute("aws_cloudwatch_event_rule.events.name"),
      arn: arnOf("aws_cloudwatch_event_api_destination.mirror"),
      role_arn: arnOf("aws_iam_role.eventbridge"),
      retry_policy: new Block({
        maximum_retry_attempts: eventBridgeRetries.attempts,
        maximum_event_age_in_seconds: eventBridgeRetries.ageSeconds,
      }),
      dead_letter_config: new Block({ arn: arnOf("aws_sqs_queue.dead_letters") }),
    }),
    eventDestination(plan, { event_bridge_destination: new Block({ event_bus_arn: arnsOf(plan).bus }) }),
  ];
}

function role(label: string, name: string, trust: Json, rights: Json): string[] {
  return [
    resource("aws_iam_role", label, { name, assume_role_policy: jsonText(trust) }),
    resource("aws_iam_role_policy", label, {
      ...{ name, role: attribute(`aws_iam_role.${label}.id`), policy: jsonText(rights) },
    }),
  ];
}

function eventDestination(plan: SetupPlan, destination: HclBody, earlier?: string): string {
  return resource("aws_sesv2_configuration_set_event_destination", "mirror", {
    configuration_set_name: plan.configurationSet,
    event_destination_name: namesOf(plan).destination,
    event_destination: new Block({ enabled: true, matching_event_types: mailEventTypes, ...destination }),
    ...(earlier !== undefined && { depends_on: after(earlier) }),
  });
}

function after(address: string): Expression {
  return attribute(`[${address}]`);
}
