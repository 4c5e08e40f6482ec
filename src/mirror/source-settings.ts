/** The settings of a mirror's source, by the transport that its events come on. */
import { array, boolean, type InferOutput, literal, object, optional, picklist, string, variant } from "valibot";
import { parseVersionedJson } from "../common/parse-data.ts";

/** The version of the stored layout. */
const version = 1;

const common = {
  /** What is exchanged with the real account besides events; unset: nothing. */
  pull: optional(
    object({
      /** Its suppression list is copied here; `both`: what is added here is added there, too. */
      suppression: optional(picklist(["in", "both"])),
      /** Its identities, configuration sets and templates are read; unset: no. */
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
  /** The topics whose envelopes are accepted; none: any, since the queue's policy decides. */
  topicArns: array(string()),
});

const sns = object({
  ...common,
  kind: literal("sns"),
  /** The topics whose requests are accepted. */
  topicArns: array(string()),
  /** Raw message delivery: requests have no signature, but the source's secret. */
  raw: boolean(),
});

const firehose = object({
  ...common,
  kind: literal("firehose"),
  /** The delivery stream whose requests are accepted; unset: any that knows the access key. */
  streamArn: optional(string()),
});

const s3 = object({
  ...common,
  kind: literal("s3"),
  bucket: string(),
  /** Where the files are; may be empty. */
  prefix: string(),
  region: string(),
  /** Whether new files are looked for once all are read. */
  follow: boolean(),
});

const eventbridge = object({
  ...common,
  kind: literal("eventbridge"),
  /** How the API destination proves itself: the secret is the password or the key. */
  authorization: picklist(["basic", "api-key"]),
  /** The user name, or the name of the header in lower case. */
  name: string(),
});

const sourceSettings = variant("kind", [sqs, sns, firehose, s3, eventbridge]);

export type SourceSettings = InferOutput<typeof sourceSettings>;
export type SourceKind = SourceSettings["kind"];
/** The settings of one kind of source. */
export type SettingsOf<Kind extends SourceKind> = Extract<SourceSettings, { kind: Kind }>;

/** The kinds whose senders make requests to this server. */
export type PushKind = "sns" | "firehose" | "eventbridge";

/** The stored form. */
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
