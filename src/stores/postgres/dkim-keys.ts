/** The dkim_keys table: see its migration for what a row holds. Private keys come and go sealed. */
import type { Database, Queryable } from "./database.ts";
import { type DnsProof, proofAssignments, proofColumns, proofValues } from "./dns-proof.ts";

/** Which of a domain's keys: the one that signs, or the one that follows it when its record is found. */
export type DkimRole = "current" | "next";

/** What is wanted of a key. */
export interface WantedDkimKey {
  origin: "AWS_SES" | "EXTERNAL";
  selector: string;
  bits: number;
}

/** A key, without its private half. */
export interface DkimKeyRow extends WantedDkimKey, DnsProof {
  /** As `p=` has it; null until the key is made. */
  publicKey: string | null;
  generatedAt: Date | null;
}

/** Both halves of a key that was made or given. */
export interface DkimKeyPair {
  sealedPrivateKey: Uint8Array;
  publicKey: string;
  /** Null where it was given. */
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
 * Puts a key in its role, in the place of the one that had it: to be looked for from `now` on. The identity's other key
 * stays, and goes where both would have one selector.
 */
export async function putDkimKey(database: Database, { identity, role, key, pair, now }: PutDkimKey): Promise<void> {
  const { origin, selector, bits } = key;
  await database.transaction(async (transaction) => {
    await transaction.query("DELETE FROM dkim_keys WHERE identity = $1 AND (role = $2 OR selector = $3)", [
      identity,
      role,
      selector,
    ]);
    await transaction.query(
      `INSERT INTO dkim_keys (identity, role, origin, selector, bits, private_key, public_key, generated_at, next_check_at)
       VALUES ($1, $2, $3, $4, $5, $6::bytea, $7, $8::timestamptz, $9::timestamptz)`,
      [
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

/** Gives a key that was to be made its halves; whoever comes first wins. */
export async function fillDkimKey(
  database: Queryable,
  identity: string,
  selector: string,
  { sealedPrivateKey, publicKey, generatedAt }: DkimKeyPair,
): Promise<void> {
  await database.query(
    `UPDATE dkim_keys SET private_key = $3, public_key = $4, generated_at = $5
     WHERE identity = $1 AND selector = $2 AND private_key IS NULL`,
    [identity, selector, sealedPrivateKey, publicKey, generatedAt],
  );
}

/** The sealed private key; undefined where it is not made yet, or gone. */
export async function selectSealedDkimKey(
  database: Queryable,
  identity: string,
  selector: string,
): Promise<Uint8Array | undefined> {
  const [row] = await database.query<{ privateKey: Uint8Array | null }>(
    `SELECT private_key AS "privateKey" FROM dkim_keys WHERE identity = $1 AND selector = $2`,
    [identity, selector],
  );
  return row?.privateKey ?? undefined;
}

/** A key whose record is to be looked for. */
export interface DueDkimKey extends DkimKeyRow {
  identity: string;
  role: DkimRole;
}

/** The keys that are due, the longest-waiting first. */
export async function selectDueDkimKeys(database: Queryable, now: Date, limit: number): Promise<DueDkimKey[]> {
  return database.query<DueDkimKey>(
    `SELECT identity, role, ${dkimKeyColumns("dkim_keys", "")} FROM dkim_keys
     WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $2`,
    [now, limit],
  );
}

/** Writes what was found, unless the key was replaced meanwhile. */
export async function updateDkimProof(
  database: Queryable,
  identity: string,
  selector: string,
  proof: DnsProof,
): Promise<void> {
  await database.query(`UPDATE dkim_keys SET ${proofAssignments(3)} WHERE identity = $1 AND selector = $2`, [
    identity,
    selector,
    ...proofValues(proof),
  ]);
}

/** Makes the next key the one that signs, and forgets the one before; nothing happens where it is not there any more. */
export async function promoteDkimKey(database: Database, identity: string, selector: string): Promise<void> {
  await database.transaction(async (transaction) => {
    const rows = await transaction.query(
      "SELECT 1 FROM dkim_keys WHERE identity = $1 AND selector = $2 AND role = 'next' FOR UPDATE",
      [identity, selector],
    );
    if (rows.length === 0) return;
    await transaction.query("DELETE FROM dkim_keys WHERE identity = $1 AND role = 'current'", [identity]);
    await transaction.query("UPDATE dkim_keys SET role = 'current' WHERE identity = $1", [identity]);
  });
}

/** Removes the key that was to follow. */
export async function deleteNextDkimKey(database: Queryable, identity: string): Promise<void> {
  await database.query("DELETE FROM dkim_keys WHERE identity = $1 AND role = 'next'", [identity]);
}

/** Has a key's record looked for from `now` on; where it had failed, as if it had just been asked for. */
export async function askForDkimProof(
  database: Queryable,
  identity: string,
  selector: string,
  now: Date,
): Promise<void> {
  await database.query(
    `UPDATE dkim_keys SET next_check_at = $3,
       status = CASE status WHEN 'FAILED' THEN 'PENDING' ELSE status END,
       since = CASE status WHEN 'FAILED' THEN NULL ELSE since END,
       error = CASE status WHEN 'FAILED' THEN NULL ELSE error END
     WHERE identity = $1 AND selector = $2`,
    [identity, selector, now],
  );
}
