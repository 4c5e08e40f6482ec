/** The AWS resources that a setup creates for a source of the mirror: their names, ARNs and limits. */
import type { SourceKind } from "../source-settings.ts";

/** A JSON value in a policy, a template or a call. */
export type Json = string | number | boolean | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };

/** The parameters of a setup. All strings consist of characters that need no quoting in a shell, JSON or HCL. */
export interface SetupPlan {
  readonly kind: SourceKind;
  /** The account and the region of SES. */
  readonly account: string;
  readonly region: string;
  readonly configurationSet: string;
  /** The base of the resources' names. */
  readonly name: string;
  /** The bucket for Firehose's files; used by the kinds `s3` and `firehose`. */
  readonly bucket: string;
  /** The source's URL, to which events are posted; empty for kinds that fetch. */
  readonly url: string;
  /** For the kind `eventbridge`: how the API destination authenticates itself. */
  readonly authorization: "basic" | "api-key";
  /** The user name, or the name of the header. */
  readonly authorizationName: string;
}

/** Folders in the bucket of a Firehose stream. */
export const bucketFolders = { events: "events/", failed: "failed/" } as const;

/** 14 days, SQS's maximum. */
export const queueRetentionSeconds = 14 * 24 * 3600;
/** The mirror fetches a batch in one call, and extends its visibility timeout while it works. */
export const visibilitySeconds = 60;
/**
 * SQS's maximum. While Mailglass can't record events, messages stay in the queue, and each try counts as a receive.
 * Unreadable messages don't return to the queue: they are set aside.
 */
export const maxReceiveCount = 1000;
/** Once a minute for almost an hour, SNS's maximum. */
export const snsRetries = { count: 59, delaySeconds: 60 } as const;
/** Firehose's maximum. */
export const firehoseRetrySeconds = 7200;
/** EventBridge's maximums. */
export const eventBridgeRetries = { attempts: 185, ageSeconds: 24 * 3600 } as const;

export function namesOf({ name }: SetupPlan) {
  return {
    topic: name,
    queue: name,
    deadLetters: `${name}-dead-letters`,
    stream: name,
    rule: name,
    destination: name,
    /** The role with which SES puts records into the stream. */
    sesRole: `${name}-ses`,
    /** The role with which Firehose writes to the bucket. */
    streamRole: `${name}-firehose`,
    /** The role with which EventBridge calls the API destination. */
    ruleRole: `${name}-eventbridge`,
    /** The policy with the permissions of the mirror itself. */
    mirrorPolicy: `${name}-mirror`,
  };
}

export function arnsOf(plan: SetupPlan) {
  const { account, region, configurationSet, bucket } = plan;
  const names = namesOf(plan);
  const partition = partitionOf(region);
  const inRegion = (service: string, rest: string) => `arn:${partition}:${service}:${region}:${account}:${rest}`;
  const role = (name: string) => `arn:${partition}:iam::${account}:role/${name}`;
  return {
    configurationSet: inRegion("ses", `configuration-set/${configurationSet}`),
    topic: inRegion("sns", names.topic),
    queue: inRegion("sqs", names.queue),
    deadLetters: inRegion("sqs", names.deadLetters),
    stream: inRegion("firehose", `deliverystream/${names.stream}`),
    bus: inRegion("events", "event-bus/default"),
    rule: inRegion("events", `rule/${names.rule}`),
    /** Ends with a wildcard for the ID that AWS assigns. */
    apiDestinations: inRegion("events", `api-destination/${names.destination}/*`),
    bucket: `arn:${partition}:s3:::${bucket}`,
    sesRole: role(names.sesRole),
    streamRole: role(names.streamRole),
    ruleRole: role(names.ruleRole),
  };
}

/** The URL of the queue that a source of the kind `sqs` fetches from. */
export function queueUrlOf(plan: SetupPlan): string {
  const suffix = plan.region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://sqs.${plan.region}.${suffix}/${plan.account}/${namesOf(plan).queue}`;
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
