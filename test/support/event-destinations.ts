/** Event destinations through the SDK, and the events that come out of them. */
import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  type EventDestinationDefinition,
  type EventType,
} from "@aws-sdk/client-sesv2";
import { expect } from "vitest";
import type { SnsEnvelope } from "./aws-emulator.ts";
import type { InProcessServer } from "./in-process-server.ts";

export const allEventTypes: EventType[] = [
  "SEND",
  "REJECT",
  "BOUNCE",
  "COMPLAINT",
  "DELIVERY",
  "OPEN",
  "CLICK",
  "RENDERING_FAILURE",
  "DELIVERY_DELAY",
  "SUBSCRIPTION",
];

export async function createSet(on: InProcessServer, ConfigurationSetName: string): Promise<void> {
  await on.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName }));
}

/** Adds an enabled destination of all event types, unless the definition says otherwise. */
export async function addDestination(
  on: InProcessServer,
  [ConfigurationSetName, EventDestinationName]: readonly [set: string, name: string],
  definition: EventDestinationDefinition,
): Promise<void> {
  const EventDestination = { Enabled: true, MatchingEventTypes: allEventTypes, ...definition };
  await on.client.send(
    new CreateConfigurationSetEventDestinationCommand({ ConfigurationSetName, EventDestinationName, EventDestination }),
  );
}

/** The text by which SES validates a topic. */
export const validationText = "Successfully validated SNS topic for Amazon SES event publishing.";

/** The parts of an event that tests use to tell events apart. */
export interface ReadEvent {
  readonly eventType: string;
  readonly mail: { readonly messageId: string; readonly timestamp: string };
}

/** The event in a message to a topic, which must be written as SES writes it. */
export function eventIn({ Type, Subject, Message }: SnsEnvelope): ReadEvent {
  expect([Type, Subject]).toEqual(["Notification", "Amazon SES Email Event Notification"]);
  expect(Message).toMatch(/^\{.*\}\n$/);
  return JSON.parse(Message);
}

/** `Send`, `Delivery`, ... of each message, sorted. */
export function typesByMessage(events: readonly ReadEvent[]): Record<string, string[]> {
  const groups = Map.groupBy(events, ({ mail }) => mail.messageId);
  return Object.fromEntries([...groups].map(([id, own]) => [id, own.map(({ eventType }) => eventType).sort()]));
}
