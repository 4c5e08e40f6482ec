/**
 * Confirms subscriptions by a call of our own. The URL that comes with the message is never visited: whoever has signed it
 * could let this server ask any address (CVE-2026-32096, CVE-2019-6715).
 */
import type { Answered } from "./get.ts";
import { snsHost, type TopicArn } from "./topic-arn.ts";

export interface ConfirmServices {
  /** From SNS. */
  readonly get: (url: string) => Promise<Answered>;
  /** From the emulator that the operator has named. */
  readonly getFromEmulator: (url: string) => Promise<Answered>;
  /** The endpoint of SNS, if it is not AWS's: AWS_ENDPOINT_URL_SNS. */
  readonly endpoint: () => string | undefined;
}

/** Confirms a subscription to a topic. Rejects with an error for people if SNS does not. */
export type ConfirmSubscription = (topic: TopicArn, token: string) => Promise<void>;

export function createConfirm({ get, getFromEmulator, endpoint }: ConfirmServices): ConfirmSubscription {
  return async ({ arn, region }, token) => {
    const own = endpoint();
    const url = new URL(own ?? `https://${snsHost(region)}/`);
    // Needs no credentials. As in the links that SNS itself sends.
    url.search = new URLSearchParams({ Action: "ConfirmSubscription", TopicArn: arn, Token: token }).toString();
    const { status, text } = await (own === undefined ? get : getFromEmulator)(url.href);
    if (status === 200) return;
    const [, code = ""] = /<Code>([\w.]{1,100})<\/Code>/.exec(text) ?? [];
    throw new Error(`SNS answered with status ${status}${code === "" ? "" : ` (${code})`}`);
  };
}
