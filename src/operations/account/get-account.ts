import type { Handler } from "../../contract/types.ts";
import type { AccountVdm } from "../../stores/postgres/account.ts";
import { selectAccount, sentSince } from "../../stores/postgres/account.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";

/** The account's sending limits. As in SES, -1 means no limit. */
export interface SendQuota {
  /** Messages in 24 hours. */
  max24HourSend: number;
  /** Messages per second. */
  maxSendRate: number;
}

const DAY = 24 * 3600 * 1000;

const state = (enabled: boolean) => (enabled ? ("ENABLED" as const) : ("DISABLED" as const));

/**
 * GetAccount: the account's settings, and its count of messages in the last 24 hours (with a resolution of an hour).
 */
export function getAccount(services: { database: ScopedQueryable; quota: SendQuota }): Handler<"GetAccount"> {
  const { database, quota } = services;
  return async (_, context) => {
    const account = await selectAccount(database);
    const sent = await sentSince(database, new Date(context.now.getTime() - DAY));
    return {
      DedicatedIpAutoWarmupEnabled: account.dedicatedIpAutoWarmup,
      // Mailglass has no sandbox, no pricing plans, and no reviewers who restrict accounts.
      EnforcementStatus: "HEALTHY",
      ProductionAccessEnabled: true,
      SendQuota: { Max24HourSend: quota.max24HourSend, MaxSendRate: quota.maxSendRate, SentLast24Hours: sent },
      SendingEnabled: account.sendingEnabled,
      SuppressionAttributes: {
        SuppressedReasons: account.suppressedReasons,
        ValidationAttributes: account.suppressionValidation,
      },
      Details: account.details,
      PricingAttributes: { CurrentPlan: "NONE" },
      VdmAttributes: vdmAttributes(account.vdm),
    };
  };
}

/** SES returns the details only while VDM is enabled. */
function vdmAttributes(vdm: AccountVdm) {
  if (!vdm.enabled) return { VdmEnabled: state(false) };
  return {
    VdmEnabled: state(true),
    DashboardAttributes: { EngagementMetrics: state(vdm.engagementMetrics) },
    GuardianAttributes: { OptimizedSharedDelivery: state(vdm.optimizedSharedDelivery) },
  };
}
