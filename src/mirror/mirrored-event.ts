/**
 * Reads events of SES (facts 7.2, 7.3 and events-and-mirror 4.8), of event destinations as well as notifications of
 * identities, into our own events. The result depends on the event alone, never on how or how often it came: the same
 * event has the same IDs, so that it counts once.
 */
import { hash } from "node:crypto";
import type { EventType, MailEvent } from "../events/event.ts";
import { eventNames } from "../publishing/ses-event/event-names.ts";
import { type Members, member, text, timeOf } from "./event-members.ts";
import { factsOf, type MirroredMessage, messageOf } from "./mirrored-message.ts";
import { outcomesOf, unknownMembers } from "./outcomes.ts";
import { UnreadableEvent } from "./unreadable-event.ts";

/** An event as it was read, before it is known to which scope it belongs. */
export interface MirroredEvent {
  readonly type: EventType;
  readonly message: MirroredMessage;
  /** The member of the event that has its details, such as `bounce`. */
  readonly body: Members;
}

/** What an event doesn't say about itself. */
export interface RecordingFacts {
  readonly scope: number;
  /** The account of the scope. */
  readonly account: string;
  /** Whether hard bounces and complaints add addresses to our own suppression lists. */
  readonly suppresses: boolean;
  /** Whether the mail of the message's configuration set has been seen to be tracked. */
  readonly openTracked: boolean;
  readonly clickTracked: boolean;
}

const types = new Map(
  Object.keys(eventNames)
    .filter((type): type is EventType => Object.hasOwn(eventNames, type))
    .map((type) => [folded(eventNames[type].eventType), type] as const),
);

/** `Rendering Failure`, `RENDERING_FAILURE` and `renderingFailure` are the same: SES spells types in all three ways. */
function folded(name: string): string {
  return name.replaceAll(/[ _-]/g, "").toLowerCase();
}

/**
 * Reads an event of SES.
 * @param event its JSON, with `eventType` or `notificationType`
 * @throws UnreadableEvent
 */
export function readMirroredEvent(event: Members): MirroredEvent {
  const name = text(event.eventType) ?? text(event.notificationType) ?? "";
  const type = types.get(folded(name));
  if (type === undefined) throw new UnreadableEvent(`The event type ${JSON.stringify(name)} is unknown.`);
  return { type, message: messageOf(member(event, "mail")), body: member(event, eventNames[type].member) };
}

/**
 * Our events for an event of SES: one for each recipient it is about. Opens and clicks don't name theirs: if the message
 * has several, theirs is ''.
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

/** A UUID of version 8 (RFC 9562, 5.8): the same for the same parts. */
function eventId(parts: readonly string[]): string {
  const digits = hash("sha256", parts.join("\n"), "hex");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-9${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}
