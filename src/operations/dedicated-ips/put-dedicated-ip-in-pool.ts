import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { canonicalAddress } from "../../dedicated-ips/address-form.ts";
import { defaultPool } from "../../dedicated-ips/pool-names.ts";
import { moveDedicatedIp } from "../../stores/postgres/dedicated-ips.ts";
import type { DedicatedIpServices } from "./dedicated-ip-services.ts";

/** PutDedicatedIpInPool. SES checks the name of the pool, the address, and then whether the pool exists. */
export function putDedicatedIpInPool({ database }: DedicatedIpServices): Handler<"PutDedicatedIpInPool"> {
  return async ({ Ip = "", DestinationPoolName: pool }) => {
    if (!pool?.trim()) throw errors.poolNameBlank();
    const address = canonicalAddress(Ip);
    const outcome =
      address === undefined ? "no-ip" : await moveDedicatedIp(database, address, pool === defaultPool ? null : pool);
    if (outcome === "no-ip") throw errors.dedicatedIpNotFound(Ip);
    if (outcome === "no-pool") throw errors.poolNotFound(pool);
    return {};
  };
}
