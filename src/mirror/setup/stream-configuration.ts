/** The destination of a Firehose stream. The AWS CLI and CloudFormation use the same members. */
import {
  arnsOf,
  bucketFolders,
  firehoseRetrySeconds,
  type Json,
  type JsonObject,
  type SetupPlan,
} from "./setup-plan.ts";

/** Firehose's buffer for the mirror's endpoint: the minimum, so that events arrive soon. */
export const endpointBuffer = { megabytes: 1, seconds: 60 } as const;
/** Firehose's buffer for a file. */
export const fileBuffer = { megabytes: 64, seconds: 300 } as const;

/** Delivery to an HTTP endpoint, with a bucket for records that can't be delivered. */
export function endpointConfiguration(plan: SetupPlan, accessKey: Json): Json {
  return {
    EndpointConfiguration: { Url: plan.url, Name: "Mailglass", AccessKey: accessKey },
    BufferingHints: hints(endpointBuffer),
    RequestConfiguration: { ContentEncoding: "GZIP" },
    RetryOptions: { DurationInSeconds: firehoseRetrySeconds },
    RoleARN: arnsOf(plan).streamRole,
    S3BackupMode: "FailedDataOnly",
    S3Configuration: bucketConfiguration(plan),
  };
}

/** Delivery as files in a bucket. */
export function bucketConfiguration(plan: SetupPlan): JsonObject {
  const { bucket, streamRole } = arnsOf(plan);
  return {
    ...{ BucketARN: bucket, RoleARN: streamRole },
    ...{ Prefix: bucketFolders.events, ErrorOutputPrefix: bucketFolders.failed },
    BufferingHints: hints(fileBuffer),
    CompressionFormat: "GZIP",
  };
}

function hints({ megabytes, seconds }: { megabytes: number; seconds: number }): Json {
  return { SizeInMBs: megabytes, IntervalInSeconds: seconds };
}

/** Matches the configuration set's events on the account's default bus. */
export function eventPattern({ configurationSet }: SetupPlan): Json {
  return { source: ["aws.ses"], detail: { mail: { tags: { "ses:configuration-set": [configurationSet] } } } };
}
