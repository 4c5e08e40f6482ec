import type { Handler } from "../../contract/types.ts";
import { defaultPool } from "../../dedicated-ips/pool-names.ts";
import { selectDedicatedIps } from "../../stores/postgres/dedicated-ips.ts";
import type { DedicatedIpServices } from "./dedicated-ip-services.ts";
import { showDedicatedIp } from "./dedicated-ip-shape.ts";
import { checkPoolExists } from "./existing-pool.ts";
import { readPage } from "./paging.ts";

/** GetDedicatedIps: the account's addresses in byte order, or those of a pool. */
export function getDedicatedIps({ database }: DedicatedIpServices): Handler<"GetDedicatedIps"> {
  return async (input, { now }) => {
    const { PoolName } = input;
    if (PoolName !== undefined) await checkPoolExists(database, PoolName);
    const pool = PoolName === defaultPool ? null : PoolName;
    const { rows, NextToken } = await readPage(
      `dedicated-ips ${PoolName ?? ""}`,
      input,
      (page) => selectDedicatedIps(database, { ...page, pool }),
      ({ address }) => address,
    );
    return { DedicatedIps: rows.map((ip) => showDedicatedIp(ip, now)), NextToken };
  };
}
