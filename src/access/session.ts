/**
 * Sessions of browsers that signed in with an access key. All of a session is in its token, sealed under the master key, so
 * that each server of an installation knows it; nothing is stored. It ends after twelve hours, and as soon as its key is
 * deactivated or deleted.
 */
import { randomBytes } from "node:crypto";
import { type InferOutput, number, object, string } from "valibot";
import { constantTimeEqual, macOf } from "../common/mac.ts";
import { MalformedData, parseVersionedJson } from "../common/parse-data.ts";
import { errors } from "../contract/errors.ts";
import type { AccessKeys } from "./access-keys.ts";
import { SealError, type Sealer } from "./sealing/sealer.ts";

/** How long a session lasts, in seconds. */
export const sessionSeconds = 12 * 3600;

/** A session that is on. */
export interface Session {
  readonly accessKeyId: string;
  /** What a request that changes something must state besides the cookie: another site's page can't know it. */
  readonly csrf: string;
}

/** Begins sessions, and knows them again. */
export interface Sessions {
  /** Signs in. Rejects with the error to answer; an id that is not there takes as long as a wrong secret. */
  begin(accessKeyId: string, secretAccessKey: string): Promise<{ token: string; session: Session }>;
  /**
   * The session of a token; `ended` where it was one of ours and is over, `unknown` where it never was.
   */
  find(token: string): Promise<Session | "ended" | "unknown">;
}

/** The layout of a session's JSON, in which it stands as `v`; a session without it is of version 1. */
const version = 1;

const sessionContent = object({
  /** What the CSRF token is made of, so that no two sessions share one. */
  id: string(),
  accessKeyId: string(),
  /** In milliseconds since 1970. */
  endsAt: number(),
});

type Content = InferOutput<typeof sessionContent>;

const context = "dashboard session";
/** More than any of ours has. */
const longestToken = 1024;

/** Sessions of an installation's keys. */
export function createSessions(services: {
  keys: Pick<AccessKeys, "find" | "used">;
  sealer: Sealer;
  clock: () => Date;
}): Sessions {
  const { keys, sealer, clock } = services;
  const csrfKey = sealer.derive("csrf tokens");
  const decoy = randomBytes(30).toString("base64");
  const sessionOf = ({ id, accessKeyId }: Content): Session => ({
    accessKeyId,
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
      return { token: Buffer.from(sealed).toString("base64url"), session: sessionOf(content) };
    },
    async find(token) {
      const content = open(token, sealer);
      if (typeof content !== "object") return content;
      const active = (await keys.find(content.accessKeyId)) !== undefined;
      return active && clock().getTime() < content.endsAt ? sessionOf(content) : "ended";
    },
  };
}

/** Whether a request states the session's CSRF token. */
export function hasCsrfToken({ csrf }: Session, stated: string | undefined): boolean {
  return stated !== undefined && constantTimeEqual(csrf, stated);
}

function open(token: string, sealer: Sealer): Content | "ended" | "unknown" {
  if (token.length > longestToken) return "unknown";
  try {
    const text = sealer.open(Buffer.from(token, "base64url"), context).toString();
    return parseVersionedJson(sessionContent, version, text, "a session");
  } catch (error) {
    if (error instanceof SealError) return "unknown";
    // Begun on a server of another version: it ends here, and whoever signs in again gets one of ours.
    if (error instanceof MalformedData) return "ended";
    throw error;
  }
}
