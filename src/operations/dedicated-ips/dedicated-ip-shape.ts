/** An address as SES shows it. */
import type { DedicatedIp as ShownIp } from "@aws-sdk/client-sesv2";
import { defaultPool } from "../../dedicated-ips/pool-names.ts";
import { utcDay, warmupPercentage } from "../../dedicated-ips/warmup-plan.ts";
import type { DedicatedIp } from "../../stores/postgres/dedicated-ips.ts";

/** `now` determines how far it has warmed up. */
export function showDedicatedIp(ip: DedicatedIp, now: Date): ShownIp {
  const percentage = warmupPercentage({ percentage: ip.warmupPercentage, since: ip.warmupSince }, utcDay(now));
  return {
    Ip: ip.address,
    WarmupStatus: percentage < 100 ? "IN_PROGRESS" : "DONE",
    WarmupPercentage: percentage,
    PoolName: ip.pool ?? defaultPool,
  };
}
