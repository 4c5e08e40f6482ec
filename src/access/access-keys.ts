/**
 * Access keys as AWS has them: an id that a request names, and a secret that signs it and never travels. Temporary ones
 * (their ids begin with ASIA) also have a session token and an end. Secrets lie in the database sealed, tokens as hashes;
 * both are known in clear only to whom `create` gave them.
 */
import { createHash, randomBytes } from "node:crypto";
import type { FastifyBaseLogger } from "fastify";
import { BoundedMap } from "../common/bounded-map.ts";
import { createExpiringCache } from "../common/expiring-cache.ts";
import {
  deleteAccessKey,
  deleteExpiredAccessKeys,
  insertAccessKey,
  type StoredAccessKey,
  type StoredSession,
  selectAccessKeys,
  updateAccessKeyActive,
  updateAccessKeysUsed,
} from "../stores/postgres/access-keys.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import type { Sealer } from "./sealing/sealer.ts";

/** What may be shown of a key. */
export type AccessKey = Omit<StoredAccessKey, "sealedSecret" | "session"> & { readonly expiresAt: Date | undefined };

/** A key that calls may be signed with now, or could until it expired. */
export interface UsableKey {
  readonly id: string;
  readonly secretAccessKey: string;
  readonly session: StoredSession | undefined;
}

/** What only its maker learns of a key. */
export interface CreatedKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly expiresAt: Date | undefined;
}

/** What a key is made with. */
export interface KeyOptions {
  readonly description: string;
  /** For how long a temporary key is good; undefined for a long-term one. */
  readonly seconds: number | undefined;
}

/** A key that can't be made. Its message is for people. */
export class AccessKeyError extends Error {
  override name = "AccessKeyError";
}

/** The keys of an installation. */
export interface AccessKeys {
  /**
   * The active key of this id, as it was at most a second ago and with every change of this process; undefined where there
   * is none. Whether a temporary one has expired is for the caller to see. Rejects where the secret was sealed under
   * another master key.
   */
  find(id: string): Promise<UsableKey | undefined>;
  /** Notes that a call was signed with the key; it is written within a minute. */
  used(id: string): void;
  /** Makes a key. Throws an `AccessKeyError` for options that can't be, and where there are too many. */
  create(options: KeyOptions): Promise<CreatedKey>;
  /** All keys, oldest first. */
  list(): Promise<AccessKey[]>;
  /** Removes a key; whether there was one. */
  delete(id: string): Promise<boolean>;
  /** Lets a key be used or not; whether there is one. */
  setActive(id: string, active: boolean): Promise<boolean>;
  /** Writes what is known of the last uses. */
  stop(): Promise<void>;
}

const lagMs = 1000;
const writeUsesMs = 60_000;
const keyLimit = 1000;
const longestDescription = 256;
/** As of AWS's GetSessionToken. */
const shortestSeconds = 900;
const longestSeconds = 36 * 3600;
/** For how long an expired key is still known, so that its user is told that it expired. */
const rememberExpiredMs = 24 * 3600_000;

/** The keys in a database. */
export function createAccessKeys(services: {
  database: Queryable;
  sealer: Sealer;
  clock: () => Date;
  log: FastifyBaseLogger;
}): AccessKeys {
  const { database, sealer, clock, log } = services;
  // All at once: an id that is not there then costs no query, and no more time than one that is.
  const cache = createExpiringCache({
    load: async () => new Map((await selectAccessKeys(database)).map((key) => [key.id, key])),
    lifetime: lagMs,
    capacity: 1,
    clock,
  });
  const opened = new BoundedMap<string, { sealed: Uint8Array; secret: string }>({
    capacity: keyLimit,
    evicts: "oldest",
  });
  let uses = new Map<string, Date>();
  let writeSoon: NodeJS.Timeout | undefined;

  function secretOf({ id, sealedSecret }: StoredAccessKey): string {
    const known = opened.get(id);
    if (known && Buffer.compare(known.sealed, sealedSecret) === 0) return known.secret;
    const secret = sealer.open(sealedSecret, contextOf(id)).toString();
    opened.set(id, { sealed: sealedSecret, secret });
    return secret;
  }

  async function writeUses(): Promise<void> {
    clearTimeout(writeSoon);
    writeSoon = undefined;
    const written = uses;
    uses = new Map();
    if (written.size === 0) return;
    await updateAccessKeysUsed(database, written).catch((error: unknown) => {
      log.warn({ err: error }, "when access keys were last used could not be written");
    });
  }

  async function changed(change: Promise<boolean>): Promise<boolean> {
    try {
      return await change;
    } finally {
      cache.clear();
    }
  }

  return {
    async find(id) {
      const key = (await cache.get("")).get(id);
      return key?.active ? { id, secretAccessKey: secretOf(key), session: key.session } : undefined;
    },
    used(id) {
      uses.set(id, clock());
      writeSoon ??= setTimeout(writeUses, writeUsesMs).unref();
    },
    async create(options) {
      checkOptions(options);
      const now = clock();
      await deleteExpiredAccessKeys(database, new Date(now.getTime() - rememberExpiredMs));
      const { stored, created } = makeKey(options, sealer, now);
      if (!(await changed(insertAccessKey(database, stored, keyLimit)))) {
        throw new AccessKeyError(`there are ${keyLimit} access keys, which is the most: delete some first`);
      }
      return created;
    },
    async list() {
      await writeUses();
      const keys = await selectAccessKeys(database);
      return keys.map(({ sealedSecret: _, session, ...key }) => ({ ...key, expiresAt: session?.expiresAt }));
    },
    delete: (id) => changed(deleteAccessKey(database, id)),
    setActive: (id, active) => changed(updateAccessKeyActive(database, id, active)),
    stop: writeUses,
  };
}

/** What is kept of a session token: enough to know it again. */
export function sessionTokenHash(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function makeKey({ description, seconds }: KeyOptions, sealer: Sealer, now: Date) {
  const temporary = seconds !== undefined;
  const accessKeyId = `${temporary ? "ASIA" : "AKIA"}${base32(randomBytes(16))}`;
  // 30 bytes are 40 characters of base64, as AWS's secrets have.
  const secretAccessKey = randomBytes(30).toString("base64");
  const sessionToken = temporary ? randomBytes(96).toString("base64") : undefined;
  const expiresAt = temporary ? new Date(now.getTime() + seconds * 1000) : undefined;
  const stored: StoredAccessKey = {
    id: accessKeyId,
    sealedSecret: sealer.seal(Buffer.from(secretAccessKey), contextOf(accessKeyId)),
    session: sessionToken && expiresAt ? { tokenHash: sessionTokenHash(sessionToken), expiresAt } : undefined,
    active: true,
    description,
    createdAt: now,
    lastUsedAt: undefined,
  };
  const created: CreatedKey = { accessKeyId, secretAccessKey, sessionToken, expiresAt };
  return { stored, created };
}

function checkOptions({ description, seconds }: KeyOptions): void {
  if (description.length > longestDescription || /[\p{Cc}\p{Cs}]/u.test(description)) {
    throw new AccessKeyError(
      `a description has at most ${longestDescription} characters, none of them control characters`,
    );
  }
  if (seconds === undefined) return;
  if (!Number.isInteger(seconds) || seconds < shortestSeconds || seconds > longestSeconds) {
    throw new AccessKeyError(
      `a temporary key lasts a whole number of seconds from ${shortestSeconds} to ${longestSeconds}`,
    );
  }
}

const contextOf = (id: string) => `access key ${id}`;

/** A character of RFC 4648's base32 for each byte. */
function base32(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(byte % 32)).join("");
}
