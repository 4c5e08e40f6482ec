/** Reads the outcome of an SES event for each recipient that it is about. */
import { BoundedMap } from "../common/bounded-map.ts";
import type { EventType, Machine, MailEvent, TopicPreferences } from "../events/event.ts";
import { objectOf, tagsIn } from "../events/recorded-details.ts";
import { machineOf } from "../recipients/tracking/machine.ts";
import { addressOf, type Members, member, objects, text, texts, timeOf, without } from "./event-members.ts";
import type { MirroredMessage } from "./mirrored-message.ts";
import { UnreadableEvent } from "./unreadable-event.ts";

type WithoutBase<Event> = Event extends MailEvent
  ? Omit<Event, "id" | "scope" | "messageId" | "sentAt" | "recipient" | "at" | "message" | "mirrored">
  : never;

export interface Outcome {
  /** '' if it is unknown. */
  readonly recipient: string;
  /** Distinguishes events of the same type, message and recipient; undefined if their time does. */
  readonly discriminator?: string | undefined;
  readonly says: WithoutBase<MailEvent>;
}

/**
 * @param body the event's details
 * @throws UnreadableEvent if it names no recipient
 */
export function outcomesOf(type: EventType, body: Members, message: MirroredMessage): Outcome[] {
  const outcomes = read(type, body, message);
  if (outcomes.length === 0) throw new UnreadableEvent("It names no recipient.");
  return outcomes;
}

function read(type: EventType, body: Members, { destination, sentAt }: MirroredMessage): Outcome[] {
  const all = (says: WithoutBase<MailEvent>, discriminator?: string) =>
    destination.map((recipient): Outcome => ({ recipient, discriminator, says }));
  switch (type) {
    case "SEND":
      // Each recipient of a message has one Send.
      return all({ type }, "");
    case "DELIVERY":
      return recipientsIn(texts(body.recipients), destination).map((recipient) => ({
        recipient,
        says: {
          type,
          smtpResponse: text(body.smtpResponse) ?? "",
          processingTimeMillis: milliseconds(body.processingTimeMillis),
          reportingMta: text(body.reportingMTA),
          remoteMtaIp: text(body.remoteMtaIp),
        },
      }));
    case "BOUNCE":
      return objects(body.bouncedRecipients).map((bounced) => ({
        recipient: addressIn(bounced),
        discriminator: text(body.feedbackId),
        says: {
          type,
          bounceType: bounceTypeOf(body.bounceType),
          bounceSubType: text(body.bounceSubType) ?? "Undetermined",
          feedbackId: text(body.feedbackId) ?? "",
          action: text(bounced.action),
          status: text(bounced.status),
          diagnosticCode: text(bounced.diagnosticCode),
          reportingMta: text(body.reportingMTA),
          remoteMtaIp: text(body.remoteMtaIp),
        },
      }));
    case "COMPLAINT":
      return objects(body.complainedRecipients).map((complained) => ({
        recipient: addressIn(complained),
        discriminator: text(body.feedbackId),
        says: {
          type,
          feedbackId: text(body.feedbackId) ?? "",
          complaintSubType: text(body.complaintSubType),
          complaintFeedbackType: text(body.complaintFeedbackType),
          userAgent: text(body.userAgent),
          arrivalDate: timeOf(body.arrivalDate),
        },
      }));
    case "REJECT":
      return all({ type, reason: text(body.reason) ?? "" }, "");
    case "OPEN":
      return [{ recipient: onlyOne(destination), says: { type, ...requestIn(body) } }];
    case "CLICK": {
      const link = text(body.link) ?? "";
      return [
        {
          recipient: onlyOne(destination),
          // Several links can be followed in one millisecond, especially by a scanner.
          discriminator: `${text(body.timestamp) ?? ""} ${link}`,
          says: { type, ...requestIn(body), link, linkTags: tagsIn(body.linkTags) },
        },
      ];
    }
    case "RENDERING_FAILURE":
      return all(
        { type, errorMessage: text(body.errorMessage) ?? "", templateName: text(body.templateName) ?? "" },
        "",
      );
    case "DELIVERY_DELAY":
      return objects(body.delayedRecipients).map((delayed) => ({
        recipient: addressIn(delayed),
        says: {
          type,
          delayType: text(body.delayType) ?? "Undetermined",
          expirationTime: timeOf(body.expirationTime) ?? sentAt,
          status: text(delayed.status),
          diagnosticCode: text(delayed.diagnosticCode),
          reportingMta: text(body.reportingMTA),
        },
      }));
    case "SUBSCRIPTION":
      return all({
        type,
        contactList: text(body.contactList) ?? "",
        source: text(body.source) ?? "",
        oldTopicPreferences: preferencesIn(member(body, "oldTopicPreferences")),
        newTopicPreferences: preferencesIn(member(body, "newTopicPreferences")),
      });
  }
}

/** The recipients that an event lists, or all recipients of the message if it lists none. */
function recipientsIn(listed: readonly string[], destination: readonly string[]): readonly string[] {
  return listed.length > 0 ? listed : destination;
}

function addressIn(recipient: Members): string {
  const address = text(recipient.emailAddress);
  if (address === undefined) throw new UnreadableEvent("It names a recipient without an address.");
  return addressOf(address);
}

/** Opens and clicks don't name their recipient. With several it is '': counting the event for each would be wrong. */
function onlyOne([only = "", ...others]: readonly string[]): string {
  return others.length === 0 ? only : "";
}

function bounceTypeOf(value: unknown): "Permanent" | "Transient" | "Undetermined" {
  return value === "Permanent" || value === "Transient" ? value : "Undetermined";
}

/** The HTTP request of an open or a click. */
function requestIn(body: Members) {
  const userAgent = text(body.userAgent) ?? "";
  // Classified as for our own mail; SES's verdict adds what it knows beyond the User-Agent.
  const machine = machineWith(userAgent);
  const isBot = body.isBotEvent === "Likely";
  return { ipAddress: text(body.ipAddress) ?? "", userAgent, machine: machine ?? (isBot ? "bot" : undefined) };
}

/** A cache: there are few distinct User-Agents, and classifying one takes as long as reading an event. */
const machines = new BoundedMap<string, { is: Machine | undefined }>({ capacity: 1_000, evicts: "oldest" });

function machineWith(userAgent: string): Machine | undefined {
  const known = machines.get(userAgent);
  if (known) return known.is;
  const is = machineOf({ headers: { "user-agent": userAgent } });
  // Only a part of a long one is examined, but the cache would keep all of it.
  if (userAgent.length <= 1_000) machines.set(userAgent, { is });
  return is;
}

function milliseconds(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : 0;
}

function preferencesIn(preferences: Members): TopicPreferences | undefined {
  const { unsubscribeAll, topicSubscriptionStatus } = preferences;
  if (typeof unsubscribeAll !== "boolean") return undefined;
  return {
    unsubscribeAll,
    topicSubscriptionStatus: objects(topicSubscriptionStatus).flatMap((one) => {
      const { topicName, subscriptionStatus } = objectOf(one);
      if (typeof topicName !== "string") return [];
      return [{ topicName, subscriptionStatus: subscriptionStatus === "OptIn" ? "OptIn" : "OptOut" }];
    }),
  };
}

/** The members of each type's details that are read; those of opens and clicks are shared. */
const requestMembers = ["ipAddress", "timestamp", "userAgent", "isBotEvent"];
const knownMembers: Readonly<Record<EventType, ReadonlySet<string>>> = {
  SEND: new Set(),
  DELIVERY: new Set(["timestamp", "processingTimeMillis", "recipients", "smtpResponse", "remoteMtaIp", "reportingMTA"]),
  BOUNCE: new Set([
    "feedbackId",
    "bounceType",
    "bounceSubType",
    "bouncedRecipients",
    "timestamp",
    "remoteMtaIp",
    "reportingMTA",
  ]),
  COMPLAINT: new Set([
    "feedbackId",
    "complaintSubType",
    "complainedRecipients",
    "timestamp",
    "userAgent",
    "complaintFeedbackType",
    "arrivalDate",
  ]),
  REJECT: new Set(["reason"]),
  OPEN: new Set(requestMembers),
  CLICK: new Set([...requestMembers, "link", "linkTags"]),
  RENDERING_FAILURE: new Set(["errorMessage", "templateName"]),
  DELIVERY_DELAY: new Set(["timestamp", "delayType", "expirationTime", "delayedRecipients", "reportingMTA"]),
  SUBSCRIPTION: new Set(["contactList", "timestamp", "source", "newTopicPreferences", "oldTopicPreferences"]),
};

/** The members of an event's details that are not read; undefined if there are none. AWS may add members. */
export function unknownMembers(type: EventType, body: Members): Members | undefined {
  return without(body, knownMembers[type]);
}
