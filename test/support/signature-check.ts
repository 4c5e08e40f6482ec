/** What a server says to a request that is signed with one of two keys, a long-term and a temporary one. */
import { createHash } from "node:crypto";
import { sessionTokenHash, type UsableKey } from "../../src/access/access-keys.ts";
import { createAuthenticator } from "../../src/access/authenticator.ts";
import type { SignableRequest } from "../../src/access/canonical-request.ts";
import { ServiceError } from "../../src/contract/errors/service-error.ts";
import { presign, rawHeadersOf, type Signer, signHeaders, type UnsignedRequest } from "./sign.ts";

const now = new Date("2026-11-24T12:00:00Z");
/** The instant so many minutes after the requests are signed. */
export const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
const owner = { accountId: "000000000000", operator: true, rights: undefined };
/** A key without a session token. */
export const longTerm: UsableKey = {
  ...owner,
  id: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "long-term secret",
  session: undefined,
};
/** The session token of `temporary`. */
export const token = "a/session+token==";
/** A key that is good for an hour, with its token. */
export const temporary: UsableKey = {
  ...owner,
  id: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "temporary secret",
  session: { tokenHash: sessionTokenHash(token), expiresAt: minutes(60) },
};
/** Signs with the long-term key. */
export const signer: Signer = { accessKeyId: longTerm.id, secretAccessKey: longTerm.secretAccessKey, now };
/** Signs with the temporary key. */
export const sessionSigner: Signer = {
  accessKeyId: temporary.id,
  secretAccessKey: temporary.secretAccessKey,
  sessionToken: token,
  now,
};
/** What is signed. */
export const request: UnsignedRequest = {
  method: "POST",
  target: "/v2/email/outbound-emails",
  headers: { Host: "localhost:8025", "content-type": "application/json" },
  body: '{"FromEmailAddress":"a@example.com"}',
};
/** The ids of keys that were used, one for each use. */
export const used: string[] = [];
const hashOf = (body = "") => createHash("sha256").update(body).digest("hex");

/** Who signed it, or the code and text of the error; `at` is the server's time. */
export async function check(
  signed: SignableRequest & { body?: string | undefined },
  at = now,
): Promise<string | string[]> {
  const authenticator = createAuthenticator({
    keys: {
      find: async (id) => [longTerm, temporary].find((key) => key.id === id),
      used: (id) => used.push(id),
    },
    commandKey: { id: "MAILGLASSCOMMANDS", secretAccessKey: "command secret", session: undefined },
    accountId: owner.accountId,
    serves: (region) => region === "us-east-1",
    clock: () => at,
  });
  try {
    const claim = authenticator.read(signed);
    const caller = await authenticator.verify(signed, claim, claim.payloadHash ?? hashOf(signed.body));
    return `${caller.kind} ${caller.accessKeyId}`;
  } catch (error) {
    if (error instanceof ServiceError) return [error.code, error.text ?? ""];
    throw error;
  }
}

/** The request signed in its headers. */
export const inHeader = (by: Signer, of = request) => ({ ...of, rawHeaders: rawHeadersOf(signHeaders(of, by)) });
/** The request signed in its query. */
export const inQuery = (by: Signer, seconds: number | undefined, of = request) => ({
  ...of,
  target: presign(of, by, seconds),
  rawHeaders: rawHeadersOf(of.headers),
});
