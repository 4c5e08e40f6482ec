/**
 * Finds the SES event in a record: the event itself, or wrapped by SNS, EventBridge, or Firehose in a file of failed
 * records (facts 4.3 to 4.5). The envelope is detected from the text, because raw delivery, an input transformer or a
 * stream subscribed to a topic can change it without our knowledge.
 */
import { objectOf } from "../events/recorded-details.ts";
import { parseObject, splitJsonObjects, type TextPart } from "./json-objects.ts";

/** A record without its envelopes. `text` is the record as received inside them. */
export type Unwrapped =
  | {
      readonly kind: "event";
      readonly event: Readonly<Record<string, unknown>>;
      readonly text: string;
      /** The topic that the SNS envelope names. */
      readonly topicArn: string | undefined;
    }
  /** An EventBridge event that is not about mail, such as `Sending Status Disabled`. */
  | {
      readonly kind: "account-event";
      readonly detailType: string;
      readonly event: Readonly<Record<string, unknown>>;
      readonly text: string;
    }
  /** SES's message to a topic that was just set for an event destination or an identity (facts 1.3). */
  | { readonly kind: "validation"; readonly text: string; readonly topicArn: string | undefined }
  /** A CloudWatch metric, from a metric stream that shares the transport (facts 4.7). */
  | { readonly kind: "metric"; readonly text: string }
  | { readonly kind: "unreadable"; readonly text: string; readonly reason: string };

/** In bytes. SNS's largest message has 256 KiB, Firehose's largest record 1,000 KiB, a third more in base64. */
export const longestRecord = 2 << 20;

/** Allows for an event in an EventBridge envelope, in an SNS envelope, in a failed record of Firehose. */
const deepest = 4;

/** The records in a text, which may have several, with or without line breaks between them. */
export function unwrapAll(bytes: Uint8Array): Unwrapped[] {
  return splitJsonObjects(bytes, longestRecord).flatMap((part) => unwrap(part));
}

/** The records in one object. Never throws. */
export function unwrap(part: TextPart): Unwrapped[] {
  return unwrapWithin(part, undefined, 0);
}

function unwrapWithin({ text, members }: TextPart, topicArn: string | undefined, depth: number): Unwrapped[] {
  if (members === undefined && isValidation(text)) return [{ kind: "validation", text, topicArn }];
  const parsed = members ?? parseObject(text);
  if (parsed === undefined) return [{ kind: "unreadable", text, reason: "It is not JSON." }];
  const { Type, Message, detail, rawData } = parsed;
  if (typeof parsed.eventType === "string" || typeof parsed.notificationType === "string") {
    if (parsed.notificationType === "AmazonSnsSubscriptionSucceeded") {
      return [{ kind: "validation", text, topicArn }];
    }
    return [{ kind: "event", event: parsed, text, topicArn }];
  }
  if (depth >= deepest) return [{ kind: "unreadable", text, reason: "It is nested in too many envelopes." }];
  if (typeof Type === "string" && typeof Message === "string") {
    if (Type !== "Notification") return [{ kind: "unreadable", text, reason: `SNS sent a ${Type} here.` }];
    const topic = typeof parsed.TopicArn === "string" ? parsed.TopicArn : topicArn;
    return inside(Message, topic, depth);
  }
  const detailType = parsed["detail-type"];
  if (typeof detailType === "string" && typeof detail === "object" && detail !== null) {
    const event = objectOf(detail);
    if (typeof event.eventType === "string") return [{ kind: "event", event, text: JSON.stringify(event), topicArn }];
    return [{ kind: "account-event", detailType, event: parsed, text }];
  }
  if (typeof rawData === "string" && "errorCode" in parsed) {
    return inside(Buffer.from(rawData, "base64").toString("utf8"), topicArn, depth);
  }
  if (typeof parsed.metric_stream_name === "string" && typeof parsed.metric_name === "string") {
    return [{ kind: "metric", text }];
  }
  return [
    { kind: "unreadable", text, reason: "It is not an SES event: it has neither eventType nor notificationType." },
  ];
}

function inside(text: string, topicArn: string | undefined, depth: number): Unwrapped[] {
  return splitJsonObjects(Buffer.from(text), longestRecord).flatMap((part) => unwrapWithin(part, topicArn, depth + 1));
}

function isValidation(text: string): boolean {
  return /^Successfully validated SNS topic for Amazon SES event publishing\.?\s*$/.test(text);
}
