/** HTTP Basic authentication (RFC 7617) of senders. */
import { headerOf, type PushHead } from "./intake.ts";

/** The value of WWW-Authenticate. SNS sends the credentials of a URL only after this challenge. */
export const basicChallenge = 'Basic realm="Mailglass", charset="UTF-8"';

/** `user:password` from the Authorization header; undefined without the header or with another scheme. */
export function basicCredentials(head: Pick<PushHead, "headers">): string | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/_-]+={0,2})$/i.exec(headerOf(head, "authorization") ?? "") ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}
