/** Renders a setup as a CloudFormation template, in JSON. */

import { mailEventTypes } from "../../publishing/published-event.ts";
import { deliveryPolicy, needsSecret } from "./cli-script.ts";
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
  visibilitySeconds,
} from "./setup-plan.ts";
import { bucketConfiguration, endpointConfiguration, eventPattern } from "./stream-configuration.ts";

type Resources = JsonObject;

const secret: Json = { Ref: "MirrorSecret" };
const arnOf = (resource: string): Json => ({ "Fn::GetAtt": [resource, "Arn"] });

/** Its roles and policies have names, so creating the stack needs `--capabilities CAPABILITY_NAMED_IAM`. */
export function cloudFormationTemplate(plan: SetupPlan): string {
  const rights = mirrorRights(plan);
  const template = {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Events of the SES configuration set ${plan.configurationSet} for a mirror of Mailglass`,
    ...(needsSecret(plan) && {
      Parameters: { MirrorSecret: { Type: "String", NoEcho: true, Description: "The secret of the source" } },
    }),
    Resources: {
      ...transportOf(plan),
      ...(rights !== undefined && {
        MirrorPolicy: resource("AWS::IAM::ManagedPolicy", {
          ManagedPolicyName: namesOf(plan).mirrorPolicy,
          PolicyDocument: rights,
        }),
      }),
    },
  };
  return `${JSON.stringify(template, null, 2)}\n`;
}

function transportOf(plan: SetupPlan): Resources {
  switch (plan.kind) {
    case "sqs":
      return { ...topic(plan), ...queue(plan), ...toTopic(plan) };
    case "sns":
      return { ...topic(plan), ...subscription(plan), ...toTopic(plan) };
    case "firehose":
    case "s3":
      return stream(plan);
    case "eventbridge":
      return apiDestination(plan);
  }
}

function topic(plan: SetupPlan): Resources {
  const version: JsonObject = plan.kind === "sns" ? { SignatureVersion: "2" } : {};
  return {
    Topic: resource("AWS::SNS::Topic", { TopicName: namesOf(plan).topic, ...version }),
    TopicPolicy: resource("AWS::SNS::TopicPolicy", { Topics: [{ Ref: "Topic" }], PolicyDocument: topicPolicy(plan) }),
  };
}

function queue(plan: SetupPlan): Resources {
  const names = namesOf(plan);
  return {
    DeadLetters: resource("AWS::SQS::Queue", {
      QueueName: names.deadLetters,
      MessageRetentionPeriod: queueRetentionSeconds,
    }),
    Queue: resource("AWS::SQS::Queue", {
      QueueName: names.queue,
      MessageRetentionPeriod: queueRetentionSeconds,
      VisibilityTimeout: visibilitySeconds,
      ReceiveMessageWaitTimeSeconds: 20,
      RedrivePolicy: { deadLetterTargetArn: arnOf("DeadLetters"), maxReceiveCount },
    }),
    QueuePolicy: resource("AWS::SQS::QueuePolicy", { Queues: [{ Ref: "Queue" }], PolicyDocument: queuePolicy(plan) }),
    Subscription: resource("AWS::SNS::Subscription", {
      ...{ TopicArn: { Ref: "Topic" }, Protocol: "sqs", Endpoint: arnOf("Queue"), RawMessageDelivery: false },
    }),
  };
}

function subscription(plan: SetupPlan): Resources {
  return {
    ...deadLetters(plan),
    Subscription: resource("AWS::SNS::Subscription", {
      ...{ TopicArn: { Ref: "Topic" }, Protocol: new URL(plan.url).protocol.slice(0, -1), Endpoint: plan.url },
      RawMessageDelivery: false,
      DeliveryPolicy: deliveryPolicy,
      RedrivePolicy: { deadLetterTargetArn: arnOf("DeadLetters") },
    }),
  };
}

function deadLetters(plan: SetupPlan): Resources {
  return {
    DeadLetters: resource("AWS::SQS::Queue", {
      QueueName: namesOf(plan).deadLetters,
      MessageRetentionPeriod: queueRetentionSeconds,
    }),
    DeadLetterPolicy: resource("AWS::SQS::QueuePolicy", {
      ...{ Queues: [{ Ref: "DeadLetters" }], PolicyDocument: deadLetterPolicy(plan) },
    }),
  };
}

/** SES checks that it may publish to the topic, so the topic's policy must exist first. */
function toTopic(plan: SetupPlan): Resources {
  return {
    EventDestination: eventDestination(plan, { SnsDestination: { TopicARN: { Ref: "Topic" } } }, "TopicPolicy"),
  };
}

function stream(plan: SetupPlan): Resources {
  const names = namesOf(plan);
  const configuration: JsonObject =
    plan.kind === "s3"
      ? { ExtendedS3DestinationConfiguration: bucketConfiguration(plan) }
      : { HttpEndpointDestinationConfiguration: endpointConfiguration(plan, secret) };
  const isPrivate = {
    ...{ BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
  };
  const destination = {
    KinesisFirehoseDestination: { DeliveryStreamARN: arnOf("Stream"), IAMRoleARN: arnOf("SesRole") },
  };
  return {
    Bucket: {
      ...resource("AWS::S3::Bucket", { BucketName: plan.bucket, PublicAccessBlockConfiguration: isPrivate }),
      DeletionPolicy: "Retain",
    },
    StreamRole: role(names.streamRole, streamTrust(plan), streamRights(plan)),
    Stream: {
      ...resource("AWS::KinesisFirehose::DeliveryStream", {
        ...{ DeliveryStreamName: names.stream, DeliveryStreamType: "DirectPut", ...configuration },
      }),
      DependsOn: ["Bucket", "StreamRole"],
    },
    SesRole: role(names.sesRole, sesTrust(plan), sesRights(plan)),
    EventDestination: eventDestination(plan, destination),
  };
}

function apiDestination(plan: SetupPlan): Resources {
  const names = namesOf(plan);
  const isBasic = plan.authorization === "basic";
  const target = {
    ...{ Id: "mailglass", Arn: arnOf("ApiDestination"), RoleArn: arnOf("RuleRole") },
    RetryPolicy: {
      ...{ MaximumRetryAttempts: eventBridgeRetries.attempts, MaximumEventAgeInSeconds: eventBridgeRetries.ageSeconds },
    },
    DeadLetterConfig: { Arn: arnOf("DeadLetters") },
  };
  return {
    Connection: resource("AWS::Events::Connection", {
      Name: names.destination,
      AuthorizationType: isBasic ? "BASIC" : "API_KEY",
      AuthParameters: isBasic
        ? { BasicAuthParameters: { Username: plan.authorizationName, Password: secret } }
        : { ApiKeyAuthParameters: { ApiKeyName: plan.authorizationName, ApiKeyValue: secret } },
    }),
    ApiDestination: resource("AWS::Events::ApiDestination", {
      ...{ Name: names.destination, ConnectionArn: arnOf("Connection"), InvocationEndpoint: plan.url },
      ...{ HttpMethod: "POST", InvocationRateLimitPerSecond: 300 },
    }),
    ...deadLetters(plan),
    RuleRole: role(names.ruleRole, ruleTrust(plan), ruleRights(plan)),
    Rule: resource("AWS::Events::Rule", { Name: names.rule, EventPattern: eventPattern(plan), Targets: [target] }),
    EventDestination: eventDestination(plan, { EventBridgeDestination: { EventBusArn: arnsOf(plan).bus } }),
  };
}

function role(name: string, trust: Json, rights: Json): Json {
  return resource("AWS::IAM::Role", {
    RoleName: name,
    AssumeRolePolicyDocument: trust,
    Policies: [{ PolicyName: name, PolicyDocument: rights }],
  });
}

/** CloudFormation spells event types as the SES API v1 does. */
function eventDestination(plan: SetupPlan, destination: Resources, after?: string): Json {
  const types = mailEventTypes.map((type) =>
    type.toLowerCase().replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
  );
  return {
    ...resource("AWS::SES::ConfigurationSetEventDestination", {
      ConfigurationSetName: plan.configurationSet,
      EventDestination: {
        ...{ Name: namesOf(plan).destination, Enabled: true, MatchingEventTypes: types, ...destination },
      },
    }),
    ...(after !== undefined && { DependsOn: after }),
  };
}

function resource(type: string, properties: JsonObject): JsonObject {
  return { Type: type, Properties: properties };
}
