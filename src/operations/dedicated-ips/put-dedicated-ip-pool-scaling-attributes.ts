import type { Handler } from "../../contract/types.ts";
import type { DedicatedIpServices } from "./dedicated-ip-services.ts";
import { checkPoolExists } from "./existing-pool.ts";
import { checkScalingMode } from "./scaling-mode.ts";

/** PutDedicatedIpPoolScalingAttributes: checks the mode, then the pool. STANDARD is what all pools have. */
export function putDedicatedIpPoolScalingAttributes({
  database,
}: DedicatedIpServices): Handler<"PutDedicatedIpPoolScalingAttributes"> {
  return async ({ PoolName = "", ScalingMode }) => {
    checkScalingMode(ScalingMode);
    await checkPoolExists(database, PoolName);
    return {};
  };
}
