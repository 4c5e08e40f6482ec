/** The facts about identities, configuration sets and templates that lists and checks need. */
import type {
  EventDestination,
  GetConfigurationSetResponse,
  GetEmailIdentityResponse,
  GetEmailTemplateResponse,
} from "@aws-sdk/client-sesv2";
import {
  array,
  boolean,
  type GenericSchema,
  type InferOutput,
  literal,
  object,
  optional,
  picklist,
  string,
  variant,
} from "valibot";
import { MalformedData, parseVersionedJson } from "../../common/parse-data.ts";

/** The version of the stored format. Facts with another version count as not read, and are read again within the hour. */
const version = 1;

const eventDestination = object({
  name: string(),
  enabled: boolean(),
  eventTypes: array(string()),
  to: optional(object({ service: picklist(["sns", "firehose", "eventbridge"]), arn: string() })),
});

const identity = object({
  kind: literal("identities"),
  type: optional(string()),
  verified: optional(boolean()),
  dkim: optional(string()),
  configurationSet: optional(string()),
});

const configurationSet = object({
  kind: literal("configuration-sets"),
  sendingEnabled: optional(boolean()),
  eventDestinations: array(eventDestination),
});

const template = object({
  kind: literal("templates"),
  subject: optional(string()),
  hasText: boolean(),
  hasHtml: boolean(),
});

const facts = variant("kind", [identity, configurationSet, template]) satisfies GenericSchema;

export type ResourceFacts = InferOutput<typeof facts>;
export type FactsOf<Kind extends ResourceFacts["kind"]> = Extract<ResourceFacts, { kind: Kind }>;

/** How many characters of a subject are kept for lists. */
const longestSubject = 500;

export function identityFacts(details: GetEmailIdentityResponse): FactsOf<"identities"> {
  return {
    kind: "identities",
    type: details.IdentityType,
    verified: details.VerifiedForSendingStatus,
    dkim: details.DkimAttributes?.Status,
    configurationSet: details.ConfigurationSetName,
  };
}

export function configurationSetFacts(
  details: GetConfigurationSetResponse,
  destinations: readonly EventDestination[],
): FactsOf<"configuration-sets"> {
  return {
    kind: "configuration-sets",
    sendingEnabled: details.SendingOptions?.SendingEnabled,
    eventDestinations: destinations.map((one) => ({
      name: one.Name ?? "",
      enabled: one.Enabled ?? false,
      eventTypes: one.MatchingEventTypes ?? [],
      to: receiverOf(one),
    })),
  };
}

export function templateFacts({ TemplateContent: content }: GetEmailTemplateResponse): FactsOf<"templates"> {
  return {
    kind: "templates",
    subject: content?.Subject?.slice(0, longestSubject).toWellFormed(),
    hasText: Boolean(content?.Text),
    hasHtml: Boolean(content?.Html),
  };
}

export function encodeFacts(given: ResourceFacts): string {
  return JSON.stringify({ v: version, ...given });
}

/** Inverse of `encodeFacts`; undefined for another version. */
export function decodeFacts(stored: string | null): ResourceFacts | undefined {
  if (stored === null) return undefined;
  try {
    return parseVersionedJson(facts, version, stored, "what was read of a real account");
  } catch (error) {
    if (error instanceof MalformedData) return undefined;
    throw error;
  }
}

function receiverOf(destination: EventDestination) {
  const { SnsDestination: sns, KinesisFirehoseDestination: firehose, EventBridgeDestination: bus } = destination;
  if (sns?.TopicArn !== undefined) return { service: "sns", arn: sns.TopicArn } as const;
  if (firehose?.DeliveryStreamArn !== undefined)
    return { service: "firehose", arn: firehose.DeliveryStreamArn } as const;
  if (bus?.EventBusArn !== undefined) return { service: "eventbridge", arn: bus.EventBusArn } as const;
  return undefined;
}
