/** What an existing source says of its set-up, so that what is made on AWS is what the source expects. */
import type { SourceSettings } from "../source-settings.ts";

/** The part of a source that matters. */
export interface SetupSource {
  readonly accounts: readonly string[];
  readonly region: string;
  readonly url?: string | undefined;
  readonly settings: SourceSettings;
}

/** Members of a set-up; callers can give others. */
export function setupOfSource({ accounts, region, url, settings }: SetupSource): Record<string, string> {
  const [account = ""] = accounts;
  return { kind: settings.kind, account, region, ...(url !== undefined && { url }), ...byKind(settings) };
}

function byKind(settings: SourceSettings): Record<string, string> {
  switch (settings.kind) {
    case "sqs":
      return named(settings.queueUrl.split("/").at(-1));
    case "sns":
      return named(settings.topicArns[0]?.split(":").at(-1));
    case "firehose":
      return named(settings.streamArn?.split("/").at(-1));
    case "s3":
      return { bucket: settings.bucket };
    case "eventbridge":
      return { authorization: settings.authorization, authorizationName: settings.name };
  }
}

const named = (name: string | undefined): Record<string, string> => (name === undefined ? {} : { name });
