/**
 * Confirms subscriptions by calling SNS's API. The SubscribeURL in the message is never requested: its signer could
 * make this server send requests to any address (CVE-2026-32096, CVE-2019-6715).
 */
import type { Answered } from "./get.ts";
import { snsHost, type TopicArn } from "./topic-arn.ts";

export interface ConfirmServices {
  /** Sends a GET request to SNS. */
  readonly get: (url: string) => Promise<Answered>;
  /** Sends a GET request to the emulator that the operator has configured. */
  readonly getFromEmulator: (url: string) => Promise<Answered>;
  /** The value of AWS_ENDPOINT_URL_SNS, if SNS's endpoint is not AWS's. */
  readonly endpoint: () => string | undefined;
}

/** Confirms a subscription to a topic. Rejects with a message for people if SNS refuses. */
export type ConfirmSubscription = (topic: TopicArn, token: string) => Promise<void>;

export function createConfirm({ get, getFromEmulator, endpoint }: ConfirmServices): ConfirmSubscription {
  return async ({ arn, region }, token) => {
    const own = endpoint();
    const url = new URL(own ?? `https://${snsHost(region)}/`);
    // The same query as in SNS's own links; it needs no credentials.
    url.search = new URLSearchParams({ Action: "ConfirmSubscription", TopicArn: arn, Token: token }).toString();
    const { status, text } = await (own === undefined ? get : getFromEmulator)(url.href);
    if (status === 200) return;
    const [, code = ""] = /<Code>([\w.]{1,100})<\/Code>/.exec(text) ?? [];
    throw new Error(`SNS answered with status ${status}${code === "" ? "" : ` (${code})`}`);
  };
}
