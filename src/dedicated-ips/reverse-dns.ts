/**
 * Checks what receivers check of a client: whether DNS names its address as it names itself, and that name has the
 * address (forward-confirmed reverse DNS; RFC 8601, 2.7.3).
 */

import { DnsError } from "../dns/dns-error.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { canonicalAddress } from "./address-form.ts";

export interface ReverseDns {
  /** `unknown`: a DNS lookup failed. */
  readonly state: "ok" | "mismatch" | "unknown";
  /** The names in the PTR records of the address. */
  readonly names: readonly string[];
}

/** Never rejects because of DNS. */
export async function checkReverseDns(
  resolver: Pick<DnsResolver, "ptr" | "addresses">,
  { address, ehloName }: { address: string; ehloName: string },
): Promise<ReverseDns> {
  let names: readonly string[] = [];
  try {
    names = (await resolver.ptr(address)).records;
    if (!names.includes(ehloName)) return { state: "mismatch", names };
    const { records } = await resolver.addresses(ehloName);
    const isConfirmed = records.some((record) => canonicalAddress(record) === address);
    return { state: isConfirmed ? "ok" : "mismatch", names };
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    return { state: "unknown", names };
  }
}
