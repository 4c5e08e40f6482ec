/** Identifies the signer of a request: verifies signatures with the installation's keys. */
import { randomBytes } from "node:crypto";
import { constantTimeEqual } from "../common/mac.ts";
import { errors } from "../contract/errors.ts";
import { type AccessKeys, type KeyOwner, sessionTokenHash, type UsableKey } from "./access-keys.ts";
import type { SignableRequest } from "./canonical-request.ts";
import { createSigningKeys } from "./signature.ts";
import { type Audience, type Claim, isSignedBy, readClaim } from "./sigv4.ts";

/** What a signature is verified with. */
export type SigningKey = Omit<UsableKey, keyof KeyOwner>;

/** The signer of a request, or a signed-in user. */
export interface Caller extends KeyOwner {
  readonly accessKeyId: string;
  /** The region that the request was signed for; undefined for a session. */
  readonly region: string | undefined;
  /** `command`: one of the server's own commands. `session`: a browser that signed in with the key. */
  readonly kind: "key" | "command" | "session";
}

export interface Authenticator {
  /**
   * Reads a request's signature and checks everything that needs neither key nor body. Throws the error to return.
   * @param aliases names of the service that are accepted besides `ses`.
   */
  read(request: SignableRequest, aliases?: readonly string[]): Claim;
  /** Rejects with the error to return if there is no active key with the claimed ID and session token. */
  checkKey(claim: Claim): Promise<void>;
  /**
   * The signer of a request whose body has this hash. Rejects with the error to return. An unknown key takes as long as
   * a wrong signature.
   */
  verify(request: SignableRequest, claim: Claim, payloadHash: string): Promise<Caller>;
}

/**
 * An authenticator for SES calls in the regions that are served. `commandKey` is the key of the server's own commands,
 * which act for the default account.
 */
export function createAuthenticator(services: {
  keys: Pick<AccessKeys, "find" | "used">;
  commandKey: SigningKey;
  accountId: string;
  serves: Audience["serves"];
  clock: () => Date;
}): Authenticator {
  const { keys, commandKey, accountId, serves, clock } = services;
  const audience = { serves, service: "ses" };
  const signingKeys = createSigningKeys();
  // The key to verify against if the request's key is unknown.
  const decoy: SigningKey = { id: "", secretAccessKey: randomBytes(30).toString("base64"), session: undefined };

  const commands: UsableKey = { ...commandKey, accountId, operator: true, rights: undefined };

  const find = async ({ accessKeyId }: Claim) =>
    accessKeyId === commands.id ? commands : await keys.find(accessKeyId);

  return {
    read: (request, aliases) => readClaim(request, { ...audience, aliases }, clock()),
    async checkKey(claim) {
      const known = await find(claim);
      if (known === undefined) throw errors.keyUnknown();
      checkSession(known, claim.sessionToken, clock());
    },
    async verify(request, claim, payloadHash) {
      const known = await find(claim);
      const command = known === commands;
      const key: SigningKey = known ?? decoy;
      const signed = isSignedBy(signingKeys.get(key.id, key.secretAccessKey, claim.scope), request, claim, payloadHash);
      if (known === undefined) throw errors.keyUnknown();
      if (!signed) throw errors.signatureMismatch();
      checkSession(known, claim.sessionToken, clock());
      if (!command) keys.used(known.id);
      const { id: accessKeyId, accountId, operator, rights } = known;
      return {
        accessKeyId,
        accountId,
        operator,
        rights,
        region: claim.scope.region,
        kind: command ? "command" : "key",
      };
    },
  };
}

/** A temporary key requires its token; a long-term key must have none. */
function checkSession({ session }: SigningKey, token: string | undefined, now: Date): void {
  if (session === undefined && token === undefined) return;
  const right =
    session !== undefined && token !== undefined && constantTimeEqual(session.tokenHash, sessionTokenHash(token));
  if (!right) throw errors.keyUnknown();
  if (now.getTime() >= session.expiresAt.getTime()) throw errors.tokenExpired();
}
