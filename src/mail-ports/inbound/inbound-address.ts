/** Decides which addresses accept mail: return paths of this installation, complaint addresses and postmaster. */
import { domainToASCII } from "node:url";
import { type ReturnPath, readReturnPath } from "../../delivery/return-path.ts";
import { sentAtOf } from "../../events/message-id.ts";

/** What an inbound address is for. */
export type InboundAddress =
  | { readonly kind: "return-path"; readonly returnPath: ReturnPath }
  /** The mail itself must prove which message it is about. */
  | { readonly kind: "complaints" }
  /** Must be accepted (RFC 5321, 4.5.1). */
  | { readonly kind: "postmaster" };

export interface InboundAddressRules {
  /** The key that authenticates return paths. */
  returnPathSecret: Uint8Array;
  /** Whether this server accepts mail for a domain, given in lower case and ASCII. */
  isReturnPathDomain(domain: string): boolean | Promise<boolean>;
  /** Return paths of older messages are refused, because their events are no longer stored. 0: no limit. */
  maxAgeDays: number;
  clock: () => Date;
}

/** Addresses for registration with providers' feedback loops, and the one that RFC 2142 requires. */
const complaintNames = new Set(["abuse", "complaints", "fbl"]);

/** Parses a recipient's address; undefined if it does not exist here. Rejects if the domain can't be checked. */
export async function readInboundAddress(
  address: string,
  { returnPathSecret, isReturnPathDomain, maxAgeDays, clock }: InboundAddressRules,
): Promise<InboundAddress | undefined> {
  if (address.toLowerCase() === "postmaster") return { kind: "postmaster" };
  const at = address.lastIndexOf("@");
  const name = address.slice(0, at).toLowerCase();
  const returnPath = readReturnPath(name, returnPathSecret);
  const isComplaints = complaintNames.has(name);
  if (at < 0 || (!returnPath && !isComplaints && name !== "postmaster")) return undefined;
  // The token has been checked first, so that guessed addresses cause no store queries.
  if (!(await isReturnPathDomain(domainToASCII(address.slice(at + 1)).toLowerCase()))) return undefined;
  if (isComplaints) return { kind: "complaints" };
  if (!returnPath) return { kind: "postmaster" };
  const age = clock().getTime() - sentAtOf(returnPath.messageId).getTime();
  return maxAgeDays > 0 && age > maxAgeDays * 24 * 3600_000 ? undefined : { kind: "return-path", returnPath };
}
