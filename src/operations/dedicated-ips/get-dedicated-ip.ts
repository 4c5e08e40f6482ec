import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { canonicalAddress } from "../../dedicated-ips/address-form.ts";
import { selectDedicatedIp } from "../../stores/postgres/dedicated-ips.ts";
import type { DedicatedIpServices } from "./dedicated-ip-services.ts";
import { showDedicatedIp } from "./dedicated-ip-shape.ts";

/** GetDedicatedIp. An IPv6 address is found in any of its forms. */
export function getDedicatedIp({ database }: DedicatedIpServices): Handler<"GetDedicatedIp"> {
  return async ({ Ip = "" }, { now }) => {
    const address = canonicalAddress(Ip);
    const ip = address === undefined ? undefined : await selectDedicatedIp(database, address);
    if (!ip) throw errors.dedicatedIpNotFound(Ip);
    return { DedicatedIp: showDedicatedIp(ip, now) };
  };
}
