/** The dkim_keys table: its migration describes the columns. Private keys are sealed by the callers. */
import type { Queryable, ScopedDatabase, ScopedQueryable } from "./database.ts";
import {
  type DnsProof,
  type NewProof,
  newProofValues,
  proofAssignments,
  proofColumns,
  proofCondition,
} from "./dns-proof.ts";

/** Which of a domain's keys: the one that signs, or the one that replaces it once its record is found. */
export type DkimRole = "current" | "next";

/** The parameters of a key. */
export interface WantedDkimKey {
  origin: "AWS_SES" | "EXTERNAL";
  selector: string;
  bits: number;
}

/** A key without its private half. */
export interface DkimKeyRow extends WantedDkimKey, DnsProof {
  /** In the format of `p=`; null until the key is generated. */
  publicKey: string | null;
  generatedAt: Date | null;
}

/** Both halves of a key, generated or provided by the caller. */
export interface DkimKeyPair {
  sealedPrivateKey: Uint8Array;
  publicKey: string;
  /** Null if the caller provided the key. */
  generatedAt: Date | null;
}

/** The columns of DkimKeyRow, each with `prefix` before its name. */
export function dkimKeyColumns(table: string, prefix: string): string {
  return `${table}.origin AS "${prefix}origin", ${table}.selector AS "${prefix}selector", ${table}.bits AS "${prefix}bits",
    ${table}.public_key AS "${prefix}publicKey", ${table}.generated_at AS "${prefix}generatedAt",
    ${proofColumns(table, prefix)}`;
}

/** A key to put in its role. */
export interface PutDkimKey {
  identity: string;
  role: DkimRole;
  key: WantedDkimKey;
  /** Undefined where it is still to be made. */
  pair: DkimKeyPair | undefined;
  now: Date;
}

/**
 * Sets the key of a role, replacing the previous one; its record is due for a check at `now`. The identity's other key
 * stays unless it has the same selector.
 */
export async function putDkimKey(
  database: ScopedDatabase,
  { identity, role, key, pair, now }: PutDkimKey,
): Promise<void> {
  const { origin, selector, bits } = key;
  await database.transaction(async (transaction) => {
    const { scope } = transaction;
    await transaction.query(
      "DELETE FROM dkim_keys WHERE scope = $1 AND identity = $2 AND (role = $3 OR selector = $4)",
      [scope, identity, role, selector],
    );
    await transaction.query(
      `INSERT INTO dkim_keys (scope, identity, role, origin, selector, bits, private_key, public_key, generated_at,
         next_check_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7::bytea, $8, $9::timestamptz, $10::timestamptz)`,
      [
        scope,
        identity,
        role,
        origin,
        selector,
        bits,
        pair?.sealedPrivateKey ?? null,
        pair?.publicKey ?? null,
        pair?.generatedAt ?? null,
        now,
      ],
    );
  });
}

/** Stores the generated halves of a key. If several processes generate them, the first one wins. */
export async function fillDkimKey(
  database: ScopedQueryable,
  identity: string,
  selector: string,
  { sealedPrivateKey, publicKey, generatedAt }: DkimKeyPair,
): Promise<void> {
  await database.query(
    `UPDATE dkim_keys SET private_key = $4, public_key = $5, generated_at = $6
     WHERE scope = $1 AND identity = $2 AND selector = $3 AND private_key IS NULL`,
    [database.scope, identity, selector, sealedPrivateKey, publicKey, generatedAt],
  );
}

/** The sealed private key; undefined if it is not generated yet or was deleted. */
export async function selectSealedDkimKey(
  database: ScopedQueryable,
  identity: string,
  selector: string,
): Promise<Uint8Array | undefined> {
  const [row] = await database.query<{ privateKey: Uint8Array | null }>(
    `SELECT private_key AS "privateKey" FROM dkim_keys WHERE scope = $1 AND identity = $2 AND selector = $3`,
    [database.scope, identity, selector],
  );
  return row?.privateKey ?? undefined;
}

/** A key whose DNS record is due for a check. */
export interface DueDkimKey extends DkimKeyRow {
  identity: string;
  role: DkimRole;
}

/** The keys of all scopes that are due, the most overdue first. */
export async function selectDueDkimKeys(
  database: Queryable,
  now: Date,
  limit: number,
): Promise<(DueDkimKey & { scope: number })[]> {
  return database.query(
    `SELECT scope, identity, role, ${dkimKeyColumns("dkim_keys", "")} FROM dkim_keys
     WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $2`,
    [now, limit],
  );
}

/** Stores the result of a check, unless the key was replaced in the meantime. */
export async function updateDkimProof(
  database: ScopedQueryable,
  identity: string,
  selector: string,
  checked: NewProof,
): Promise<void> {
  await database.query(
    `UPDATE dkim_keys SET ${proofAssignments(4)}
     WHERE scope = $1 AND identity = $2 AND selector = $3 AND ${proofCondition(10)}`,
    [database.scope, identity, selector, ...newProofValues(checked)],
  );
}

/** Makes the next key the current one and deletes the previous one. Does nothing if the next key is gone. */
export async function promoteDkimKey(database: ScopedDatabase, identity: string, selector: string): Promise<void> {
  await database.transaction(async (transaction) => {
    const { scope } = transaction;
    const rows = await transaction.query(
      "SELECT 1 FROM dkim_keys WHERE scope = $1 AND identity = $2 AND selector = $3 AND role = 'next' FOR UPDATE",
      [scope, identity, selector],
    );
    if (rows.length === 0) return;
    await transaction.query("DELETE FROM dkim_keys WHERE scope = $1 AND identity = $2 AND role = 'current'", [
      scope,
      identity,
    ]);
    await transaction.query("UPDATE dkim_keys SET role = 'current' WHERE scope = $1 AND identity = $2", [
      scope,
      identity,
    ]);
  });
}

export async function deleteNextDkimKey(database: ScopedQueryable, identity: string): Promise<void> {
  await database.query("DELETE FROM dkim_keys WHERE scope = $1 AND identity = $2 AND role = 'next'", [
    database.scope,
    identity,
  ]);
}

/** Makes a key's record due for a check at `now`. A failed key becomes pending again. */
export async function askForDkimProof(
  database: ScopedQueryable,
  identity: string,
  selector: string,
  now: Date,
): Promise<void> {
  await database.query(
    `UPDATE dkim_keys SET next_check_at = $4,
       status = CASE status WHEN 'FAILED' THEN 'PENDING' ELSE status END,
       since = CASE status WHEN 'FAILED' THEN NULL ELSE since END,
       error = CASE status WHEN 'FAILED' THEN NULL ELSE error END
     WHERE scope = $1 AND identity = $2 AND selector = $3`,
    [database.scope, identity, selector, now],
  );
}
