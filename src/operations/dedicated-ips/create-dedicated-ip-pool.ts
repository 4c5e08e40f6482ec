import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { isBuiltInPool } from "../../dedicated-ips/pool-names.ts";
import { insertPool } from "../../stores/postgres/dedicated-ip-pools.ts";
import { checkTags } from "../tags.ts";
import type { DedicatedIpServices } from "./dedicated-ip-services.ts";
import { checkNewPoolName } from "./pool-name.ts";
import { checkScalingMode } from "./scaling-mode.ts";

/** The limit is ours: SES's is unknown. */
const maxPools = 1_000;

/** CreateDedicatedIpPool. SES checks the name, the scaling mode, the tags, and then whether the name is taken. */
export function createDedicatedIpPool({ database }: DedicatedIpServices): Handler<"CreateDedicatedIpPool"> {
  return async ({ PoolName, ScalingMode, Tags }) => {
    const name = checkNewPoolName(PoolName);
    checkScalingMode(ScalingMode ?? "STANDARD");
    const tags = checkTags(Tags);
    const outcome = isBuiltInPool(name) ? "exists" : await insertPool(database, { name, tags }, maxPools);
    if (outcome === "exists") throw errors.poolExists(name);
    if (outcome === "full") throw errors.poolLimit(maxPools);
    return {};
  };
}
