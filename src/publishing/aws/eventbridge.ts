/** Publishes events to an EventBridge event bus, as SES does. */
import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import type { PublishedEvent } from "../published-event.ts";
import type { Sender, SendResult } from "../sender.ts";
import { detailTypes } from "../ses-event/event-names.ts";
import type { AwsClients } from "./clients.ts";
import { answeredFailure, type CallTarget } from "./failure.ts";
import { resultOf, sendInCalls } from "./send-in-calls.ts";

/** The limits of PutEvents: less than 256 KB for all entries together, and for a single one. */
const limits = { entries: 10, bytes: 262_143, entryBytes: 262_143 };

/** Refusals of an entry for what is in it; trying again does not help. */
const permanentCodes = ["InvalidArgument", "MalformedDetail"];

export interface EventBridgeOptions {
  /** The bus's ARN. */
  readonly arn: string;
  /** The bus's region. */
  readonly region: string;
  /** `source` of the events. */
  readonly source: string;
  /** The ARN of a sending identity. */
  identityArn(identity: string): string;
  /** The ARN that events without an identity name; undefined for none. */
  readonly accountArn: string | undefined;
}

interface BusEntry {
  readonly entry: PutEventsRequestEntry;
  readonly bytes: number;
}

/** A sender to an event bus. */
export function createEventBridgeSender(
  { arn: EventBusName, region, source: Source, identityArn, accountArn }: EventBridgeOptions,
  clients: AwsClients,
): Sender {
  const target: CallTarget = { name: `event bus ${EventBusName}`, permission: "events:PutEvents" };

  return {
    limits: { events: 100, bytes: 2 << 20 },
    async send(events, { stopping }) {
      const eventBridge = await clients.eventBridge(region);
      return sendInCalls(events.map(entryOf), {
        target,
        limits,
        stopping,
        async call(entries) {
          const answer = await clients.call(eventBridge, (options) =>
            eventBridge.putEvents({ Entries: entries.map(({ entry }) => entry) }, options),
          );
          return (answer.Entries ?? []).map(({ ErrorCode, ErrorMessage }) => resultOfEntry(ErrorCode, ErrorMessage));
        },
      });
    },
  };

  function entryOf({ type, at, identity, body: Detail }: PublishedEvent): BusEntry {
    const DetailType = detailTypes[type];
    const resource = identity === undefined ? accountArn : identityArn(identity);
    const Resources = resource === undefined ? [] : [resource];
    // As the service counts: a time is 14 bytes, and the bus is not counted.
    const bytes =
      14 + [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    return { entry: { Source, DetailType, Detail, Resources, Time: new Date(at), EventBusName }, bytes };
  }

  function resultOfEntry(code: string | undefined, message: string | undefined): SendResult {
    if (!code) return { outcome: "delivered" };
    const failure = answeredFailure({ code, message }, target);
    if (failure.code === "NotAuthorizedForSource") {
      const error = `${target.name}: EventBridge refuses the source ${Source}; set MAILGLASS_EVENTBRIDGE_SOURCE`;
      return { outcome: "failed", permanent: false, error };
    }
    if (permanentCodes.includes(failure.code)) return { outcome: "failed", permanent: true, error: failure.error };
    return resultOf(failure);
  }
}
