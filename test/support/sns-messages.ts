/** Creates messages in SNS's format, signed with our own certificate, and a test double of SNS's hosts. */
import { randomUUID, sign } from "node:crypto";
import { generate } from "selfsigned";
import { buildConnector } from "undici";
import { createAuthority } from "./certificates.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";

/** The signed members, according to SNS's documentation. */
const signed = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
} as const;

export type SnsMembers = Readonly<Record<string, string | undefined>> & { readonly Type: keyof typeof signed };

export interface SnsKey {
  readonly privateKey: string;
  /** PEM. */
  readonly certificate: string;
}

/** A key with a certificate that is issued to SNS by default. */
export async function snsKey(
  options: { name?: string; from?: Date; until?: Date; keyType?: "rsa" | "ec" } = {},
): Promise<SnsKey> {
  const { name = "sns.amazonaws.com", from, until, keyType = "rsa" } = options;
  const made = await generate([{ name: "commonName", value: name }], {
    keyType,
    algorithm: "sha256",
    ...(from && { notBeforeDate: from }),
    ...(until && { notAfterDate: until }),
  });
  return { privateKey: made.private, certificate: made.cert };
}

export const snsTopic = "arn:aws:sns:eu-west-1:111122223333:ses-events";
export const snsCertificateUrl = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123abcd.pem";

/** The members of a notification; the given ones override the defaults. */
export function notification(members: Readonly<Record<string, string | undefined>> = {}): SnsMembers {
  return {
    Type: "Notification",
    MessageId: randomUUID(),
    TopicArn: snsTopic,
    Subject: "Amazon SES Email Event Notification",
    Message: '{"eventType":"Send"}\n',
    Timestamp: new Date().toISOString(),
    SignatureVersion: "1",
    SigningCertURL: snsCertificateUrl,
    UnsubscribeURL: "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
    ...members,
  };
}

/** The members of a subscription or unsubscribe confirmation; the given ones override the defaults. */
export function confirmation(members: Readonly<Record<string, string | undefined>> = {}): SnsMembers {
  const { Subject: _, UnsubscribeURL: __, ...rest } = notification();
  return {
    ...rest,
    Message: "You have chosen to subscribe to the topic.",
    Token: "0123456789abcdef".repeat(16),
    SubscribeURL: "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
    ...members,
    Type: members.Type === "UnsubscribeConfirmation" ? "UnsubscribeConfirmation" : "SubscriptionConfirmation",
  };
}

export function signedMessage(members: SnsMembers, { privateKey }: SnsKey): SnsMembers {
  const text = signed[members.Type]
    .filter((name) => members[name] !== undefined)
    .map((name) => `${name}\n${members[name]}\n`)
    .join("");
  const algorithm = members.SignatureVersion === "2" ? "RSA-SHA256" : "RSA-SHA1";
  return { ...members, Signature: sign(algorithm, Buffer.from(text), privateKey).toString("base64") };
}

/** The headers that SNS sends with a message. */
export function snsHeadersOf(members: SnsMembers): Record<string, string> {
  return {
    "content-type": "text/plain; charset=UTF-8",
    "user-agent": "Amazon Simple Notification Service Agent",
    "x-amz-sns-message-type": members.Type,
    "x-amz-sns-message-id": members.MessageId ?? "",
    "x-amz-sns-topic-arn": members.TopicArn ?? "",
  };
}

/** A double of SNS's hosts in all regions, on this machine: serves certificates, and confirms subscriptions. */
export interface SnsHosts {
  readonly receiver: WebhookReceiver;
  /** Connects to the double for any host. The TLS certificate is verified, and only covers names of SNS. */
  readonly connect: buildConnector.connector;
}

/** By default it answers with the certificate of `key` and confirms; tests can replace `receiver.answer`. */
export async function startSnsHosts(key: SnsKey): Promise<SnsHosts> {
  const authority = await createAuthority();
  const receiver = await startWebhookReceiver(
    await authority.issue(["sns.eu-west-1.amazonaws.com", "sns.us-east-1.amazonaws.com", "localhost"]),
  );
  receiver.answer = ({ path }, response) => {
    const isPem = path.endsWith(".pem");
    response.writeHead(200).end(isPem ? key.certificate : "<ConfirmSubscriptionResponse/>");
  };
  const tls = buildConnector({ ca: authority.cert });
  return {
    receiver,
    connect: (options, callback) =>
      tls({ ...options, servername: options.hostname, hostname: "127.0.0.1", port: `${receiver.port}` }, callback),
  };
}
