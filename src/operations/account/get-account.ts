import type { Handler } from "../../contract/types.ts";
import type { AccountVdm } from "../../stores/postgres/account.ts";
import { selectAccount, sentSince } from "../../stores/postgres/account.ts";
import type { Queryable } from "../../stores/postgres/database.ts";

/** How much the account may send. -1 stands for no limit, as in SES. */
export interface SendQuota {
  /** Messages in 24 hours. */
  max24HourSend: number;
  /** Messages a second. */
  maxSendRate: number;
}

const DAY = 24 * 3600 * 1000;

const state = (enabled: boolean) => (enabled ? ("ENABLED" as const) : ("DISABLED" as const));

/** GetAccount: what is set for the account, and what it sent in the last 24 hours (counted by the hour). */
export function getAccount(services: { database: Queryable; quota: SendQuota }): Handler<"GetAccount"> {
  const { database, quota } = services;
  return async (_, context) => {
    const account = await selectAccount(database);
    const sent = await sentSince(database, new Date(context.now.getTime() - DAY));
    return {
      // There are no dedicated IP addresses, no sandbox, and nobody who would restrict the account.
      DedicatedIpAutoWarmupEnabled: false,
      EnforcementStatus: "HEALTHY",
      ProductionAccessEnabled: true,
      SendQuota: { Max24HourSend: quota.max24HourSend, MaxSendRate: quota.maxSendRate, SentLast24Hours: sent },
      SendingEnabled: account.sendingEnabled,
      SuppressionAttributes: { SuppressedReasons: account.suppressedReasons },
      Details: account.details,
      VdmAttributes: vdmAttributes(account.vdm),
    };
  };
}

/** SES shows the parts only while the whole is enabled. */
function vdmAttributes(vdm: AccountVdm) {
  if (!vdm.enabled) return { VdmEnabled: state(false) };
  return {
    VdmEnabled: state(true),
    DashboardAttributes: { EngagementMetrics: state(vdm.engagementMetrics) },
    GuardianAttributes: { OptimizedSharedDelivery: state(vdm.optimizedSharedDelivery) },
  };
}
