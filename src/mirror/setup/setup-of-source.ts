/** Derives a setup's parameters from an existing source, so that the AWS resources match its settings. */
import type { SourceSettings } from "../source-settings.ts";

/** The attributes of a source that its setup depends on. */
export interface SetupSource {
  readonly accounts: readonly string[];
  readonly region: string;
  readonly url?: string | undefined;
  readonly settings: SourceSettings;
}

/** The members of `setupMembers` that the source determines. Callers can override them. */
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
