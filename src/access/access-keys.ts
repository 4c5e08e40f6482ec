/**
 * Access keys as in AWS: an ID that requests name, and a secret that signs them and is never sent. Temporary keys
 * (their IDs begin with ASIA) also have a session token and an expiration. The database stores secrets sealed and
 * tokens as hashes; only the caller of `create` gets both in plain text.
 */
import { createHash, randomBytes } from "node:crypto";
import type { FastifyBaseLogger } from "fastify";
import { BoundedMap } from "../common/bounded-map.ts";
import { createExpiringCache } from "../common/expiring-cache.ts";
import {
  deleteAccessKey,
  deleteExpiredAccessKeys,
  insertAccessKey,
  type NewAccessKey,
  type StoredAccessKey,
  type StoredSession,
  selectAccessKeys,
  updateAccessKeyActive,
  updateAccessKeysUsed,
} from "../stores/postgres/access-keys.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import { formatGrant, type KeyRights, KeyRightsError, parseKeyRights, readKeyRights } from "./policies/key-rights.ts";
import { sealContexts } from "./sealing/seal-contexts.ts";
import type { Sealer } from "./sealing/sealer.ts";

/** The parts of a key that may be shown. */
export type AccessKey = Omit<StoredAccessKey, "sealedSecret" | "session" | "operator" | "rights"> & {
  readonly expiresAt: Date | undefined;
  /** Its rights as values of `--allow`; undefined if it may do everything. */
  readonly allow: readonly string[] | undefined;
};

/** The account of a key, and what the key may do there. */
export interface KeyOwner {
  /** Twelve digits. */
  readonly accountId: string;
  /** Whether it is the default account, whose keys administer the server and see all accounts. */
  readonly operator: boolean;
  /** What the key may do; undefined for everything. */
  readonly rights: KeyRights | undefined;
}

/** An active key, possibly a temporary one that has expired. */
export interface UsableKey extends KeyOwner {
  readonly id: string;
  readonly secretAccessKey: string;
  readonly session: StoredSession | undefined;
}

/** A new key. Only its creator gets its secrets. */
export interface CreatedKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly expiresAt: Date | undefined;
}

export interface KeyOptions {
  readonly description: string;
  /** The lifetime of a temporary key, in seconds; undefined for a long-term key. */
  readonly seconds: number | undefined;
  /** The account that the key belongs to; the default account if left out. */
  readonly accountId?: string | undefined;
  /** Values of `--allow`; without any, the key may do everything. */
  readonly allow?: readonly string[] | undefined;
}

/** A key can't be created. The message is for people. */
export class AccessKeyError extends Error {
  override name = "AccessKeyError";
}

/** The keys of an installation. */
export interface AccessKeys {
  /**
   * The active key with this ID; undefined if there is none. At most a second old, and includes every change by this
   * process. The caller checks whether a temporary key has expired. Rejects if the secret was sealed under another
   * master key.
   */
  find(id: string): Promise<UsableKey | undefined>;
  /** Records a use of the key; it is written to the database within a minute. */
  used(id: string): void;
  /** Creates a key. Throws an `AccessKeyError` for invalid options, or if there are too many keys. */
  create(options: KeyOptions): Promise<CreatedKey>;
  /** All keys, oldest first. */
  list(): Promise<AccessKey[]>;
  /** Deletes a key; returns whether it existed. */
  delete(id: string): Promise<boolean>;
  /** Activates or deactivates a key; returns whether it exists. */
  setActive(id: string, active: boolean): Promise<boolean>;
  /** Writes the recorded uses that are still pending. */
  stop(): Promise<void>;
}

const lagMs = 1000;
const writeUsesMs = 60_000;
const keyLimit = 1000;
const longestDescription = 256;
/** The bounds of AWS's GetSessionToken. */
const shortestSeconds = 900;
const longestSeconds = 36 * 3600;
/** How long an expired key is kept, so that its user gets the error that it has expired. */
const rememberExpiredMs = 24 * 3600_000;

export function createAccessKeys(services: {
  database: Queryable;
  sealer: Sealer;
  clock: () => Date;
  log: FastifyBaseLogger;
}): AccessKeys {
  const { database, sealer, clock, log } = services;
  // Load all keys at once: an unknown ID then costs no query, and no more time than a known one.
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
    const secret = sealer.open(sealedSecret, sealContexts.accessKey(id)).toString();
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
      log.warn({ err: error }, "could not record when access keys were last used");
    });
  }

  async function changed<Outcome>(change: Promise<Outcome>): Promise<Outcome> {
    try {
      return await change;
    } finally {
      cache.clear();
    }
  }

  return {
    async find(id) {
      const key = (await cache.get("")).get(id);
      if (!key?.active) return undefined;
      const { accountId, operator, session } = key;
      const rights = readKeyRights(key.rights);
      return { id, accountId, operator, rights, secretAccessKey: secretOf(key), session };
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
      const outcome = await changed(insertAccessKey(database, stored, keyLimit));
      if (outcome === "full") {
        throw new AccessKeyError(`there are ${keyLimit} access keys, the maximum: delete some first`);
      }
      if (outcome === "no-account") {
        throw new AccessKeyError(`there is no account ${options.accountId}: \`mailglass accounts create\` makes one`);
      }
      return created;
    },
    async list() {
      await writeUses();
      const keys = await selectAccessKeys(database);
      return keys.map(({ sealedSecret: _, operator: __, session, rights, ...key }) => ({
        ...key,
        allow: readKeyRights(rights)?.map(formatGrant),
        expiresAt: session?.expiresAt,
      }));
    },
    delete: (id) => changed(deleteAccessKey(database, id)),
    setActive: (id, active) => changed(updateAccessKeyActive(database, id, active)),
    stop: writeUses,
  };
}

/** The stored form of a session token, enough to recognize it. */
export function sessionTokenHash(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function makeKey({ description, seconds, accountId, allow = [] }: KeyOptions, sealer: Sealer, now: Date) {
  const temporary = seconds !== undefined;
  const accessKeyId = `${temporary ? "ASIA" : "AKIA"}${base32(randomBytes(16))}`;
  // 30 bytes are 40 characters of base64, the length of AWS's secrets.
  const secretAccessKey = randomBytes(30).toString("base64");
  const sessionToken = temporary ? randomBytes(96).toString("base64") : undefined;
  const expiresAt = temporary ? new Date(now.getTime() + seconds * 1000) : undefined;
  const stored: NewAccessKey = {
    id: accessKeyId,
    accountId,
    sealedSecret: sealer.seal(Buffer.from(secretAccessKey), sealContexts.accessKey(accessKeyId)),
    session: sessionToken && expiresAt ? { tokenHash: sessionTokenHash(sessionToken), expiresAt } : undefined,
    rights: rightsOf(allow),
    description,
    createdAt: now,
  };
  const created: CreatedKey = { accessKeyId, secretAccessKey, sessionToken, expiresAt };
  return { stored, created };
}

function rightsOf(allow: readonly string[]): KeyRights | undefined {
  try {
    return parseKeyRights(allow);
  } catch (error) {
    if (error instanceof KeyRightsError) throw new AccessKeyError(error.message);
    throw error;
  }
}

function checkOptions({ description, seconds, accountId }: KeyOptions): void {
  if (description.length > longestDescription || /[\p{Cc}\p{Cs}]/u.test(description)) {
    throw new AccessKeyError(
      `a description has at most ${longestDescription} characters, none of them control characters`,
    );
  }
  if (accountId !== undefined && !/^\d{12}$/.test(accountId)) throw new AccessKeyError("an account has twelve digits");
  if (seconds === undefined) return;
  if (!Number.isInteger(seconds) || seconds < shortestSeconds || seconds > longestSeconds) {
    throw new AccessKeyError(
      `a temporary key lasts a whole number of seconds from ${shortestSeconds} to ${longestSeconds}`,
    );
  }
}

/** Encodes each byte as one character of RFC 4648's base32 alphabet. */
function base32(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(byte % 32)).join("");
}
