import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { defaultPool } from "../../dedicated-ips/pool-names.ts";
import { deletePool } from "../../stores/postgres/dedicated-ip-pools.ts";
import type { DedicatedIpServices } from "./dedicated-ip-services.ts";

/**
 * DeleteDedicatedIpPool. A pool with addresses, or that configuration sets send with, is kept: what SES does then is
 * unknown. The error is a bad request and not SES's ConcurrentModificationException, which SDKs would retry.
 */
export function deleteDedicatedIpPool({ database }: DedicatedIpServices): Handler<"DeleteDedicatedIpPool"> {
  return async ({ PoolName: name = "" }) => {
    if (name === defaultPool) throw errors.poolBuiltIn(name);
    const outcome = await deletePool(database, name);
    if (outcome === "missing") throw errors.poolNotFound(name);
    if (outcome !== "deleted") throw errors.poolInUse(name, outcome);
    return {};
  };
}
