/** The topic of a webhook: its ARNs, and the URLs and tokens by which its receiver confirms or ends the subscription. */
import { constantTimeEqual, macOf } from "../../common/mac.ts";
import type { StoredWebhook, TopicName } from "../../stores/postgres/webhooks.ts";

/** The parts of a webhook that its topic depends on. */
type Subscriber = Pick<StoredWebhook, "id" | "accountId" | "region" | "name" | "url">;

/** What a link does. */
export type SubscriptionAction = "ConfirmSubscription" | "Unsubscribe";

export interface Topics {
  /** The ARN that event destinations name. */
  topicArn(topic: TopicName): string;
  /** What a topic ARN names; undefined for any other text. */
  topicOf(topicArn: string): TopicName | undefined;
  subscriptionArn(webhook: Subscriber): string;
  /** A webhook's topic from its topic ARN or its subscription ARN; undefined for any other text. */
  subscriberOf(arn: string): TopicName | undefined;
  token(webhook: Subscriber, action: SubscriptionAction): string;
  /** Whether a token is right. Takes the same time wherever it is wrong. */
  isToken(webhook: Subscriber, action: SubscriptionAction, token: string): boolean;
  /** A link with the token, with SNS's parameters. */
  link(webhook: Subscriber, action: SubscriptionAction): string;
  /** A URL on this server. */
  ownUrl(path: string): string;
}

export interface TopicOptions {
  /** Authenticates tokens; of no other use. */
  readonly key: Uint8Array;
  readonly publicUrl: () => string;
}

/** The path of the links. */
export const subscriptionPath = "/publishing/sns";

/** A topic's ARN or, with one more part, a subscription's. */
const arnForm = /^arn:aws:sns:([a-z0-9-]{1,64}):([0-9]{12}):([A-Za-z0-9_-]{1,256})(?::([^:]+))?$/;

export function createTopics({ key, publicUrl }: TopicOptions): Topics {
  const topicArn = ({ region, accountId, name }: TopicName) => `arn:aws:sns:${region}:${accountId}:${name}`;
  const subscriptionArn = (webhook: Subscriber) => `${topicArn(webhook)}:${webhook.id}`;
  const ownUrl = (path: string) => publicUrl().replace(/\/$/, "") + path;
  // Another URL is another receiver, which can't know the tokens of the one before.
  const token = ({ id, url }: Subscriber, action: SubscriptionAction) =>
    macOf(key, `${id}\n${url}`, { purpose: action }).toString("hex");

  return {
    topicArn,
    topicOf(arn) {
      const found = readArn(arn);
      return found?.subscription === undefined ? found?.topic : undefined;
    },
    subscriptionArn,
    subscriberOf: (arn) => readArn(arn)?.topic,
    token,
    isToken: (webhook, action, given) => constantTimeEqual(token(webhook, action), given),
    link(webhook, action) {
      const subject: [string, string] =
        action === "Unsubscribe" ? ["SubscriptionArn", subscriptionArn(webhook)] : ["TopicArn", topicArn(webhook)];
      const query = new URLSearchParams([["Action", action], subject, ["Token", token(webhook, action)]]);
      return ownUrl(`${subscriptionPath}?${query}`);
    },
    ownUrl,
  };
}

function readArn(arn: string): { topic: TopicName; subscription: string | undefined } | undefined {
  const [, region, accountId, name, subscription] = arnForm.exec(arn) ?? [];
  if (region === undefined || accountId === undefined || name === undefined) return undefined;
  return { topic: { region, accountId, name }, subscription };
}

/** Whether a topic of SNS can have this name. */
export function isWebhookName(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,256}$/.test(name);
}
