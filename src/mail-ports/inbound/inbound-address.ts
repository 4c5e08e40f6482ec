/** Which addresses take mail: return paths of this installation, and those for complaints. */
import { domainToASCII } from "node:url";
import { type ReturnPath, readReturnPath } from "../../delivery/return-path.ts";
import { sentAtOf } from "../../events/message-id.ts";

/** What an address stands for. */
export type InboundAddress =
  | { readonly kind: "return-path"; readonly returnPath: ReturnPath }
  /** Of whom, the mail itself must prove. */
  | { readonly kind: "complaints" }
  /** RFC 5321, 4.5.1: it must be taken. */
  | { readonly kind: "postmaster" };

/** What addresses are read by. */
export interface InboundAddressRules {
  /** The key of return paths. */
  returnPathSecret: Uint8Array;
  /** Whether mail to a domain, in lower case and ASCII, is for this server. */
  isReturnPathDomain(domain: string): boolean | Promise<boolean>;
  /** Return paths of older messages are not taken: nothing is known of those any more. 0: of any age. */
  maxAgeDays: number;
  clock: () => Date;
}

/** What is registered with the feedback loops of providers, and what RFC 2142 wants there to be. */
const complaintNames = new Set(["abuse", "complaints", "fbl"]);

/** Reads a recipient's address; undefined where nobody here has it. Rejects where the domains can't be asked for. */
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
  // The secret first: who guesses makes nobody ask a store.
  if (!(await isReturnPathDomain(domainToASCII(address.slice(at + 1)).toLowerCase()))) return undefined;
  if (isComplaints) return { kind: "complaints" };
  if (!returnPath) return { kind: "postmaster" };
  const age = clock().getTime() - sentAtOf(returnPath.messageId).getTime();
  return maxAgeDays > 0 && age > maxAgeDays * 24 * 3600_000 ? undefined : { kind: "return-path", returnPath };
}
