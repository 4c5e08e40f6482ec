/** The dedicated_ips and dedicated_ip_days tables: their migration describes the columns. */
import type { Database, Queryable, ScopedDatabase, ScopedQueryable } from "./database.ts";

/** A registered address. */
export interface DedicatedIp {
  /** In the form of RFC 5952. */
  readonly address: string;
  readonly scope: number;
  readonly ehloName: string;
  /** Null: the default pool. */
  readonly pool: string | null;
  readonly registeredAt: Date;
  /** The percentage of its warm-up on the day `warmupSince`, such as `2026-12-01`. */
  readonly warmupPercentage: number;
  readonly warmupSince: string;
}

const columns = `address, scope, ehlo_name AS "ehloName", pool, registered_at AS "registeredAt",
  warmup_percentage AS "warmupPercentage", warmup_since::text AS "warmupSince"`;

/** The result of a registration. `gone`: the scope was reset or deleted meanwhile. */
export type Registration = "registered" | "taken" | "full" | "gone";

/**
 * Registers an address in the default pool of a scope, unless it is registered already in any scope, or the installation
 * has `limit` addresses. Concurrent calls may exceed the limit. It is warmed up if the account's setting is off.
 */
export async function insertDedicatedIp(
  database: Database,
  ip: Pick<DedicatedIp, "address" | "scope" | "ehloName" | "registeredAt">,
  { today, limit }: { today: string; limit: number },
): Promise<Registration> {
  return database.transaction(async (transaction) => {
    // A reset moves the addresses of its scope: this one must be among them, or not there.
    const [owner] = await transaction.query<{ autoWarmup: boolean; full: boolean }>(
      `SELECT dedicated_ip_auto_warmup AS "autoWarmup", (SELECT count(*) FROM dedicated_ips) >= $2::bigint AS full
       FROM scopes JOIN account ON account.scope = scopes.id
       WHERE scopes.id = $1 AND retired_at IS NULL FOR SHARE OF scopes`,
      [ip.scope, limit],
    );
    if (!owner) return "gone";
    if (owner.full) return "full";
    const added = await transaction.query(
      `INSERT INTO dedicated_ips (address, scope, ehlo_name, registered_at, warmup_percentage, warmup_since)
       VALUES ($1, $2, $3, $4, $5, $6::text::date) ON CONFLICT (address) DO NOTHING RETURNING 1`,
      [ip.address, ip.scope, ip.ehloName, ip.registeredAt, owner.autoWarmup ? 0 : 100, today],
    );
    return added.length === 1 ? "registered" : "taken";
  });
}

/** Removes an address; false if it is not registered. */
export async function deleteDedicatedIp(database: Queryable, address: string): Promise<boolean> {
  return (await database.query("DELETE FROM dedicated_ips WHERE address = $1 RETURNING 1", [address])).length === 1;
}

/** The registered addresses of a scope, or of all scopes, in byte order. */
export async function registeredAddresses(database: Queryable, scope?: number): Promise<DedicatedIp[]> {
  return database.query(
    `SELECT ${columns} FROM dedicated_ips WHERE $1::integer IS NULL OR scope = $1::integer ORDER BY address`,
    [scope ?? null],
  );
}

/** The address with this name in the scope; undefined if there is none. */
export async function selectDedicatedIp(database: ScopedQueryable, address: string): Promise<DedicatedIp | undefined> {
  const [row] = await database.query<DedicatedIp>(
    `SELECT ${columns} FROM dedicated_ips WHERE scope = $1 AND address = $2`,
    [database.scope, address],
  );
  return row;
}

/** The range and filter of a page of addresses. */
export interface DedicatedIpPage {
  /** Return addresses after this one in byte order; empty for the first page. */
  readonly after: string;
  /** The pool; null for the default pool, undefined for all. */
  readonly pool: string | null | undefined;
  readonly limit: number;
}

/** Addresses of the scope in byte order. */
export async function selectDedicatedIps(database: ScopedQueryable, page: DedicatedIpPage): Promise<DedicatedIp[]> {
  return database.query(
    `SELECT ${columns} FROM dedicated_ips
     WHERE scope = $1 AND address > $2::text AND (NOT $3::boolean OR pool IS NOT DISTINCT FROM $4::text)
     ORDER BY address LIMIT $5::integer`,
    [database.scope, page.after, page.pool !== undefined, page.pool ?? null, page.limit],
  );
}

/** Moves an address into a pool, null for the default pool. */
export async function moveDedicatedIp(
  database: ScopedDatabase,
  address: string,
  pool: string | null,
): Promise<"moved" | "no-ip" | "no-pool"> {
  return database.transaction(async (transaction) => {
    const { scope } = transaction;
    const ip = await transaction.query("SELECT 1 FROM dedicated_ips WHERE scope = $1 AND address = $2 FOR UPDATE", [
      scope,
      address,
    ]);
    if (ip.length === 0) return "no-ip";
    if (pool !== null) {
      const found = await transaction.query(
        "SELECT 1 FROM dedicated_ip_pools WHERE scope = $1 AND name = $2 FOR KEY SHARE",
        [scope, pool],
      );
      if (found.length === 0) return "no-pool";
    }
    await transaction.query("UPDATE dedicated_ips SET pool = $3 WHERE scope = $1 AND address = $2", [
      scope,
      address,
      pool,
    ]);
    return "moved";
  });
}

/** Sets the warm-up percentage of an address, as on the day `today`; false if it is not registered in the scope. */
export async function updateWarmup(
  database: ScopedQueryable,
  address: string,
  { percentage, today }: { percentage: number; today: string },
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE dedicated_ips SET warmup_percentage = $3, warmup_since = $4::text::date
     WHERE scope = $1 AND address = $2 RETURNING 1`,
    [database.scope, address, percentage, today],
  );
  return rows.length === 1;
}

/** A number of messages that a process wants to send from an address on a day. */
export interface WarmupGrant {
  readonly address: string;
  /** Such as `2026-12-01`. */
  readonly day: string;
  readonly messages: number;
  /** How many messages of that day all processes together may send. At least `messages`. */
  readonly cap: number;
}

/** How long the counts of days are kept, in days. A clock that is set back finds them. */
const keptDays = 60;

/** Counts messages of a day in advance; false if they would exceed the cap, and none is counted then. */
export async function grantWarmup(database: Queryable, { address, day, messages, cap }: WarmupGrant): Promise<boolean> {
  const granted = await database.query<{ isFirst: boolean }>(
    `INSERT INTO dedicated_ip_days AS days (address, day, granted) VALUES ($1, $2::text::date, $3::integer)
     ON CONFLICT (address, day) DO UPDATE SET granted = days.granted + excluded.granted
     WHERE days.granted + excluded.granted <= $4::integer
     RETURNING granted = $3::integer AS "isFirst"`,
    [address, day, messages, cap],
  );
  if (granted[0]?.isFirst) {
    await database.query("DELETE FROM dedicated_ip_days WHERE day < $1::text::date - $2::integer", [day, keptDays]);
  }
  return granted.length === 1;
}

/** How many messages of a day were granted, by address. */
export async function selectGranted(database: Queryable, day: string): Promise<Map<string, number>> {
  const rows = await database.query<{ address: string; granted: number }>(
    "SELECT address, granted FROM dedicated_ip_days WHERE day = $1::text::date",
    [day],
  );
  return new Map(rows.map(({ address, granted }) => [address, granted]));
}
