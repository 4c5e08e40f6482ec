/**
 * The links by which a recipient says what mail they want. A link is a signed token: whoever has it may change what one
 * address gets from one list, and nothing else. It does not expire: the right to unsubscribe has no end, and a link that
 * stopped working would turn into a complaint.
 */
import { safeParse, strictTuple, string } from "valibot";
import { constantTimeEqual, macOf } from "../../common/mac.ts";

/** What a link stands for. */
export interface SubscriptionGrant {
  /** The message that brought the link. */
  readonly messageId: string;
  /** Its recipient, as its events name them. */
  readonly recipient: string;
  readonly list: string;
  /** The topic that the message was sent under; undefined for the list as a whole. */
  readonly topic: string | undefined;
}

/** Makes and reads links. */
export interface SubscriptionLinks {
  url(grant: SubscriptionGrant): string;
  /** What the token of a link stands for; undefined where it is not, to the letter, one that was made here. */
  read(token: string): SubscriptionGrant | undefined;
}

/** Links with the installation's own key. `publicUrl` is where recipients reach the server. */
export function createSubscriptionLinks(key: Uint8Array, publicUrl: () => string): SubscriptionLinks {
  const signatureOf = (payload: string) => macOf(key, payload).toString("base64url");
  return {
    url(grant) {
      const payload = encodeGrant(grant);
      return new URL(`/subscriptions/${payload}.${signatureOf(payload)}`, publicUrl()).href;
    },
    read(token) {
      const dot = token.indexOf(".");
      if (dot < 0) return undefined;
      const payload = token.slice(0, dot);
      // Compared as text: base64url has several spellings of the same bytes.
      return constantTimeEqual(signatureOf(payload), token.slice(dot + 1)) ? decodeGrant(payload) : undefined;
    },
  };
}

function encodeGrant({ messageId, recipient, list, topic = "" }: SubscriptionGrant): string {
  return Buffer.from(JSON.stringify([messageId, recipient, list, topic])).toString("base64url");
}

/** An array of four texts is version 1 of what is signed. A later version is to be an object, with its number as `v`. */
const signedGrant = strictTuple([string(), string(), string(), string()]);

/** The payload is one that was signed with our key; undefined where a newer version of the program did. */
function decodeGrant(payload: string): SubscriptionGrant | undefined {
  const value: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
  const grant = safeParse(signedGrant, value);
  if (!grant.success) return undefined;
  const [messageId, recipient, list, topic] = grant.output;
  return { messageId, recipient, list, topic: topic === "" ? undefined : topic };
}
