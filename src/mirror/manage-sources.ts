/** Creates, changes and deletes sources, and rotates their secrets. */
import { randomBytes, randomUUID } from "node:crypto";
import { sealContexts } from "../access/sealing/seal-contexts.ts";
import type { Sealer } from "../access/sealing/sealer.ts";
import { AccountError, type Accounts } from "../accounts/accounts.ts";
import type { Database } from "../stores/postgres/database.ts";
import {
  deleteMirrorSource,
  insertMirrorSource,
  selectMirrorSource,
  updateMirrorSecret,
  updateMirrorSource,
} from "../stores/postgres/mirror-sources.ts";
import { MirrorError } from "./mirror-error.ts";
import { type MirrorSource, sourceOf } from "./mirror-source.ts";
import { type InputContext, readNewSource, readSourceChange } from "./source-input.ts";
import type { SourceList } from "./source-list.ts";
import { encodeSourceSettings, type SourceSettings } from "./source-settings.ts";

export interface ManageSourceServices extends InputContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly sources: Pick<SourceList, "changed">;
  readonly accounts: Pick<Accounts, "create" | "list">;
  readonly clock: () => Date;
}

/** A source, with its secret if that was just created. */
export interface Managed {
  readonly source: MirrorSource;
  readonly secret: string | undefined;
}

/** The most sources of an installation. */
const mostSources = 50;
/** 43 characters as base64url, well within the limits of SNS and Firehose. */
const secretBytes = 32;

/**
 * Creates a source, and those of its accounts that don't exist.
 * @throws MirrorError for an invalid body, if the name is taken, or if there are too many sources; AccountError
 */
export async function createSource(services: ManageSourceServices, body: unknown): Promise<Managed> {
  const { database, clock, sources } = services;
  const { settings, ...input } = readNewSource(body, services);
  await createMissingAccounts(services, input.accounts);
  const id = randomUUID();
  const secret = needsSecret(settings) ? createSecret() : undefined;
  const row = {
    ...{ ...input, id, createdAt: clock() },
    kind: settings.kind,
    settings: encodeSourceSettings(settings),
    sealedSecret: secret === undefined ? null : sealed(services, id, secret),
  };
  const outcome = await insertMirrorSource(database, row, mostSources);
  if (outcome === "exists") throw new MirrorError(409, `There is already a source with the name ${input.name}.`);
  if (outcome === "full") throw new MirrorError(409, `There are ${mostSources} sources, which is the limit.`);
  sources.changed();
  return { source: await findSource(services, id), secret };
}

/**
 * Changes a source. Creates a secret if the source now needs one and has none.
 * @throws MirrorError for an invalid body, or if no source has this ID; AccountError
 */
export async function changeSource(services: ManageSourceServices, id: string, body: unknown): Promise<Managed> {
  const { database, sources } = services;
  const current = await findSource(services, id);
  const { settings, ...change } = readSourceChange(body, current, services);
  await createMissingAccounts(services, change.accounts);
  const secret = needsSecret(settings) && current.sealedSecret === null ? createSecret() : undefined;
  if (secret !== undefined) await updateMirrorSecret(database, current.id, sealed(services, current.id, secret));
  const row = { ...change, settings: encodeSourceSettings(settings) };
  if (!(await updateMirrorSource(database, current.id, row))) throw notFound();
  sources.changed();
  return { source: await findSource(services, current.id), secret };
}

/**
 * Replaces the secret of a source. The old one is refused at once.
 * @throws MirrorError if the source needs no secret, or if no source has this ID
 */
export async function rotateSourceSecret(
  services: ManageSourceServices,
  id: string,
): Promise<{ readonly source: MirrorSource; readonly secret: string }> {
  const source = await findSource(services, id);
  if (!needsSecret(source.settings)) {
    throw new MirrorError(409, "This source has no secret: its events are signed, or fetched with AWS credentials.");
  }
  const secret = createSecret();
  if (!(await updateMirrorSecret(services.database, source.id, sealed(services, source.id, secret)))) throw notFound();
  services.sources.changed();
  return { source, secret };
}

/** Deletes a source and its set-aside records, but not its events. Throws a `MirrorError` if no source has this ID. */
export async function removeSource(
  services: Pick<ManageSourceServices, "database" | "sources">,
  id: string,
): Promise<void> {
  if (!isId(id) || !(await deleteMirrorSource(services.database, id))) throw notFound();
  services.sources.changed();
}

/** Throws a `MirrorError` if no source has this ID. */
export async function findSource({ database }: { database: Database }, id: string): Promise<MirrorSource> {
  const row = isId(id) ? await selectMirrorSource(database, id) : undefined;
  if (!row) throw notFound();
  return sourceOf(row);
}

function needsSecret(settings: SourceSettings): boolean {
  if (settings.kind === "sns") return settings.raw;
  return settings.kind === "firehose" || settings.kind === "eventbridge";
}

function createSecret(): string {
  return randomBytes(secretBytes).toString("base64url");
}

function sealed({ sealer }: ManageSourceServices, id: string, secret: string): Uint8Array {
  return sealer.seal(Buffer.from(secret), sealContexts.mirrorSecret(id));
}

async function createMissingAccounts({ accounts }: ManageSourceServices, ids: readonly string[]): Promise<void> {
  const existing = new Set((await accounts.list()).map(({ id }) => id));
  for (const id of ids) {
    if (existing.has(id)) continue;
    try {
      await accounts.create({ id, name: `SES ${id}` });
    } catch (error) {
      if (!(error instanceof AccountError)) throw error;
      // A concurrent call may have created it.
      const now = await accounts.list();
      if (!now.some((account) => account.id === id)) throw error;
    }
  }
}

function notFound(): MirrorError {
  return new MirrorError(404, "There is no source with this id.");
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
