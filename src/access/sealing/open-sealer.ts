/** Finds the master key that belongs to a database: its start must not seal or sign with another one. */
import { ConfigError } from "../../config/setting.ts";
import type { Database } from "../../stores/postgres/database.ts";
import {
  deleteSealed,
  replaceBySealed,
  type SealedSamples,
  selectSealedSamples,
  selectSecrets,
} from "../../stores/postgres/secrets.ts";
import { existingMasterKey, masterKey, masterKeyFile } from "./master-key.ts";
import { sealContexts } from "./seal-contexts.ts";
import { createSealer, SealError, type Sealer } from "./sealer.ts";

export interface SealerOptions {
  database: Database;
  /** The key from the setting. */
  given: Uint8Array | undefined;
  /** The folder with the key's file if `given` is unset. */
  dataDir: string;
  /** Deletes the secrets that the key does not open, instead of refusing to start. */
  loseSealed?: boolean;
}

/** How many access keys and DKIM keys are tried where no secret tells: some may be left from a key lost long ago. */
const samples = 20;

/**
 * The sealer with the installation's master key, which a new installation creates. Seals the secrets that an earlier
 * version stored in plain text.
 * @throws ConfigError if the database has sealed values and the key is missing, or is another one
 */
export async function openSealer({ database, given, dataDir, loseSealed = false }: SealerOptions): Promise<Sealer> {
  const secrets = await selectSecrets(database);
  const sealedSecrets = secrets.filter(({ sealed }) => sealed);
  const sealed =
    sealedSecrets.length > 0
      ? sealedSecrets.map(({ name, value }) => ({ context: sealContexts.secret(name), value }))
      : withContexts(await selectSealedSamples(database, samples));
  const existing = await existingMasterKey(given, dataDir);
  if (!existing && sealed.length > 0 && !loseSealed) {
    throw new ConfigError(
      `the master key is missing: ${masterKeyFile(dataDir)} does not exist and MAILGLASS_MASTER_KEY is not set, but the database has secrets sealed with it. Put the file back from a backup, or set MAILGLASS_MASTER_KEY to its content. All servers on one database need the same key. If it is lost, start once with MAILGLASS_ACCEPT_LOSS=master-key.`,
    );
  }
  const sealer = createSealer(existing ?? (await masterKey(given, dataDir)));
  if (sealed.length > 0 && !sealed.some(({ value, context }) => opens(sealer, value, context))) {
    if (loseSealed) {
      await deleteSealed(database);
      return sealer;
    }
    const source = given ? "MAILGLASS_MASTER_KEY" : masterKeyFile(dataDir);
    throw new ConfigError(
      `${source} is not the master key that this database's secrets are sealed with. Use the key that this installation was started with before. All servers on one database need the same key.`,
    );
  }
  const plain = secrets.filter(({ sealed }) => !sealed);
  if (plain.length > 0) {
    await replaceBySealed(
      database,
      plain.map(({ name, value }) => ({ name, value: sealer.seal(value, sealContexts.secret(name)), sealed: true })),
    );
  }
  return sealer;
}

function withContexts({ accessKeys, dkimKeys }: SealedSamples): { context: string; value: Uint8Array }[] {
  return [
    ...accessKeys.map(({ id, sealed }) => ({ context: sealContexts.accessKey(id), value: sealed })),
    ...dkimKeys.map(({ scope, identity, selector, sealed }) => ({
      context: sealContexts.dkimKey(scope, identity, selector),
      value: sealed,
    })),
  ];
}

function opens(sealer: Sealer, value: Uint8Array, context: string): boolean {
  try {
    sealer.open(value, context);
    return true;
  } catch (error) {
    if (error instanceof SealError) return false;
    throw error;
  }
}
