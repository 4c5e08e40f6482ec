/** Pages of suppressed addresses as written to files. */
import type { SuppressionListReason } from "@aws-sdk/client-sesv2";
import type { ScopedDatabase } from "./database.ts";
import { queryInKeyOrder } from "./key-order.ts";

export interface SuppressionRecord {
  address: string;
  reason: SuppressionListReason;
}

/** Addresses of a tenant's list ('' for the account's) after `after`, in byte order; empty at the end. */
export async function selectSuppressionRecords(
  database: ScopedDatabase,
  page: { tenant: string; after: string; limit: number },
): Promise<SuppressionRecord[]> {
  return queryInKeyOrder(
    database,
    `SELECT address, reason FROM suppressed_destinations
     WHERE scope = $1 AND tenant = $2 AND address > $3 ORDER BY address LIMIT $4::integer`,
    [database.scope, page.tenant, page.after, page.limit],
  );
}
