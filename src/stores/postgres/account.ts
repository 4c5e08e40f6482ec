/** The account's one row and the count of what it sent: see the migration for what the columns hold. */
import type { AccountDetails, SuppressionListReason } from "@aws-sdk/client-sesv2";
import { nullable } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import type { Queryable } from "./database.ts";
import { storedAccountDetails } from "./stored-options.ts";

/** The account's settings of Virtual Deliverability Manager. */
export interface AccountVdm {
  enabled: boolean;
  engagementMetrics: boolean;
  optimizedSharedDelivery: boolean;
}

/** What is set for the account as a whole. */
export interface Account {
  sendingEnabled: boolean;
  vdm: AccountVdm;
  /** Which outcomes put an address on the suppression list, and for which ones on it nothing is sent. */
  suppressedReasons: SuppressionListReason[];
  /** Undefined until given. */
  details: AccountDetails | undefined;
}

interface AccountRow extends Omit<Account, "vdm" | "details">, Omit<AccountVdm, "enabled"> {
  vdmEnabled: boolean;
  details: unknown;
}

/** Reads the account's row. */
export async function selectAccount(database: Queryable): Promise<Account> {
  const [row] = await database.query<AccountRow>(
    `SELECT sending_enabled AS "sendingEnabled", vdm_enabled AS "vdmEnabled",
       engagement_metrics AS "engagementMetrics", optimized_shared_delivery AS "optimizedSharedDelivery",
       suppressed_reasons AS "suppressedReasons", details
     FROM account`,
  );
  if (!row) throw new Error("The table account has lost its row");
  const { sendingEnabled, vdmEnabled, engagementMetrics, optimizedSharedDelivery, suppressedReasons, details } = row;
  return {
    sendingEnabled,
    vdm: { enabled: vdmEnabled, engagementMetrics, optimizedSharedDelivery },
    suppressedReasons,
    details: parseData(nullable(storedAccountDetails), details, "AccountDetails") ?? undefined,
  };
}

/** Replaces the account's settings of Virtual Deliverability Manager. */
export async function updateAccountVdm(database: Queryable, vdm: AccountVdm): Promise<void> {
  await database.query("UPDATE account SET vdm_enabled = $1, engagement_metrics = $2, optimized_shared_delivery = $3", [
    vdm.enabled,
    vdm.engagementMetrics,
    vdm.optimizedSharedDelivery,
  ]);
}

/** Lets the account send or stops it. */
export async function updateAccountSending(database: Queryable, enabled: boolean): Promise<void> {
  await database.query("UPDATE account SET sending_enabled = $1", [enabled]);
}

/** Replaces the reasons for which the account suppresses; empty for none. */
export async function updateAccountSuppression(
  database: Queryable,
  reasons: readonly SuppressionListReason[],
): Promise<void> {
  await database.query("UPDATE account SET suppressed_reasons = $1::text[]", [reasons]);
}

/**
 * How many recipients were sent to since `instant`. They are counted by the hour, and the hour that holds `instant` counts
 * whole: the answer may be up to an hour's sending too high, never too low.
 */
export async function sentSince(database: Queryable, instant: Date): Promise<number> {
  // One statement, so that what moves from the outbox meanwhile is counted once.
  const [row] = await database.query<{ recipients: number }>(
    `SELECT (coalesce((SELECT sum(recipients) FROM sending_hours WHERE hour >= since), 0)
       + coalesce((SELECT sum(recipients) FROM outbox WHERE committed_at >= since), 0))::bigint AS recipients
     FROM date_trunc('hour', $1::timestamptz, 'UTC') AS since`,
    [instant],
  );
  return row?.recipients ?? 0;
}
