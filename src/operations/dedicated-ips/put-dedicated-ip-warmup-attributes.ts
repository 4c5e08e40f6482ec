import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { canonicalAddress } from "../../dedicated-ips/address-form.ts";
import { utcDay } from "../../dedicated-ips/warmup-plan.ts";
import { updateWarmup } from "../../stores/postgres/dedicated-ips.ts";
import type { DedicatedIpServices } from "./dedicated-ip-services.ts";

/** PutDedicatedIpWarmupAttributes: the plan continues from the percentage today; 0 restarts it, 100 ends it. */
export function putDedicatedIpWarmupAttributes({
  database,
}: DedicatedIpServices): Handler<"PutDedicatedIpWarmupAttributes"> {
  return async ({ Ip = "", WarmupPercentage: percentage }, { now }) => {
    if (percentage === undefined) throw errors.warmupPercentageMissing();
    if (percentage < 0 || percentage > 100) throw errors.warmupPercentage();
    const address = canonicalAddress(Ip);
    const change = { percentage, today: utcDay(now) };
    const found = address !== undefined && (await updateWarmup(database, address, change));
    if (!found) throw errors.dedicatedIpNotFound(Ip);
    return {};
  };
}
