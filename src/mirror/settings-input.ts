/** Reads the settings of a source by its kind, and the accounts and regions that they name. */
import {
  bad,
  choiceMember,
  flagMember,
  type InputMembers,
  listMember,
  membersOf,
  shown,
  textMember,
} from "./input-members.ts";
import { topicArnOf } from "./sns/topic-arn.ts";
import type { SettingsOf, SourceKind, SourceSettings } from "./source-settings.ts";

/** What an ARN or a URL names. */
export interface Origin {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

export interface SettingsContext {
  /** The SQS endpoint that the operator has set. */
  readonly queueEndpoint: () => string | undefined;
}

const mostTopics = 100;
const longestUrl = 2_048;
const region = /^[a-z]{2}(-[a-z]+)+-\d$/;
const streamForm = /^arn:aws[a-z-]{0,20}:firehose:([a-z]{2}(?:-[a-z]+)+-\d):(\d{12}):deliverystream\/[\w.-]{1,64}$/;
const queueHost = /(?:^|\.)(?:sqs\.)?([a-z]{2}(?:-[a-z]+)+-\d)\./;
const bucketForm = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const longestPrefix = 1_024;
/** The name of an HTTP header (RFC 9110, 5.6.2). */
const headerForm = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
/** Headers that have another meaning in the request. */
const takenHeaders = [
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "cookie",
  "host",
  "transfer-encoding",
];

export const isRegion = (text: string) => text.length <= 32 && region.test(text);

/**
 * Reads the settings of a kind of source.
 * @param given the member `settings`; omitted members are as in `current`, or the default
 * @throws MirrorError
 */
export function readSettings(
  kind: SourceKind,
  given: unknown,
  current: SourceSettings | undefined,
  context: SettingsContext,
): SourceSettings {
  const { kind: _, ...before } = current ?? { kind };
  const read = (...names: string[]): InputMembers => {
    const members = membersOf(given ?? {}, "settings", names);
    // Members with a default that depends on a changed member get it again.
    const renewed = [...("queueUrl" in members ? ["region"] : []), ...("authorization" in members ? ["name"] : [])];
    const kept = Object.entries(before).filter(([name]) => !renewed.includes(name));
    return { ...Object.fromEntries(kept), ...members };
  };
  const members = read(...memberNames[kind], "pull");
  const settings = readKind(kind, members, context);
  const pull = readPull(members.pull, current?.pull);
  return pull ? { ...settings, pull } : settings;
}

const memberNames: Readonly<Record<SourceKind, readonly string[]>> = {
  sqs: ["queueUrl", "region", "topicArns"],
  sns: ["topicArns", "raw"],
  firehose: ["streamArn"],
  s3: ["bucket", "prefix", "region", "follow"],
  eventbridge: ["authorization", "name"],
};

function readKind(kind: SourceKind, members: InputMembers, context: SettingsContext): SourceSettings {
  switch (kind) {
    case "sqs":
      return readSqs(members, context);
    case "sns":
      return readSns(members);
    case "firehose":
      return readFirehose(members);
    case "s3":
      return readS3(members);
    case "eventbridge":
      return readEventBridge(members);
  }
}

/** Null turns everything off. Omitted members are as in `current`. */
function readPull(given: unknown, current: SourceSettings["pull"]): SourceSettings["pull"] {
  if (given === undefined || given === null) return undefined;
  const members = { ...current, ...membersOf(given, "pull", ["suppression", "resources"]) };
  const suppression = choiceMember(members, "suppression", ["off", "in", "both"]) ?? "off";
  const resources = flagMember(members, "resources") ?? false;
  if (suppression === "off" && !resources) return undefined;
  return { ...(suppression !== "off" && { suppression }), ...(resources && { resources }) };
}

/** The accounts and regions that settings name. */
export function originsOf(settings: SourceSettings): Origin[] {
  switch (settings.kind) {
    case "sqs":
      return [
        queueOrigin(settings.queueUrl),
        ...topicOrigins(settings),
        { account: undefined, region: settings.region },
      ];
    case "sns":
      return topicOrigins(settings);
    case "firehose": {
      const [, region, account] = streamForm.exec(settings.streamArn ?? "") ?? [];
      return [{ account, region }];
    }
    case "s3":
      return [{ account: undefined, region: settings.region }];
    case "eventbridge":
      return [];
  }
}

function topicOrigins({ topicArns }: { topicArns: readonly string[] }): Origin[] {
  return topicArns.map((arn) => topicArnOf(arn)).filter((topic) => topic !== undefined);
}

function readSqs(members: InputMembers, { queueEndpoint }: SettingsContext): SettingsOf<"sqs"> {
  const queueUrl = textMember(members, "queueUrl");
  if (queueUrl === undefined) {
    throw bad(
      "A source of the kind sqs needs settings.queueUrl, such as https://sqs.eu-west-1.amazonaws.com/111122223333/ses-events.",
    );
  }
  checkQueueUrl(queueUrl, queueEndpoint());
  const topicArns = topicsOf(members) ?? [];
  const place = regionMember(members) ?? queueOrigin(queueUrl).region ?? topicOrigins({ topicArns })[0]?.region;
  if (place === undefined) throw bad("Its URL does not tell the queue's region: set settings.region.");
  return { kind: "sqs", queueUrl, region: place, topicArns };
}

function checkQueueUrl(text: string, endpoint: string | undefined): void {
  const url = text.length > longestUrl ? null : URL.parse(text);
  const isPlain = url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (!url || !isPlain || url.pathname === "/" || !/^https?:\/\//.test(text)) {
    throw bad(
      `${shown(text)} is not the URL of a queue, such as https://sqs.eu-west-1.amazonaws.com/111122223333/ses-events.`,
    );
  }
  // Calls then go to that endpoint, regardless of the URL's host: emulators name hosts that can't be reached.
  if (url.protocol === "http:" && endpoint === undefined) {
    throw bad("queueUrl may begin with http:// only where AWS_ENDPOINT_URL_SQS or AWS_ENDPOINT_URL is set.");
  }
}

function queueOrigin(queueUrl: string): Origin {
  const { hostname = "", pathname = "" } = URL.parse(queueUrl) ?? {};
  const [, account] = /^\/(\d{12})\//.exec(pathname) ?? [];
  return { account, region: queueHost.exec(hostname)?.[1] };
}

function readSns(members: InputMembers): SettingsOf<"sns"> {
  const topicArns = topicsOf(members) ?? [];
  if (topicArns.length === 0) {
    throw bad(
      "A source of the kind sns needs settings.topicArns with at least one topic: a signature alone only proves that a message comes from anybody's topic.",
    );
  }
  return { kind: "sns", topicArns, raw: flagMember(members, "raw") ?? false };
}

function topicsOf(members: InputMembers): string[] | undefined {
  const what = "the ARN of a topic, such as arn:aws:sns:eu-west-1:111122223333:ses-events";
  return listMember(members, "topicArns", { is: (text) => topicArnOf(text) !== undefined, what, most: mostTopics });
}

function readFirehose(members: InputMembers): SettingsOf<"firehose"> {
  // Null: any stream with the access key.
  if (members.streamArn === null) return { kind: "firehose" };
  const streamArn = textMember(members, "streamArn");
  if (streamArn !== undefined && !streamForm.test(streamArn)) {
    throw bad(
      `${shown(streamArn)} is not the ARN of a stream, such as arn:aws:firehose:eu-west-1:111122223333:deliverystream/ses-events.`,
    );
  }
  return { kind: "firehose", ...(streamArn !== undefined && { streamArn }) };
}

function readS3(members: InputMembers): SettingsOf<"s3"> {
  const bucket = textMember(members, "bucket");
  if (bucket === undefined || !bucketForm.test(bucket)) {
    throw bad("A source of the kind s3 needs settings.bucket, the name of a bucket without s3://.");
  }
  const prefix = textMember(members, "prefix") ?? "";
  if (Buffer.byteLength(prefix) > longestPrefix || !prefix.isWellFormed()) {
    throw bad(`prefix may have ${longestPrefix} bytes at the most.`);
  }
  const place = regionMember(members);
  if (place === undefined) throw bad("A source of the kind s3 needs settings.region, the region of the bucket.");
  return { kind: "s3", bucket, prefix, region: place, follow: flagMember(members, "follow") ?? true };
}

function regionMember(members: InputMembers): string | undefined {
  const given = textMember(members, "region");
  if (given !== undefined && !isRegion(given)) throw bad(`${shown(given)} is not a region, such as eu-west-1.`);
  return given;
}

function readEventBridge(members: InputMembers): SettingsOf<"eventbridge"> {
  const authorization = choiceMember(members, "authorization", ["basic", "api-key"]) ?? "api-key";
  const name = textMember(members, "name") ?? (authorization === "basic" ? "mailglass" : "x-mailglass-key");
  if (authorization === "basic") {
    if (!/^[\x21-\x39\x3b-\x7e]{1,256}$/.test(name)) {
      throw bad("name must be a user name of ASCII characters without spaces and colons.");
    }
    return { kind: "eventbridge", authorization, name };
  }
  const header = name.toLowerCase();
  if (!headerForm.test(header) || takenHeaders.includes(header)) {
    throw bad("name must be the name of a header for the API key, such as x-mailglass-key.");
  }
  return { kind: "eventbridge", authorization, name: header };
}
