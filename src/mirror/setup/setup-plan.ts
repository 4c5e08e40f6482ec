/** What a set-up makes on AWS for a source of the mirror: the names and ARNs of its resources. */
import type { SourceKind } from "../source-settings.ts";

/** A value of a policy, a template or a call. */
export type Json = string | number | boolean | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };

/** What is to be made. Every text is of characters that need no quoting in a shell, JSON or HCL. */
export interface SetupPlan {
  readonly kind: SourceKind;
  /** The account and the region of SES. */
  readonly account: string;
  readonly region: string;
  readonly configurationSet: string;
  /** Resources are named after it. */
  readonly name: string;
  /** Where Firehose's files go; used by the kinds `s3` and `firehose`. */
  readonly bucket: string;
  /** Where the source is posted to; empty for kinds that fetch. */
  readonly url: string;
  /** Of the kind `eventbridge`: how the API destination proves itself. */
  readonly authorization: "basic" | "api-key";
  /** The user name, or the name of the header. */
  readonly authorizationName: string;
}

/** SES's event types, as its API v2 spells them. */
export const setupEventTypes = [
  "SEND",
  "REJECT",
  "BOUNCE",
  "COMPLAINT",
  "DELIVERY",
  "OPEN",
  "CLICK",
  "RENDERING_FAILURE",
  "DELIVERY_DELAY",
  "SUBSCRIPTION",
] as const;

/** Folders in the bucket of a Firehose stream. */
export const bucketFolders = { events: "events/", failed: "failed/" } as const;

/** In seconds: 14 days, the longest that SQS keeps messages. */
export const queueRetentionSeconds = 14 * 24 * 3600;
/** The mirror fetches a batch in one call, and extends its time while it works. */
export const visibilitySeconds = 60;
/**
 * The most that SQS allows. While Mailglass can't record events it leaves messages in the queue, and each time that it
 * tries counts. Messages that can't be read don't come back: they are put aside.
 */
export const maxReceiveCount = 1000;
/** Once a minute for almost an hour, the longest that SNS tries. */
export const snsRetries = { count: 59, delaySeconds: 60 } as const;
/** In seconds: the longest that Firehose tries. */
export const firehoseRetrySeconds = 7200;
/** The longest that EventBridge tries. */
export const eventBridgeRetries = { attempts: 185, ageSeconds: 24 * 3600 } as const;

/** The names of the resources. */
export function namesOf({ name }: SetupPlan) {
  return {
    topic: name,
    queue: name,
    deadLetters: `${name}-dead-letters`,
    stream: name,
    rule: name,
    destination: name,
    /** SES puts records into the stream with it. */
    sesRole: `${name}-ses`,
    /** Firehose writes to the bucket with it. */
    streamRole: `${name}-firehose`,
    /** EventBridge calls the API destination with it. */
    ruleRole: `${name}-eventbridge`,
    /** What the mirror itself may do. */
    mirrorPolicy: `${name}-mirror`,
  };
}

/** The ARNs of the resources. */
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
    /** An ID follows, which AWS chooses. */
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
