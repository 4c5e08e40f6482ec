/**
 * Delivery in capture mode: no mail leaves the server. Mail to a mailbox simulator address gets the outcome that the
 * address selects. All other mail counts as delivered once it is stored.
 */
import { randomUUID } from "node:crypto";
import type { DeliveryEvent, MailEvent } from "../events/event.ts";
import { createMessageId } from "../events/message-id.ts";
import type { Address } from "../mail/address.ts";
import { type SimulatedOutcome, simulatedOutcomes } from "../mail/simulator.ts";

/** The fields that each event of a message repeats. */
export interface CapturedMessage {
  scope: number;
  messageId: string;
  sentAt: Date;
}

const captured: readonly SimulatedOutcome[] = [{ type: "DELIVERY", smtpResponse: "250 2.0.0 Captured by Mailglass" }];

/** The events that follow the SEND of a message to one recipient, all with the time `at`. */
export function captureEvents(
  { scope, messageId, sentAt }: CapturedMessage,
  recipient: Address,
  at: Date,
): MailEvent[] {
  const outcomes = simulatedOutcomes(recipient) ?? captured;
  const base = { scope, messageId, sentAt, recipient: recipient.address, at };
  return outcomes.map((outcome) => eventOf(outcome, { ...base, id: randomUUID() }));
}

function eventOf(
  outcome: SimulatedOutcome,
  base: Omit<DeliveryEvent, "type" | "smtpResponse" | "processingTimeMillis">,
): MailEvent {
  const { at, sentAt } = base;
  switch (outcome.type) {
    case "DELIVERY":
      return { ...base, ...outcome, processingTimeMillis: at.getTime() - sentAt.getTime() };
    case "BOUNCE":
      return { ...base, ...outcome, feedbackId: createMessageId(at) };
    case "COMPLAINT":
      return { ...base, ...outcome, feedbackId: createMessageId(at), arrivalDate: at };
  }
}
