/** The topic of a webhook: its ARNs, and the URLs and tokens by which its receiver confirms or ends the subscription. */
import { constantTimeEqual, macOf } from "../../common/mac.ts";
import type { StoredWebhook } from "../../stores/postgres/webhooks.ts";

/** The parts of a webhook that its topic depends on. */
type Subscriber = Pick<StoredWebhook, "id" | "name" | "url">;

/** What a link does. */
export type SubscriptionAction = "ConfirmSubscription" | "Unsubscribe";

export interface Topics {
  /** The ARN that event destinations name. */
  topicArn(name: string): string;
  /** The name in a topic ARN of this account and region; undefined for any other text. */
  nameOf(topicArn: string): string | undefined;
  subscriptionArn(webhook: Subscriber): string;
  /** A webhook's name from its topic ARN or its subscription ARN; undefined for any other text. */
  subscriberOf(arn: string): string | undefined;
  token(webhook: Subscriber, action: SubscriptionAction): string;
  /** Whether a token is right. Takes the same time wherever it is wrong. */
  isToken(webhook: Subscriber, action: SubscriptionAction, token: string): boolean;
  /** A link with the token, with SNS's parameters. */
  link(webhook: Subscriber, action: SubscriptionAction): string;
  /** A URL on this server. */
  ownUrl(path: string): string;
}

export interface TopicOptions {
  readonly region: string;
  readonly accountId: string;
  /** Authenticates tokens; of no other use. */
  readonly key: Uint8Array;
  readonly publicUrl: () => string;
}

/** The path of the links. */
export const subscriptionPath = "/publishing/sns";

export function createTopics({ region, accountId, key, publicUrl }: TopicOptions): Topics {
  const prefix = `arn:aws:sns:${region}:${accountId}:`;
  const topicArn = (name: string) => prefix + name;
  const subscriptionArn = ({ name, id }: Subscriber) => `${topicArn(name)}:${id}`;
  const ownUrl = (path: string) => publicUrl().replace(/\/$/, "") + path;
  // Another URL is another receiver, which can't know the tokens of the one before.
  const token = ({ id, url }: Subscriber, action: SubscriptionAction) =>
    macOf(key, `${id}\n${url}`, { purpose: action }).toString("hex");

  return {
    topicArn,
    nameOf(arn) {
      const name = arn.slice(prefix.length);
      return arn.startsWith(prefix) && isWebhookName(name) ? name : undefined;
    },
    subscriptionArn,
    subscriberOf(arn) {
      const [name = "", id, ...more] = arn.startsWith(prefix) ? arn.slice(prefix.length).split(":") : [];
      return isWebhookName(name) && more.length === 0 && (id === undefined || id !== "") ? name : undefined;
    },
    token,
    isToken: (webhook, action, given) => constantTimeEqual(token(webhook, action), given),
    link(webhook, action) {
      const subject: [string, string] =
        action === "Unsubscribe" ? ["SubscriptionArn", subscriptionArn(webhook)] : ["TopicArn", topicArn(webhook.name)];
      const query = new URLSearchParams([["Action", action], subject, ["Token", token(webhook, action)]]);
      return ownUrl(`${subscriptionPath}?${query}`);
    },
    ownUrl,
  };
}

/** Whether a topic of SNS can have this name. */
export function isWebhookName(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,256}$/.test(name);
}
