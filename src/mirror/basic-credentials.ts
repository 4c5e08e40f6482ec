/** Basic authentication (RFC 7617) of senders. */
import { headerOf, type PushHead } from "./intake.ts";

/** The value of WWW-Authenticate. SNS sends the credentials of a URL only once it has got this. */
export const basicChallenge = 'Basic realm="Mailglass", charset="UTF-8"';

/** `user:password` of the header Authorization; undefined without it, or if it has another scheme. */
export function basicCredentials(head: Pick<PushHead, "headers">): string | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/_-]+={0,2})$/i.exec(headerOf(head, "authorization") ?? "") ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}
