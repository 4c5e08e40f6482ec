/** The table of keys that an installation generates for itself, and what else is sealed under the master key. */
import type { Database, Queryable } from "./database.ts";

/** A row of secrets. */
export interface StoredSecret {
  readonly name: string;
  readonly value: Uint8Array;
  /** False for a value from before secrets were sealed. */
  readonly sealed: boolean;
}

/** Adds a sealed secret unless there is one with this name. */
export async function insertSecret(database: Queryable, name: string, sealed: Uint8Array): Promise<void> {
  await database.query(
    "INSERT INTO secrets (name, value, sealed) VALUES ($1, $2, true) ON CONFLICT (name) DO NOTHING",
    [name, sealed],
  );
}

/** The secret with this name; undefined if there is none. */
export async function selectSecret(database: Queryable, name: string): Promise<StoredSecret | undefined> {
  const [row] = await database.query<StoredSecret>("SELECT name, value, sealed FROM secrets WHERE name = $1", [name]);
  return row;
}

/** All secrets. */
export async function selectSecrets(database: Queryable): Promise<StoredSecret[]> {
  return database.query<StoredSecret>("SELECT name, value, sealed FROM secrets ORDER BY name");
}

/** Replaces plain values by sealed ones, and removes the old row versions from the table's file. */
export async function replaceBySealed(database: Database, secrets: readonly StoredSecret[]): Promise<void> {
  await database.transaction(async (transaction) => {
    for (const { name, value } of secrets) {
      await transaction.query("UPDATE secrets SET value = $2, sealed = true WHERE name = $1 AND NOT sealed", [
        name,
        value,
      ]);
    }
  });
  await database.query("VACUUM FULL secrets");
}

/**
 * Deletes the sealed secrets, the access keys, S/MIME certificates with their keys, and the secrets of webhooks, whose
 * master key is lost. Associations of the certificates stay, and have failed.
 */
export async function deleteSealed(database: Database): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query("DELETE FROM secrets WHERE sealed");
    await transaction.query("DELETE FROM access_keys");
    await transaction.query("UPDATE identity_certificates SET certificate = NULL WHERE certificate IS NOT NULL");
    await transaction.query("DELETE FROM smime_certificates");
    await transaction.query(
      `UPDATE webhooks SET secret = NULL, previous_secret = NULL, previous_until = NULL, enabled = false,
         disabled_because = 'its secret was lost with the master key: rotate the secret, then enable the webhook'
       WHERE secret IS NOT NULL`,
    );
  });
}

/** Values that were sealed before secrets were: of a few access keys and of a few DKIM keys. */
export interface SealedSamples {
  readonly accessKeys: readonly { readonly id: string; readonly sealed: Uint8Array }[];
  readonly dkimKeys: readonly {
    readonly scope: number;
    readonly identity: string;
    readonly selector: string;
    readonly sealed: Uint8Array;
  }[];
}

/** The newest sealed values, up to `limit` of each kind. */
export async function selectSealedSamples(database: Queryable, limit: number): Promise<SealedSamples> {
  return {
    accessKeys: await database.query("SELECT id, secret AS sealed FROM access_keys ORDER BY created_at DESC LIMIT $1", [
      limit,
    ]),
    dkimKeys: await database.query(
      `SELECT scope, identity, selector, private_key AS sealed FROM dkim_keys WHERE private_key IS NOT NULL
       ORDER BY generated_at DESC NULLS LAST LIMIT $1`,
      [limit],
    ),
  };
}
