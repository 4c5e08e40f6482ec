/** Events to put into an event database: given ones, and random histories of messages. */
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type {
  BounceEvent,
  ComplaintEvent,
  Machine,
  MailEvent,
  MessageFacts,
  SendEvent,
} from "../../src/events/event.ts";
import { createMessageId } from "../../src/events/message-id.ts";
import { encodeEvent } from "../../src/events/record.ts";
import type { EventDatabase } from "../../src/stores/clickhouse/event-database.ts";
import { defaultScope } from "../../src/stores/postgres/database.ts";

/** A message to one recipient: what all its events share. */
export interface SentMessage {
  /** The default scope unless given. */
  scope?: number;
  messageId: string;
  sentAt: Date;
  recipient: string;
}

/** The message's SEND, with what is given and otherwise plain facts. */
export function sendEvent(given: Partial<SentMessage> & { message?: Partial<MessageFacts> } = {}): SendEvent {
  const sentAt = given.sentAt ?? new Date("2026-09-21T01:02:03.123Z");
  const recipient = given.recipient ?? "user@example.com";
  return {
    id: randomUUID(),
    type: "SEND",
    scope: given.scope ?? defaultScope,
    messageId: given.messageId ?? createMessageId(sentAt),
    sentAt,
    recipient,
    at: sentAt,
    message: {
      source: "sender@example.com",
      subject: "hello",
      isp: "UNKNOWN_ISP",
      identity: "example.com",
      configurationSet: undefined,
      tenant: undefined,
      tags: {},
      destination: [recipient],
      location: undefined,
      inSesScope: true,
      feedbackLoop: false,
      openTracked: false,
      clickTracked: false,
      ...given.message,
    },
  };
}

type After = SentMessage & { at: Date };

const base = ({ scope = defaultScope, messageId, sentAt, recipient, at }: After) => ({
  id: randomUUID(),
  scope,
  messageId,
  sentAt,
  recipient,
  at,
});

/** The message was delivered. */
export function deliveryEvent(of: After): MailEvent {
  return { ...base(of), type: "DELIVERY", smtpResponse: "250 ok", processingTimeMillis: 1 };
}

/** The message bounced. */
export function bounceEvent(of: After, bounce: Partial<BounceEvent> = {}): MailEvent {
  const kind = { bounceType: "Permanent", bounceSubType: "General", feedbackId: "feedback" } as const;
  return { type: "BOUNCE", ...kind, ...bounce, ...base(of) };
}

/** The recipient complained. */
export function complaintEvent(of: After, complaint: Partial<ComplaintEvent> = {}): MailEvent {
  return { type: "COMPLAINT", feedbackId: "feedback", ...complaint, ...base(of) };
}

/** The message was opened. */
export function openEvent(of: After, machine?: Machine): MailEvent {
  return { ...base(of), type: "OPEN", ipAddress: "192.0.2.1", userAgent: "a browser", machine };
}

/** A link was followed. */
export function clickEvent(of: After, machine?: Machine): MailEvent {
  const seen = { ipAddress: "192.0.2.1", userAgent: "a browser", machine };
  return { ...base(of), type: "CLICK", ...seen, link: "https://example.com/" };
}

/** Puts events into the event database as the recorder does. */
export function insertEvents(database: EventDatabase, events: readonly MailEvent[]): Promise<void> {
  return database.insertRows("events", [Buffer.from(events.map(encodeEvent).join(""))]);
}

/** Few values each, so that histories meet in them; with case, quotes and letters beyond ASCII. */
export const values = {
  source: ["a@example.com", "A@example.com", "b@mail.example.com", "b@example.org"],
  recipient: ["user@example.com", "User@example.com", "user@example.net", 'o"brien@example.org'],
  subject: [undefined, "Hello", "hello", "Hello world", "50* off \\", "Grüße, \u{1f600}"],
  isp: ["Gmail", "Yahoo", "UNKNOWN_ISP"],
  tenant: [undefined, "one", "One"],
  configurationSet: [undefined, "set", "other"],
} as const;

const outcomes = fc.oneof<fc.Arbitrary<(of: After) => MailEvent>[]>(
  fc.constant(deliveryEvent),
  fc.constantFrom(undefined, "proxy", "prefetch").map((machine) => (of) => openEvent(of, machine)),
  fc.constantFrom(undefined, "scanner", "bot").map((machine) => (of) => clickEvent(of, machine)),
  fc
    .record({
      bounceType: fc.constantFrom("Transient", "Permanent", "Undetermined"),
      bounceSubType: fc.constantFrom("General", "MailboxFull", "NoEmail"),
      diagnosticCode: fc.constantFrom(undefined, "smtp; 550 no", "two\nlines"),
    })
    .map((bounce) => (of) => bounceEvent(of, bounce)),
  fc
    .constantFrom("OnAccountSuppressionList", "OnTenantSuppressionList")
    .map((bounceSubType) => (of) => bounceEvent(of, { bounceSubType })),
  fc
    .constantFrom(undefined, "OnAccountSuppressionList")
    .map((complaintSubType) => (of) => complaintEvent(of, complaintSubType ? { complaintSubType } : {})),
  fc.constant<(of: After) => MailEvent>((of) => ({ ...base(of), type: "REJECT", reason: "Bad content" })),
);

/** Few, so that several things happen at the same time; in milliseconds. */
const fewHours = fc.nat(4).map((hours) => hours * 3_600_000);

/**
 * What happened to one message, SEND first: then anything.
 * @param from the first instant of sending; messages are sent within two days
 * @param after how long after the sending things happen, in milliseconds
 */
export function histories(from: Date, after: fc.Arbitrary<number> = fewHours): fc.Arbitrary<MailEvent[]> {
  return fc
    .record({
      sentAt: fc.nat(2 * 24 * 3600 * 1000 - 1).map((milliseconds) => new Date(from.getTime() + milliseconds)),
      recipient: fc.constantFrom(...values.recipient),
      message: fc.record({
        source: fc.constantFrom(...values.source),
        subject: fc.constantFrom(...values.subject),
        isp: fc.constantFrom(...values.isp),
        identity: fc.constantFrom("example.com", "b@example.org"),
        tenant: fc.constantFrom(...values.tenant),
        configurationSet: fc.constantFrom(...values.configurationSet),
        inSesScope: fc.boolean(),
        feedbackLoop: fc.boolean(),
        openTracked: fc.boolean(),
        clickTracked: fc.boolean(),
      }),
      later: fc.array(fc.tuple(outcomes, after), { maxLength: 6 }),
    })
    .map(({ later, ...given }) => {
      const sent = sendEvent(given);
      const { messageId, sentAt, recipient } = sent;
      const events = later.map(([outcome, milliseconds]) =>
        outcome({ messageId, sentAt, recipient, at: new Date(sentAt.getTime() + milliseconds) }),
      );
      return [sent, ...events];
    });
}
