import type { Handler } from "../../contract/types.ts";
import type { DedicatedIpServices } from "./dedicated-ip-services.ts";
import { checkPoolExists } from "./existing-pool.ts";

/** GetDedicatedIpPool. All pools have the scaling mode STANDARD. */
export function getDedicatedIpPool({ database }: DedicatedIpServices): Handler<"GetDedicatedIpPool"> {
  return async ({ PoolName: name = "" }) => {
    await checkPoolExists(database, name);
    return { DedicatedIpPool: { PoolName: name, ScalingMode: "STANDARD" } };
  };
}
