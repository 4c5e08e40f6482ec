import type { Handler } from "../../contract/types.ts";
import { defaultPool } from "../../dedicated-ips/pool-names.ts";
import { selectDedicatedIps } from "../../stores/postgres/dedicated-ips.ts";
import type { DedicatedIpServices } from "./dedicated-ip-services.ts";
import { showDedicatedIp } from "./dedicated-ip-shape.ts";
import { checkPoolExists } from "./existing-pool.ts";
import { readNamedPage } from "./paging.ts";

/** GetDedicatedIps: the account's addresses in byte order, or those of a pool. */
export function getDedicatedIps({ database }: DedicatedIpServices): Handler<"GetDedicatedIps"> {
  return async (input, { now }) => {
    const { PoolName } = input;
    if (PoolName !== undefined) await checkPoolExists(database, PoolName);
    const pool = PoolName === defaultPool ? null : PoolName;
    const { page, NextToken } = await readNamedPage(
      `dedicated-ips ${PoolName ?? ""}`,
      input,
      (range) => selectDedicatedIps(database, { ...range, pool }),
      ({ address }) => address,
    );
    return { DedicatedIps: page.map((ip) => showDedicatedIp(ip, now)), NextToken };
  };
}
