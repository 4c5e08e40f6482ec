/** Where a Firehose stream delivers to. The AWS CLI and CloudFormation have the same members for it. */
import {
  arnsOf,
  bucketFolders,
  firehoseRetrySeconds,
  type Json,
  type JsonObject,
  type SetupPlan,
} from "./setup-plan.ts";

/** How much Firehose gathers for the mirror's endpoint: as little as it can, so that events come soon. */
export const endpointBuffer = { megabytes: 1, seconds: 60 } as const;
/** How much it gathers for a file. */
export const fileBuffer = { megabytes: 64, seconds: 300 } as const;

/** An HTTP endpoint, with a bucket for what it did not take. */
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

/** Files in a bucket. */
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

/** The events of the configuration set on the account's default bus. */
export function eventPattern({ configurationSet }: SetupPlan): Json {
  return { source: ["aws.ses"], detail: { mail: { tags: { "ses:configuration-set": [configurationSet] } } } };
}
