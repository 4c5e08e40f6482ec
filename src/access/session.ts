/**
 * Sessions of browsers that signed in with an access key. The token contains the whole session, sealed with the master
 * key, so that every server of an installation accepts it. Only sessions that end by signing out are stored. A session
 * also ends after twelve hours, or when its key is deactivated or deleted.
 */
import { randomBytes } from "node:crypto";
import { type InferOutput, number, object, string } from "valibot";
import { createExpiringCache } from "../common/expiring-cache.ts";
import { constantTimeEqual, macOf } from "../common/mac.ts";
import { MalformedData, parseVersionedJson } from "../common/parse-data.ts";
import { errors } from "../contract/errors.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import { insertEndedSession, isEndedSession } from "../stores/postgres/ended-sessions.ts";
import type { AccessKeys, KeyOwner } from "./access-keys.ts";
import { SealError, type Sealer } from "./sealing/sealer.ts";

/** The lifetime of a session, in seconds. */
export const sessionSeconds = 12 * 3600;

export interface Session extends KeyOwner {
  readonly accessKeyId: string;
  /** The token that state-changing requests must send besides the cookie; pages of other sites can't know it. */
  readonly csrf: string;
}

/** Creates and verifies sessions. */
export interface Sessions {
  /** Signs in. Rejects with the error to return; an unknown ID takes as long as a wrong secret. */
  begin(accessKeyId: string, secretAccessKey: string): Promise<{ token: string; session: Session }>;
  /** The session of a token; `ended` if the token is ours but its session is over, `unknown` if it is not ours. */
  find(token: string): Promise<Session | "ended" | "unknown">;
  /** Signs out: the token is no longer accepted, by other servers on the database within a second. */
  end(token: string): Promise<void>;
}

/** The layout version of a session's JSON, stored as `v`; without `v` the version is 1. */
const version = 1;

const sessionContent = object({
  /** The source of the CSRF token, so that no two sessions share one. */
  id: string(),
  accessKeyId: string(),
  /** In milliseconds since 1970. */
  endsAt: number(),
});

type Content = InferOutput<typeof sessionContent>;

const context = "dashboard session";
/** How long it may take until another server's sign-out is noticed, in milliseconds. */
const lagMs = 1000;
/** Sessions that are in use in a second. */
const mostCached = 1000;
/** Longer than any of our tokens. */
const longestToken = 1024;

export function createSessions(services: {
  keys: Pick<AccessKeys, "find" | "used">;
  database: Queryable;
  sealer: Sealer;
  clock: () => Date;
}): Sessions {
  const { keys, database, sealer, clock } = services;
  const signedOut = createExpiringCache({
    load: (id) => isEndedSession(database, id),
    lifetime: lagMs,
    capacity: mostCached,
    clock,
  });
  const csrfKey = sealer.derive("csrf tokens");
  const decoy = randomBytes(30).toString("base64");
  const sessionOf = ({ id, accessKeyId }: Content, { accountId, operator, rights }: KeyOwner): Session => ({
    ...{ accessKeyId, accountId, operator, rights },
    csrf: macOf(csrfKey, id).toString("base64url"),
  });

  return {
    async begin(accessKeyId, secretAccessKey) {
      const key = await keys.find(accessKeyId);
      const right = constantTimeEqual(key?.secretAccessKey ?? decoy, secretAccessKey);
      if (!key || !right) throw errors.signInRefused();
      if (key.session) throw errors.signInTemporary();
      keys.used(accessKeyId);
      const endsAt = clock().getTime() + sessionSeconds * 1000;
      const content: Content = { id: randomBytes(16).toString("base64url"), accessKeyId, endsAt };
      const sealed = sealer.seal(Buffer.from(JSON.stringify({ v: version, ...content })), context);
      return { token: Buffer.from(sealed).toString("base64url"), session: sessionOf(content, key) };
    },
    async find(token) {
      const content = open(token, sealer);
      if (typeof content !== "object") return content;
      const key = clock().getTime() >= content.endsAt ? undefined : await keys.find(content.accessKeyId);
      return !key || (await signedOut.get(content.id)) ? "ended" : sessionOf(content, key);
    },
    async end(token) {
      const content = open(token, sealer);
      if (typeof content !== "object") return;
      await insertEndedSession(database, { id: content.id, expiresAt: new Date(content.endsAt) }, clock());
      signedOut.clear();
    },
  };
}

/** Whether a request sent the session's CSRF token. */
export function hasCsrfToken({ csrf }: Pick<Session, "csrf">, stated: string | undefined): boolean {
  return stated !== undefined && constantTimeEqual(csrf, stated);
}

function open(token: string, sealer: Sealer): Content | "ended" | "unknown" {
  if (token.length > longestToken) return "unknown";
  try {
    const text = sealer.open(Buffer.from(token, "base64url"), context).toString();
    return parseVersionedJson(sessionContent, version, text, "a session");
  } catch (error) {
    if (error instanceof SealError) return "unknown";
    // The session began on a server of another version. It ends here; signing in again creates one of this version.
    if (error instanceof MalformedData) return "ended";
    throw error;
  }
}
