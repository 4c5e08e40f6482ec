/** Counts events for CloudWatch: how many of a type there were in a minute, for each set of dimensions. */
import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchDimensionConfiguration } from "@aws-sdk/client-sesv2";
import { array, type InferOutput, nullish, object, string } from "valibot";
import { dictionary, parseJson } from "../../common/parse-data.ts";
import type { PublishedEvent, PublishedType } from "../published-event.ts";
import { metricNames } from "../ses-event/event-names.ts";

/** What dimensions are read from. */
const eventBody = object({
  mail: nullish(
    object({
      tags: nullish(dictionary(array(string()))),
      headers: nullish(array(object({ name: string(), value: string() }))),
    }),
  ),
  click: nullish(object({ linkTags: nullish(dictionary(array(string()))) })),
});
type EventBody = InferOutput<typeof eventBody>;

/** A count, and the events that it counts. */
export interface CountedEvents {
  readonly datum: MetricDatum;
  /** Indexes into the events given. */
  readonly events: readonly number[];
}

/** The metric's name of an event type; undefined if SES has no metric for it. */
export function metricName(type: PublishedType): string | undefined {
  return Object.entries(metricNames).find(([known]) => known === type)?.[1];
}

/** Counts the events that have a metric. */
export function countEvents(
  events: readonly PublishedEvent[],
  configurations: readonly CloudWatchDimensionConfiguration[],
): CountedEvents[] {
  const counts = new Map<string, { datum: MetricDatum; events: number[] }>();
  for (const [index, { type, at, body }] of events.entries()) {
    const MetricName = metricName(type);
    if (MetricName === undefined) continue;
    const Timestamp = new Date(at - (at % 60_000));
    const Dimensions = dimensionsOf(parseJson(eventBody, body, "a published event"), configurations);
    const key = JSON.stringify([MetricName, Timestamp, Dimensions]);
    const count = counts.get(key) ?? {
      datum: { MetricName, Timestamp, Dimensions, Unit: "Count", Values: [1], Counts: [0] },
      events: [],
    };
    count.events.push(index);
    count.datum.Counts = [count.events.length];
    counts.set(key, count);
  }
  return [...counts.values()];
}

function dimensionsOf(body: EventBody, configurations: readonly CloudWatchDimensionConfiguration[]) {
  return configurations.map(({ DimensionName: Name, DimensionValueSource: source, DefaultDimensionValue }) => {
    const found = Name === undefined ? undefined : foundValue(body, Name, source);
    return { Name, Value: found !== undefined && isDimensionValue(found) ? found : DefaultDimensionValue };
  });
}

function foundValue(
  { mail, click }: EventBody,
  name: string,
  source: CloudWatchDimensionConfiguration["DimensionValueSource"],
): string | undefined {
  switch (source) {
    case "MESSAGE_TAG":
      return ownMember(mail?.tags, name)?.[0];
    case "EMAIL_HEADER":
      return mail?.headers?.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value;
    case "LINK_TAG":
      return ownMember(click?.linkTags, name)?.[0];
    default:
      return undefined;
  }
}

/** Tags may have names such as `constructor`. */
function ownMember<Value>(members: Record<string, Value> | null | undefined, name: string): Value | undefined {
  return members && Object.hasOwn(members, name) ? members[name] : undefined;
}

/** What CloudWatch takes, within SES's length: one that it refuses would fail the whole call. */
function isDimensionValue(value: string): boolean {
  return value.length <= 255 && /^(?!:)[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/.test(value);
}
