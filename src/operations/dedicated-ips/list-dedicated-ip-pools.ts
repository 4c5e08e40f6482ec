import type { Handler } from "../../contract/types.ts";
import { defaultPool } from "../../dedicated-ips/pool-names.ts";
import { selectPoolNames } from "../../stores/postgres/dedicated-ip-pools.ts";
import type { DedicatedIpServices } from "./dedicated-ip-services.ts";
import { readPage } from "./paging.ts";

/** ListDedicatedIpPools: names in byte order. The default pool is among them once the account has an address. */
export function listDedicatedIpPools({ database }: DedicatedIpServices): Handler<"ListDedicatedIpPools"> {
  return async (input) => {
    const { rows, NextToken } = await readPage(
      "dedicated-ip-pools",
      input,
      (page) => selectPoolNames(database, { ...page, withDefault: defaultPool }),
      (name) => name,
    );
    return { DedicatedIpPools: rows, NextToken };
  };
}
