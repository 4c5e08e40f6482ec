/** The envelope in which SNS posts messages over HTTP, signed as SNS signs it. */
import { type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import type { SignatureVersion } from "../../stores/postgres/webhooks.ts";

/** A message about a subscription, or one that is published to its topic. */
export type SnsMessage = SnsNotification | SnsSubscriptionConfirmation;

interface SnsBase {
  /** A UUID: the same for each try. */
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Message: string;
  /** ISO 8601 with milliseconds. */
  readonly Timestamp: string;
}

export interface SnsNotification extends SnsBase {
  readonly Type: "Notification";
  readonly Subject: string | undefined;
  readonly UnsubscribeURL: string;
}

export interface SnsSubscriptionConfirmation extends SnsBase {
  readonly Type: "SubscriptionConfirmation";
  readonly Token: string;
  readonly SubscribeURL: string;
}

/** How to sign. */
export interface SnsSigning {
  readonly version: SignatureVersion;
  readonly privateKey: KeyObject;
  /** The URL of the certificate. */
  readonly certificateUrl: string;
}

/** The members that are signed, in the order in which they are signed: by name. */
const signedMembers = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
} as const;

const algorithms = { 1: "RSA-SHA1", 2: "RSA-SHA256" } as const;

/** On a thread of libuv: a signature takes half a millisecond. */
const signOnThread = promisify<string, Buffer, KeyObject, Buffer>(sign);

/** The body to post. */
export async function snsBody(message: SnsMessage, signing: SnsSigning): Promise<string> {
  const signature = await signOnThread(
    algorithms[signing.version],
    Buffer.from(stringToSign(message)),
    signing.privateKey,
  );
  const { Type, MessageId, TopicArn, Message, Timestamp } = message;
  const signed = {
    Timestamp,
    SignatureVersion: signing.version,
    Signature: signature.toString("base64"),
    SigningCertURL: signing.certificateUrl,
  };
  // In SNS's order.
  if (message.Type === "Notification") {
    const { Subject, UnsubscribeURL } = message;
    return JSON.stringify({ Type, MessageId, TopicArn, Subject, Message, ...signed, UnsubscribeURL }, null, 2);
  }
  const { Token, SubscribeURL } = message;
  return JSON.stringify({ Type, MessageId, Token, TopicArn, Message, SubscribeURL, ...signed }, null, 2);
}

function stringToSign(message: SnsMessage): string {
  const members: Readonly<Record<string, string | undefined>> = { ...message };
  return signedMembers[message.Type]
    .filter((name) => members[name] !== undefined)
    .map((name) => `${name}\n${members[name]}\n`)
    .join("");
}

/** The headers of SNS's requests, names and values in turn. */
export function snsHeaders({ Type, MessageId, TopicArn }: SnsMessage, subscriptionArn: string | undefined): string[] {
  return [
    ...["content-type", "text/plain; charset=UTF-8"],
    ...["user-agent", "Amazon Simple Notification Service Agent"],
    ...["x-amz-sns-message-type", Type],
    ...["x-amz-sns-message-id", MessageId],
    ...["x-amz-sns-topic-arn", TopicArn],
    ...(subscriptionArn === undefined ? [] : ["x-amz-sns-subscription-arn", subscriptionArn]),
  ];
}
