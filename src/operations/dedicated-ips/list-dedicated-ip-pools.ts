import type { Handler } from "../../contract/types.ts";
import { defaultPool } from "../../dedicated-ips/pool-names.ts";
import { selectPoolNames } from "../../stores/postgres/dedicated-ip-pools.ts";
import type { DedicatedIpServices } from "./dedicated-ip-services.ts";
import { readNamedPage } from "./paging.ts";

/** ListDedicatedIpPools: names in byte order. The default pool is among them once the account has an address. */
export function listDedicatedIpPools({ database }: DedicatedIpServices): Handler<"ListDedicatedIpPools"> {
  return async (input) => {
    const { page, NextToken } = await readNamedPage(
      "dedicated-ip-pools",
      input,
      (range) => selectPoolNames(database, { ...range, withDefault: defaultPool }),
      (name) => name,
    );
    return { DedicatedIpPools: page, NextToken };
  };
}
