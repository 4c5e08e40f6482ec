/** Many suppressed addresses in one statement, for imports. */
import type { Queryable } from "./database.ts";

/**
 * What stands between the values of a column that goes out as one text: U+001E. No address has it, and no JSON text
 * (RFC 8259, 7). One text is read several times faster than an array of as many parameters, by both sides.
 */
export const valueSeparator = "\u001e";
const values = (parameter: string) => `string_to_array(${parameter}, chr(30))`;

/**
 * Puts addresses on the account's own list; one that is there gets the new reason, as PutSuppressedDestination does.
 * No address may come twice. They are best sorted: then pages of the index are written one after the other, and two
 * imports never wait for each other in a circle.
 */
export async function putSuppressions(
  transaction: Queryable,
  addresses: readonly string[],
  reasons: readonly string[],
  now: Date,
): Promise<void> {
  if (addresses.length === 0) return;
  await transaction.query(
    `INSERT INTO suppressed_destinations (tenant, address, reason, updated_at)
     SELECT '', address, reason, $3 FROM unnest(${values("$1::text")}, ${values("$2::text")}) AS rows (address, reason)
     ON CONFLICT (tenant, address) DO UPDATE
     SET reason = excluded.reason, updated_at = excluded.updated_at, message_id = NULL, feedback_id = NULL`,
    [addresses.join(valueSeparator), reasons.join(valueSeparator), now],
  );
}

/** Takes addresses off the account's own list; resolves to those that were on it. */
export async function deleteSuppressions(transaction: Queryable, addresses: readonly string[]): Promise<Set<string>> {
  if (addresses.length === 0) return new Set();
  const rows = await transaction.query<{ address: string }>(
    `DELETE FROM suppressed_destinations WHERE tenant = '' AND address = ANY (${values("$1::text")}) RETURNING address`,
    [addresses.join(valueSeparator)],
  );
  return new Set(rows.map(({ address }) => address));
}
