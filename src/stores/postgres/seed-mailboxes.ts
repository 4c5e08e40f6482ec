/** The table seed_mailboxes: its migration describes the columns. Callers seal the passwords. */
import type { Queryable } from "./database.ts";

/** The columns that the operator chooses. */
export interface SeedMailboxChoices {
  readonly address: string;
  readonly isp: string;
  readonly host: string;
  readonly port: number;
  readonly security: "tls" | "starttls";
  readonly username: string;
  readonly junkFolder: string | null;
  readonly authservId: string | null;
  /** In PEM. */
  readonly ca: string | null;
  readonly enabled: boolean;
}

/** A row of seed_mailboxes. */
export interface StoredSeedMailbox extends SeedMailboxChoices {
  readonly id: string;
  readonly sealedPassword: Uint8Array;
  readonly createdAt: Date;
  readonly checkedAt: Date | null;
  readonly error: string | null;
}

export type NewSeedMailbox = SeedMailboxChoices & Pick<StoredSeedMailbox, "id" | "sealedPassword" | "createdAt">;

const columns = `id, address, isp, host, port, security, username, password AS "sealedPassword",
  junk_folder AS "junkFolder", authserv_id AS "authservId", ca, enabled, created_at AS "createdAt",
  checked_at AS "checkedAt", error`;

/** All seed mailboxes, ordered by address. */
export async function selectSeedMailboxes(database: Queryable): Promise<StoredSeedMailbox[]> {
  return database.query<StoredSeedMailbox>(`SELECT ${columns} FROM seed_mailboxes ORDER BY address`);
}

/** The seed mailboxes that tests send to, ordered by address. */
export async function selectEnabledSeeds(database: Queryable): Promise<StoredSeedMailbox[]> {
  return database.query<StoredSeedMailbox>(`SELECT ${columns} FROM seed_mailboxes WHERE enabled ORDER BY address`);
}

/** Whether there is a seed mailbox that tests send to. */
export async function hasEnabledSeeds(database: Queryable): Promise<boolean> {
  return (await database.query("SELECT FROM seed_mailboxes WHERE enabled LIMIT 1")).length > 0;
}

/** @param id a UUID */
export async function selectSeedMailbox(database: Queryable, id: string): Promise<StoredSeedMailbox | undefined> {
  const query = `SELECT ${columns} FROM seed_mailboxes WHERE id = $1::uuid`;
  return (await database.query<StoredSeedMailbox>(query, [id]))[0];
}

/** Adds a seed mailbox unless its address is taken or there are `limit` already. Concurrent calls may exceed the limit. */
export async function insertSeedMailbox(
  database: Queryable,
  seed: NewSeedMailbox,
  limit: number,
): Promise<"created" | "exists" | "full"> {
  const created = await database.query(
    `INSERT INTO seed_mailboxes (id, address, isp, host, port, security, username, password, junk_folder, authserv_id,
       ca, enabled, created_at)
     SELECT $1::uuid, $2::text, $3::text, $4::text, $5::integer, $6::text, $7::text, $8::bytea, $9::text, $10::text,
       $11::text, $12::boolean, $13::timestamptz
     WHERE (SELECT count(*) FROM seed_mailboxes) < $14::bigint
     ON CONFLICT (address) DO NOTHING RETURNING id`,
    [
      ...[seed.id, seed.address, seed.isp, seed.host, seed.port, seed.security, seed.username, seed.sealedPassword],
      ...[seed.junkFolder, seed.authservId, seed.ca, seed.enabled, seed.createdAt, limit],
    ],
  );
  if (created.length > 0) return "created";
  const taken = await database.query("SELECT FROM seed_mailboxes WHERE address = $1", [seed.address]);
  return taken.length > 0 ? "exists" : "full";
}

/** Replaces what the operator chooses, apart from the address; resolves to false if no seed mailbox has this ID. */
export async function updateSeedMailbox(
  database: Queryable,
  id: string,
  seed: Omit<SeedMailboxChoices, "address"> & Pick<StoredSeedMailbox, "sealedPassword">,
): Promise<boolean> {
  const changed = await database.query(
    `UPDATE seed_mailboxes SET isp = $2, host = $3, port = $4, security = $5, username = $6, password = $7,
       junk_folder = $8, authserv_id = $9, ca = $10, enabled = $11, checked_at = NULL, error = NULL
     WHERE id = $1::uuid RETURNING id`,
    [
      ...[id, seed.isp, seed.host, seed.port, seed.security, seed.username, seed.sealedPassword],
      ...[seed.junkFolder, seed.authservId, seed.ca, seed.enabled],
    ],
  );
  return changed.length > 0;
}

/** Records when a server was last asked, and what went wrong; null: nothing. */
export async function noteSeedCheck(database: Queryable, id: string, at: Date, error: string | null): Promise<void> {
  await database.query("UPDATE seed_mailboxes SET checked_at = $2, error = $3 WHERE id = $1::uuid", [id, at, error]);
}

/** Deletes a seed mailbox; resolves to false if there is none with this ID. */
export async function deleteSeedMailbox(database: Queryable, id: string): Promise<boolean> {
  return (await database.query("DELETE FROM seed_mailboxes WHERE id = $1::uuid RETURNING id", [id])).length > 0;
}
