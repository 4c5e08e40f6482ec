/** Suppressed addresses as files have them, page by page. */
import type { SuppressionListReason } from "@aws-sdk/client-sesv2";
import type { Database } from "./database.ts";
import { queryInKeyOrder } from "./key-order.ts";

/** What a file says of a suppressed address. */
export interface SuppressionRecord {
  address: string;
  reason: SuppressionListReason;
}

/** Addresses of a tenant's list ('' for the account's) after one of them, in the order of their bytes; none at the end. */
export async function selectSuppressionRecords(
  database: Database,
  page: { tenant: string; after: string; limit: number },
): Promise<SuppressionRecord[]> {
  return queryInKeyOrder(
    database,
    `SELECT address, reason FROM suppressed_destinations
     WHERE tenant = $1 AND address > $2 ORDER BY address LIMIT $3::integer`,
    [page.tenant, page.after, page.limit],
  );
}
