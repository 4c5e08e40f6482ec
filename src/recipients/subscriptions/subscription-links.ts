/**
 * The links with which recipients manage their subscriptions. A link contains a signed token that allows its holder
 * only to change the subscription of one address to one list. It does not expire: the right to unsubscribe has no end,
 * and a dead link would result in complaints.
 */
import { literal, number, pipe, safeParse, strictObject, strictTuple, string, transform, union } from "valibot";
import { constantTimeEqual, macOf } from "../../common/mac.ts";
import { defaultScope } from "../../stores/postgres/database.ts";

/** What a link refers to. */
export interface SubscriptionGrant {
  /** The account and region of the message and of the list. */
  readonly scope: number;
  /** The message that contained the link. */
  readonly messageId: string;
  /** The message's recipient, as in its events. */
  readonly recipient: string;
  readonly list: string;
  /** The topic that the message was sent under; undefined for the list as a whole. */
  readonly topic: string | undefined;
}

export interface SubscriptionLinks {
  url(grant: SubscriptionGrant): string;
  /** Verifies and decodes a token; undefined unless it is exactly as created by this installation. */
  read(token: string): SubscriptionGrant | undefined;
}

/** `key` is the installation's signing key. `publicUrl` is the URL at which recipients reach the server. */
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
      // Compare as text: base64url has several spellings of the same bytes.
      return constantTimeEqual(signatureOf(payload), token.slice(dot + 1)) ? decodeGrant(payload) : undefined;
    },
  };
}

function encodeGrant({ scope, messageId, recipient, list, topic = "" }: SubscriptionGrant): string {
  const grant = [messageId, recipient, list, topic];
  const payload = scope === defaultScope ? grant : { v: 2, scope, grant };
  return Buffer.from(JSON.stringify(payload)).toString("base64url");
}

/** Version 1 of the payload is an array of four strings, in the default scope. Later versions have their number as `v`. */
const signedGrant = strictTuple([string(), string(), string(), string()]);
const signedPayload = union([
  pipe(
    signedGrant,
    transform((grant) => ({ scope: defaultScope, grant })),
  ),
  strictObject({ v: literal(2), scope: number(), grant: signedGrant }),
]);

/** Decodes a payload with a valid signature; undefined if a newer version of the program created it. */
function decodeGrant(payload: string): SubscriptionGrant | undefined {
  const value: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
  const payloadRead = safeParse(signedPayload, value);
  if (!payloadRead.success) return undefined;
  const { scope, grant } = payloadRead.output;
  const [messageId, recipient, list, topic] = grant;
  return { scope, messageId, recipient, list, topic: topic === "" ? undefined : topic };
}
