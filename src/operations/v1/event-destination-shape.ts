/**
 * The form of event destinations in v1. It has no EventBridge and Pinpoint destinations: those that v2 made are shown
 * without a target. Its model lacks two event types that SES accepts in practice: `deliveryDelay` and `subscription`.
 */
import type { EventDestination as V1Destination } from "@aws-sdk/client-ses";
import { DimensionValueSource, type EventDestination, type EventDestinationDefinition } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Refusal } from "../../contract/v1/map-error.ts";
import type { Open } from "../../contract/v1/types.ts";
import type { DestinationEventType } from "../../stores/postgres/event-destinations.ts";
import { storedEventType } from "../../stores/postgres/stored-options.ts";
import { checkEventDestinationName } from "../event-destinations/event-destination-name.ts";

/** `RENDERING_FAILURE` is `renderingFailure` in v1. */
const inV1 = (type: string) => type.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const eventTypes: ReadonlyMap<string, DestinationEventType> = new Map(
  storedEventType.options.map((type) => [inV1(type), type]),
);

const valueSources: ReadonlyMap<string, DimensionValueSource> = new Map(
  Object.values(DimensionValueSource).map((source) => [inV1(source), source]),
);

/** An event destination as v2's operations take it. */
export interface GivenDestination {
  readonly EventDestinationName: string;
  readonly EventDestination: EventDestinationDefinition;
}

/** A destination of v1 in v2's form. Throws a bad request for a name or an event type that is invalid, as v2 does. */
export function toV2Destination(given: V1Destination | undefined): GivenDestination {
  const EventDestinationName = checkEventDestinationName(given?.Name);
  const types = given?.MatchingEventTypes ?? [];
  if (types.length === 0) throw errors.eventTypesMissing();
  const { SNSDestination, KinesisFirehoseDestination, CloudWatchDestination } = given ?? {};
  return {
    EventDestinationName,
    EventDestination: {
      Enabled: given?.Enabled,
      MatchingEventTypes: types.map((type) => {
        const known = eventTypes.get(type);
        if (known === undefined) throw errors.eventType(type.slice(0, 64), [...eventTypes.keys()]);
        return known;
      }),
      SnsDestination: SNSDestination && { TopicArn: SNSDestination.TopicARN },
      KinesisFirehoseDestination: KinesisFirehoseDestination && {
        IamRoleArn: KinesisFirehoseDestination.IAMRoleARN,
        DeliveryStreamArn: KinesisFirehoseDestination.DeliveryStreamARN,
      },
      CloudWatchDestination: CloudWatchDestination && {
        DimensionConfigurations: CloudWatchDestination.DimensionConfigurations?.map((one) => ({
          ...one,
          DimensionValueSource: valueSources.get(one.DimensionValueSource ?? ""),
        })),
      },
    },
  };
}

/** A destination of v2 in v1's form. */
export function fromV2Destination(destination: EventDestination): Open<V1Destination> {
  const { Name, Enabled, MatchingEventTypes, SnsDestination, KinesisFirehoseDestination, CloudWatchDestination } =
    destination;
  return {
    Name,
    Enabled,
    MatchingEventTypes: MatchingEventTypes?.map(inV1),
    SNSDestination: SnsDestination && { TopicARN: SnsDestination.TopicArn },
    KinesisFirehoseDestination: KinesisFirehoseDestination && {
      IAMRoleARN: KinesisFirehoseDestination.IamRoleArn,
      DeliveryStreamARN: KinesisFirehoseDestination.DeliveryStreamArn,
    },
    CloudWatchDestination: CloudWatchDestination && {
      DimensionConfigurations: CloudWatchDestination.DimensionConfigurations?.map((one) => ({
        ...one,
        DimensionValueSource: one.DimensionValueSource && inV1(one.DimensionValueSource),
      })),
    },
  };
}

/** The error for a bad target: by its kind, if there is one target with a code of its own. */
export function invalidTarget(
  configurationSet: string | undefined,
  { EventDestinationName, EventDestination }: GivenDestination,
): Refusal {
  const { SnsDestination, KinesisFirehoseDestination, CloudWatchDestination } = EventDestination;
  const codes = [
    ...(SnsDestination ? (["InvalidSNSDestination"] as const) : []),
    ...(KinesisFirehoseDestination ? (["InvalidFirehoseDestination"] as const) : []),
    ...(CloudWatchDestination ? (["InvalidCloudWatchDestination"] as const) : []),
  ];
  const [code] = codes;
  if (code === undefined || codes.length > 1) return { code: "InvalidParameterValue", members: {} };
  return { code, members: { ConfigurationSetName: configurationSet ?? "", EventDestinationName } };
}
