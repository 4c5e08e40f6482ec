/** The settings of a source, by its transport. */
import { array, boolean, type InferOutput, literal, object, optional, picklist, string, variant } from "valibot";
import { parseVersionedJson } from "../common/parse-data.ts";

/** The version of the stored format. */
const version = 1;

const common = {
  /** What is read from or synchronized with the real account besides events; unset: nothing. */
  pull: optional(
    object({
      /** Copies its suppression list here; `both`: also copies new entries from here. */
      suppression: optional(picklist(["in", "both"])),
      /** Reads its identities, configuration sets and templates; unset: no. */
      resources: optional(literal(true)),
    }),
  ),
};

const sqs = object({
  ...common,
  kind: literal("sqs"),
  /** Such as `https://sqs.eu-west-1.amazonaws.com/111122223333/ses-events`. */
  queueUrl: string(),
  /** The region for the signature of calls. */
  region: string(),
  /** The topics whose envelopes are accepted; empty for any, since the queue's policy restricts senders. */
  topicArns: array(string()),
});

const sns = object({
  ...common,
  kind: literal("sns"),
  /** The topics whose requests are accepted. */
  topicArns: array(string()),
  /** Whether to accept raw messages, which have the source's secret instead of a signature. */
  raw: boolean(),
});

const firehose = object({
  ...common,
  kind: literal("firehose"),
  /** The only delivery stream to accept; unset: any with the access key. */
  streamArn: optional(string()),
});

const s3 = object({
  ...common,
  kind: literal("s3"),
  bucket: string(),
  /** The prefix of the files' keys; may be empty. */
  prefix: string(),
  region: string(),
  /** Whether to keep reading new files. */
  follow: boolean(),
});

const eventbridge = object({
  ...common,
  kind: literal("eventbridge"),
  /** How the API destination authenticates: the secret is the password or the key. */
  authorization: picklist(["basic", "api-key"]),
  /** The user name, or the name of the header in lower case. */
  name: string(),
});

const sourceSettings = variant("kind", [sqs, sns, firehose, s3, eventbridge]);

export type SourceSettings = InferOutput<typeof sourceSettings>;
export type SourceKind = SourceSettings["kind"];
/** The settings of one kind of source. */
export type SettingsOf<Kind extends SourceKind> = Extract<SourceSettings, { kind: Kind }>;

/** The kinds that AWS posts to this server. */
export type PushKind = "sns" | "firehose" | "eventbridge";

export function encodeSourceSettings(settings: SourceSettings): string {
  return JSON.stringify({ v: version, ...settings });
}

/**
 * Inverse of `encodeSourceSettings`.
 * @throws MalformedData
 */
export function decodeSourceSettings(stored: string): SourceSettings {
  return parseVersionedJson(sourceSettings, version, stored, "the settings of a mirror's source");
}
