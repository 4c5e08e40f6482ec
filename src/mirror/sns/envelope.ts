/** Parses SNS's message envelope, and builds the string that its signature covers (facts 4.2). */
import { objectOf } from "../../events/recorded-details.ts";
import { text } from "../event-members.ts";

export type SnsType = keyof typeof signedMembers;

export interface SnsEnvelope {
  readonly type: SnsType;
  readonly messageId: string;
  readonly topicArn: string;
  readonly message: string;
  readonly timestamp: Date;
  /** Only in confirmations. */
  readonly token: string | undefined;
  /** 1: RSA with SHA-1, 2: RSA with SHA-256. */
  readonly signatureVersion: "1" | "2";
  readonly signature: Buffer;
  readonly signingCertUrl: string;
  readonly stringToSign: string;
}

/** The body is not an SNS envelope. The message is for people. */
export class EnvelopeError extends Error {
  override name = "EnvelopeError";
}

const confirmation = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

/** In signing order. That of UnsubscribeConfirmation is as documented; some libraries have it wrong. */
const signedMembers = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: confirmation,
  UnsubscribeConfirmation: confirmation,
} as const;

const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/**
 * Parses an envelope. Does not verify its signature.
 * @throws EnvelopeError
 */
export function readEnvelope(body: Buffer): SnsEnvelope {
  const members = membersOf(body);
  const type = typeOf(members.Type);
  const required = (name: string) => {
    const value = text(members[name]);
    if (value === undefined) throw new EnvelopeError(`The envelope has no ${name}.`);
    return value;
  };
  const timestamp = required("Timestamp");
  const time = new Date(timestamp);
  if (!timeForm.test(timestamp) || Number.isNaN(time.getTime())) {
    throw new EnvelopeError("The envelope's Timestamp is not a time.");
  }
  const signatureVersion = members.SignatureVersion;
  if (signatureVersion !== "1" && signatureVersion !== "2") {
    throw new EnvelopeError("The envelope's SignatureVersion is neither 1 nor 2.");
  }
  const stringToSign = signedMembers[type]
    .filter((name) => name !== "Subject" || typeof members.Subject === "string")
    .map((name) => `${name}\n${signedText(members, name)}\n`)
    .join("");
  return {
    type,
    messageId: required("MessageId"),
    topicArn: required("TopicArn"),
    message: signedText(members, "Message"),
    timestamp: time,
    token: type === "Notification" ? undefined : required("Token"),
    signatureVersion,
    signature: Buffer.from(required("Signature"), "base64"),
    signingCertUrl: required("SigningCertURL"),
    stringToSign,
  };
}

function membersOf(body: Buffer): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    throw new EnvelopeError("The body is not JSON.");
  }
  return objectOf(parsed);
}

function typeOf(value: unknown): SnsType {
  if (value === "Notification" || value === "SubscriptionConfirmation" || value === "UnsubscribeConfirmation") {
    return value;
  }
  throw new EnvelopeError("The body is not an SNS envelope: its Type is not one of SNS's.");
}

/** A member that is signed. Unlike other members, it may be empty. */
function signedText(members: Readonly<Record<string, unknown>>, name: string): string {
  const value = members[name];
  if (typeof value !== "string") throw new EnvelopeError(`The envelope has no ${name}.`);
  return value;
}
