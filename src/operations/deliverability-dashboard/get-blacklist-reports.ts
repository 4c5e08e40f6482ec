import type { BlacklistEntry } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { DnsError } from "../../dns/dns-error.ts";
import { canonicalAddress } from "../../dnsbl/own-addresses.ts";
import type { DeliverabilityServices } from "./deliverability-services.ts";

type BlacklistServices = Pick<DeliverabilityServices, "dnsbl" | "ownAddresses"> & { database: { scope: number } };

/**
 * GetBlacklistReports: asks the lists now. If a list can't be asked, the call is refused: without its answer, an address
 * would look as if it were not on the list. All texts are our own.
 */
export function getBlacklistReports({
  database: { scope },
  dnsbl,
  ownAddresses,
}: BlacklistServices): Handler<"GetBlacklistReports"> {
  return async ({ BlacklistItemNames: given = [] }) => {
    const addresses = new Map<string, string>();
    for (const name of given) {
      const address = canonicalAddress(name);
      if (address === undefined) throw errors.blacklistItem(name);
      addresses.set(name, address);
    }
    if (dnsbl.lists.length === 0) throw errors.noBlacklists();
    const own = await readOwn(() => ownAddresses.of(scope));
    const stranger = [...addresses].find(([, address]) => !own.includes(address));
    if (stranger) throw errors.blacklistItemNotFound(stranger[0]);
    const BlacklistReport: Record<string, BlacklistEntry[]> = {};
    for (const [name, address] of addresses) {
      const { listings, unknown } = await dnsbl.report(address);
      const [failed] = unknown;
      if (failed) throw errors.blacklistUnknown(failed.list, name, failed.reason);
      BlacklistReport[name] = listings.map(({ list, description, firstSeenAt }) => ({
        RblName: list,
        ListingTime: firstSeenAt,
        Description: description,
      }));
    }
    return { BlacklistReport };
  };
}

async function readOwn(read: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DnsError) throw errors.ownAddressesUnknown(error.message);
    throw error;
  }
}
