/** Creates, changes and deletes seed mailboxes. */
import { randomUUID } from "node:crypto";
import { sealContexts } from "../access/sealing/seal-contexts.ts";
import { SealError, type Sealer } from "../access/sealing/sealer.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import {
  deleteSeedMailbox,
  insertSeedMailbox,
  noteSeedCheck,
  type StoredSeedMailbox,
  selectSeedMailbox,
  updateSeedMailbox,
} from "../stores/postgres/seed-mailboxes.ts";
import { type MailboxFacts, MailboxFailure, type MailboxLogin, openMailbox } from "./imap-mailbox.ts";
import { readNewSeed, readSeedChange } from "./seed-input.ts";
import { SeedMailboxError } from "./seed-mailbox-error.ts";

export interface ManageSeedServices {
  readonly database: Queryable;
  readonly sealer: Sealer;
  readonly clock: () => Date;
}

/** The most seed mailboxes of an installation: a test sends a message to each. */
export const mostSeeds = 50;

const ports = { tls: 993, starttls: 143 };

/** Creates a seed mailbox. Throws a `SeedMailboxError` for an invalid body, if the address is taken, or if there are too many. */
export async function createSeed(services: ManageSeedServices, body: unknown): Promise<StoredSeedMailbox> {
  const { database, clock } = services;
  const { user, password, port, ...input } = readNewSeed(body);
  const id = randomUUID();
  const seed = {
    ...input,
    id,
    port: port ?? ports[input.security],
    username: user ?? input.address,
    sealedPassword: sealed(services, id, password),
    createdAt: clock(),
  };
  const outcome = await insertSeedMailbox(database, seed, mostSeeds);
  if (outcome === "exists") throw new SeedMailboxError(409, `There is already a seed mailbox ${input.address}.`);
  if (outcome === "full") throw new SeedMailboxError(409, `There are ${mostSeeds} seed mailboxes, which is the limit.`);
  return findSeed(services, id);
}

/**
 * Changes a seed mailbox; members left out keep their values.
 * @throws SeedMailboxError for an invalid body, if it moves the password to another server without stating it, or if
 *   there is none with this ID
 */
export async function changeSeed(services: ManageSeedServices, id: string, body: unknown): Promise<StoredSeedMailbox> {
  const current = await findSeed(services, id);
  const { user: username, password, ...change } = readSeedChange(body);
  if (change.host !== undefined && change.host !== current.host && password === undefined) {
    throw new SeedMailboxError(400, "A change of the host needs the password, too: it would go to another server.");
  }
  const changed = await updateSeedMailbox(services.database, current.id, {
    ...{ ...current, ...change, username: username ?? current.username },
    sealedPassword: password === undefined ? current.sealedPassword : sealed(services, current.id, password),
  });
  if (!changed) throw notFound();
  return findSeed(services, current.id);
}

/** Deletes a seed mailbox. Throws a `SeedMailboxError` if there is none with this ID. */
export async function removeSeed({ database }: Pick<ManageSeedServices, "database">, id: string): Promise<void> {
  if (!isId(id) || !(await deleteSeedMailbox(database, id))) throw notFound();
}

/** Throws a `SeedMailboxError` if there is none with this ID. */
export async function findSeed(
  { database }: Pick<ManageSeedServices, "database">,
  id: string,
): Promise<StoredSeedMailbox> {
  const seed = isId(id) ? await selectSeedMailbox(database, id) : undefined;
  if (!seed) throw notFound();
  return seed;
}

/** Logs in to a seed mailbox and looks at its folders, and stores the result; throws a `MailboxFailure`. */
export async function checkSeed(services: ManageSeedServices, id: string): Promise<MailboxFacts> {
  const { database, clock } = services;
  const seed = await findSeed(services, id);
  try {
    const facts = await openMailbox(loginOf(services, seed), undefined, async ({ facts }) => facts);
    await noteSeedCheck(database, seed.id, clock(), null);
    return facts;
  } catch (error) {
    if (error instanceof MailboxFailure) await noteSeedCheck(database, seed.id, clock(), error.message);
    throw error;
  }
}

/** What it takes to log in to a seed mailbox. Throws a `MailboxFailure` if its password can't be decrypted. */
export function loginOf({ sealer }: Pick<ManageSeedServices, "sealer">, seed: StoredSeedMailbox): MailboxLogin {
  try {
    return { ...seed, password: sealer.open(seed.sealedPassword, sealContexts.seedPassword(seed.id)).toString() };
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new MailboxFailure("The password of the mailbox can't be decrypted: set it again.", { cause: error });
  }
}

function sealed({ sealer }: ManageSeedServices, id: string, password: string): Uint8Array {
  return sealer.seal(Buffer.from(password), sealContexts.seedPassword(id));
}

function notFound(): SeedMailboxError {
  return new SeedMailboxError(404, "There is no seed mailbox with this id.");
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
