/** Reads an EventDestinationDefinition, with SES's checks in SES's order. */
import type { CloudWatchDimensionConfiguration, EventDestinationDefinition } from "@aws-sdk/client-sesv2";
import { is } from "valibot";
import { concerning, refuse, type Violation } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { DestinationEventType, EventDestination, EventTarget } from "../../stores/postgres/event-destinations.ts";
import { storedEventType } from "../../stores/postgres/stored-options.ts";
import type { TargetOwner } from "./event-destination-services.ts";
import {
  checkApplicationArn,
  checkDeliveryStreamArn,
  checkEventBusArn,
  checkRoleArn,
  checkTopicArn,
} from "./target-arns.ts";

/** SES's quota. */
const MAX_DIMENSIONS = 10;

/** What an operation stores. */
export type Definition = Pick<EventDestination, "enabled" | "eventTypes" | "target">;

/**
 * Checks a definition. Throws a bad request.
 * @param found the constraints that the input violates: most of SES's own checks come before them
 */
export function readDefinition(
  definition: EventDestinationDefinition | undefined,
  found: readonly Violation[],
  owner: TargetOwner,
): Definition {
  if (!definition) {
    refuse(concerning(found, "eventDestination"));
    throw errors.eventTargetMissing();
  }
  const eventTypes = readEventTypes(definition.MatchingEventTypes);
  const target = readTarget(definition, found, owner);
  // SES treats an absent boolean as false.
  return { enabled: definition.Enabled ?? false, eventTypes, target };
}

/** The types in the order given, each once. */
function readEventTypes(given: readonly string[] | undefined): DestinationEventType[] {
  if (!given || given.length === 0) throw errors.eventTypesMissing();
  const types = given.map((type) => {
    if (!is(storedEventType, type)) throw errors.eventType(type.slice(0, 64), storedEventType.options);
    return type;
  });
  return [...new Set(types)];
}

function readTarget(
  definition: EventDestinationDefinition,
  found: readonly Violation[],
  owner: TargetOwner,
): EventTarget {
  const { SnsDestination, EventBridgeDestination, KinesisFirehoseDestination } = definition;
  const { CloudWatchDestination, PinpointDestination } = definition;
  const given = [
    SnsDestination,
    EventBridgeDestination,
    KinesisFirehoseDestination,
    CloudWatchDestination,
    PinpointDestination,
  ].filter((one) => one !== undefined);
  if (given.length === 0) throw errors.eventTargetMissing();
  if (given.length > 1) throw errors.oneEventTarget();
  if (CloudWatchDestination && !CloudWatchDestination.DimensionConfigurations?.length) throw errors.dimensionsMissing();
  if (PinpointDestination) {
    return { PinpointDestination: { ApplicationArn: checkApplicationArn(PinpointDestination.ApplicationArn) } };
  }

  refuse(concerning(found, "eventDestination"));
  if (SnsDestination) return { SnsDestination: { TopicArn: checkTopicArn(text(SnsDestination.TopicArn), owner) } };
  if (EventBridgeDestination) {
    return {
      EventBridgeDestination: { EventBusArn: checkEventBusArn(text(EventBridgeDestination.EventBusArn), owner) },
    };
  }
  if (KinesisFirehoseDestination) {
    const { IamRoleArn, DeliveryStreamArn } = KinesisFirehoseDestination;
    return {
      KinesisFirehoseDestination: {
        IamRoleArn: checkRoleArn(text(IamRoleArn)),
        DeliveryStreamArn: checkDeliveryStreamArn(text(DeliveryStreamArn), owner),
      },
    };
  }
  return {
    CloudWatchDestination: { DimensionConfigurations: readDimensions(CloudWatchDestination?.DimensionConfigurations) },
  };
}

/** A required member: its absence has been refused. */
const text = (value: string | undefined) => value ?? "";

type CloudWatchTarget = Extract<EventTarget, { CloudWatchDestination: unknown }>;
type Dimensions = CloudWatchTarget["CloudWatchDestination"]["DimensionConfigurations"];

function readDimensions(given: readonly CloudWatchDimensionConfiguration[] = []): Dimensions {
  if (given.length > MAX_DIMENSIONS) throw errors.tooManyDimensions(MAX_DIMENSIONS);
  const names = new Set<string>();
  return given.map(({ DimensionName, DimensionValueSource, DefaultDimensionValue }) => {
    const name = text(DimensionName);
    const value = text(DefaultDimensionValue);
    // A colon occurs in the names of SES's own tags: ses:configuration-set.
    if (!/^[A-Za-z0-9_:-]{1,255}$/.test(name)) throw errors.dimensionName(name);
    if (!/^[A-Za-z0-9_@.-]{1,255}$/.test(value)) throw errors.dimensionValue(value);
    if (names.has(name)) throw errors.repeatedDimension(name);
    names.add(name);
    return {
      DimensionName: name,
      DimensionValueSource: DimensionValueSource ?? "MESSAGE_TAG",
      DefaultDimensionValue: value,
    };
  });
}
