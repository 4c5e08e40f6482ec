/** The settings of an account in a region, and the number of recipients it sent to: its migration describes the columns. */
import type { AccountDetails, SuppressionListReason, SuppressionValidationAttributes } from "@aws-sdk/client-sesv2";
import { nullable } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import type { ScopedQueryable } from "./database.ts";
import { storedAccountDetails, storedSuppressionValidation } from "./stored-options.ts";

/** The account's Virtual Deliverability Manager settings. */
export interface AccountVdm {
  enabled: boolean;
  engagementMetrics: boolean;
  optimizedSharedDelivery: boolean;
}

/** Account-wide settings. */
export interface Account {
  sendingEnabled: boolean;
  vdm: AccountVdm;
  /** The outcomes that put an address on the suppression list; mail to an address listed for one of them isn't sent. */
  suppressedReasons: SuppressionListReason[];
  /** Auto Validation as it was given; undefined if it was not. */
  suppressionValidation: SuppressionValidationAttributes | undefined;
  /** Whether dedicated addresses that are registered from now on begin to warm up. */
  dedicatedIpAutoWarmup: boolean;
  /** Undefined until PutAccountDetails sets them. */
  details: AccountDetails | undefined;
}

interface AccountRow extends Omit<Account, "vdm" | "suppressionValidation" | "details">, Omit<AccountVdm, "enabled"> {
  vdmEnabled: boolean;
  suppressionValidation: unknown;
  details: unknown;
}

export async function selectAccount(database: ScopedQueryable): Promise<Account> {
  const [row] = await database.query<AccountRow>(
    `SELECT sending_enabled AS "sendingEnabled", vdm_enabled AS "vdmEnabled",
       engagement_metrics AS "engagementMetrics", optimized_shared_delivery AS "optimizedSharedDelivery",
       suppressed_reasons AS "suppressedReasons", suppression_validation AS "suppressionValidation",
       dedicated_ip_auto_warmup AS "dedicatedIpAutoWarmup", details
     FROM account WHERE scope = $1`,
    [database.scope],
  );
  if (!row) throw new Error(`The table account has lost the row of scope ${database.scope}`);
  const { vdmEnabled, engagementMetrics, optimizedSharedDelivery, details, ...rest } = row;
  return {
    ...rest,
    vdm: { enabled: vdmEnabled, engagementMetrics, optimizedSharedDelivery },
    suppressionValidation:
      parseData(nullable(storedSuppressionValidation), row.suppressionValidation, "ValidationAttributes") ?? undefined,
    details: parseData(nullable(storedAccountDetails), details, "AccountDetails") ?? undefined,
  };
}

/** Replaces the account's Virtual Deliverability Manager settings. */
export async function updateAccountVdm(database: ScopedQueryable, vdm: AccountVdm): Promise<void> {
  await database.query(
    `UPDATE account SET vdm_enabled = $2, engagement_metrics = $3, optimized_shared_delivery = $4 WHERE scope = $1`,
    [database.scope, vdm.enabled, vdm.engagementMetrics, vdm.optimizedSharedDelivery],
  );
}

/** Replaces the account's details. */
export async function updateAccountDetails(database: ScopedQueryable, details: AccountDetails): Promise<void> {
  await database.query("UPDATE account SET details = $2::text::jsonb WHERE scope = $1", [
    database.scope,
    JSON.stringify(details),
  ]);
}

/** Sets whether addresses that are registered from now on begin to warm up. */
export async function updateAccountAutoWarmup(database: ScopedQueryable, enabled: boolean): Promise<void> {
  await database.query("UPDATE account SET dedicated_ip_auto_warmup = $2 WHERE scope = $1", [database.scope, enabled]);
}

/** Enables or pauses the account's sending; false if it already was. */
export async function updateAccountSending(database: ScopedQueryable, enabled: boolean): Promise<boolean> {
  const rows = await database.query(
    "UPDATE account SET sending_enabled = $2 WHERE scope = $1 AND sending_enabled <> $2 RETURNING 1",
    [database.scope, enabled],
  );
  return rows.length === 1;
}

/** Replaces the account's suppression reasons, of which an empty list means none, and Auto Validation. */
export async function updateAccountSuppression(
  database: ScopedQueryable,
  reasons: readonly SuppressionListReason[],
  validation: SuppressionValidationAttributes | undefined,
): Promise<void> {
  await database.query(
    "UPDATE account SET suppressed_reasons = $2::text[], suppression_validation = $3::text::jsonb WHERE scope = $1",
    [database.scope, reasons, validation ? JSON.stringify(validation) : null],
  );
}

/**
 * The number of recipients sent to since `instant`. Counts are per hour, and the hour that contains `instant` counts in
 * full: the result may be up to an hour's sending too high, never too low.
 */
export async function sentSince(database: ScopedQueryable, instant: Date): Promise<number> {
  // One statement, so that rows that leave the outbox concurrently are counted once.
  const [row] = await database.query<{ recipients: number }>(
    `SELECT (coalesce((SELECT sum(recipients) FROM sending_hours WHERE scope = $2::integer AND hour >= since), 0)
       + coalesce((SELECT sum(recipients) FROM outbox WHERE scope = $2::integer AND committed_at >= since), 0))::bigint AS recipients
     FROM date_trunc('hour', $1::timestamptz, 'UTC') AS since`,
    [instant, database.scope],
  );
  return row?.recipients ?? 0;
}
