/** The table dnsbl_listings: its migration describes the columns. */
import type { Queryable } from "./database.ts";

/** An address on a DNSBL, at the moment. */
export interface DnsblListing {
  readonly list: string;
  /** The list's own text; may be empty. */
  readonly description: string;
  /** When this server first found the address on the list. */
  readonly firstSeenAt: Date;
}

/** Stores that a list has an address; resolves to the time when it was first found there. */
export async function putListing(
  database: Queryable,
  { address, list, description }: { address: string; list: string; description: string },
  now: Date,
): Promise<Date> {
  const [row] = await database.query<{ firstSeenAt: Date }>(
    `INSERT INTO dnsbl_listings AS kept (address, list, description, first_seen_at, last_seen_at)
     VALUES ($1, $2, $3, $4, $4)
     ON CONFLICT (address, list) DO UPDATE SET description = excluded.description, last_seen_at = excluded.last_seen_at,
       first_seen_at = CASE WHEN kept.gone_at IS NULL THEN kept.first_seen_at ELSE excluded.first_seen_at END,
       gone_at = NULL
     RETURNING first_seen_at AS "firstSeenAt"`,
    [address, list, description, now],
  );
  if (!row) throw new Error("Storing a listing returned no row");
  return row.firstSeenAt;
}

/** Stores that a list doesn't have an address; does nothing if it did not have it before. */
export async function endListing(database: Queryable, address: string, list: string, now: Date): Promise<void> {
  await database.query("UPDATE dnsbl_listings SET gone_at = $3 WHERE address = $1 AND list = $2 AND gone_at IS NULL", [
    address,
    list,
    now,
  ]);
}

/** Deletes listings that were last found before the given time. */
export async function deleteOldListings(database: Queryable, before: Date): Promise<void> {
  await database.query("DELETE FROM dnsbl_listings WHERE last_seen_at < $1", [before]);
}
