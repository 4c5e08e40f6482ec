/**
 * Converts SES's events (facts 7.2, 7.3 and events-and-mirror 4.8), from event destinations and from notifications of
 * identities, into our own. The result depends on the event alone, not on its transport or on repetitions: the same
 * event always gets the same IDs, so it counts once.
 */
import { hash } from "node:crypto";
import type { EventType, MailEvent } from "../events/event.ts";
import { eventNames } from "../publishing/ses-event/event-names.ts";
import { type Members, member, text, timeOf } from "./event-members.ts";
import { factsOf, type MirroredMessage, messageOf } from "./mirrored-message.ts";
import { outcomesOf, unknownMembers } from "./outcomes.ts";
import { UnreadableEvent } from "./unreadable-event.ts";

/** A parsed event that has not been assigned to a scope yet. */
export interface MirroredEvent {
  readonly type: EventType;
  readonly message: MirroredMessage;
  /** The event's details: the value of its member `bounce`, for example. */
  readonly body: Members;
}

/** What must be known to record an event but is not in the event. */
export interface RecordingFacts {
  readonly scope: number;
  /** The account of the scope. */
  readonly account: string;
  /** Whether hard bounces and complaints add addresses to our suppression lists. */
  readonly suppresses: boolean;
  /** Whether the configuration set is known to track opens, or clicks. */
  readonly openTracked: boolean;
  readonly clickTracked: boolean;
}

const types = new Map(
  Object.keys(eventNames)
    .filter((type): type is EventType => Object.hasOwn(eventNames, type))
    .map((type) => [folded(eventNames[type].eventType), type] as const),
);

/** SES spells types in three ways: `Rendering Failure`, `RENDERING_FAILURE` and `renderingFailure`. */
function folded(name: string): string {
  return name.replaceAll(/[ _-]/g, "").toLowerCase();
}

/**
 * Parses an event of SES.
 * @param event the event's members, with `eventType` or `notificationType`
 * @throws UnreadableEvent
 */
export function readMirroredEvent(event: Members): MirroredEvent {
  const name = text(event.eventType) ?? text(event.notificationType) ?? "";
  const type = types.get(folded(name));
  if (type === undefined) throw new UnreadableEvent(`The event type ${JSON.stringify(name)} is unknown.`);
  return { type, message: messageOf(member(event, "mail")), body: member(event, eventNames[type].member) };
}

/**
 * Our events for an event of SES: one per recipient that it is about. Opens and clicks don't name their recipient; if
 * the message has several, it is ''.
 * @throws UnreadableEvent
 */
export function mailEventsOf({ type, message, body }: MirroredEvent, recording: RecordingFacts): MailEvent[] {
  const { messageId, sentAt } = message;
  const at = timeOf(body.timestamp) ?? sentAt;
  const unknown = unknownMembers(type, body);
  return outcomesOf(type, body, message).map(
    ({ recipient: told, discriminator = at.toISOString(), says }): MailEvent => {
      const recipient = message.recipients.get(told.toLowerCase()) ?? told;
      const base = {
        id: eventId([recording.account, messageId, type, recipient.toLowerCase(), discriminator]),
        scope: recording.scope,
        messageId,
        sentAt,
        recipient,
        at,
      };
      const facts = factsOf(message, recipient, recording);
      if (says.type === "SEND") return { ...base, type: "SEND", message: facts, mirrored: { unknown: message.unread } };
      const mirrored = { message: facts, unknown };
      const isReport = says.type === "BOUNCE" || says.type === "COMPLAINT";
      if (isReport && !recording.suppresses) return { ...base, ...says, distrusted: "mirrored", mirrored };
      return { ...base, ...says, mirrored };
    },
  );
}

/** A UUID of version 8 (RFC 9562, 5.8), derived from the parts. */
function eventId(parts: readonly string[]): string {
  const digits = hash("sha256", parts.join("\n"), "hex");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-9${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}
