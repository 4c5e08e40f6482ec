/**
 * Checks the DKIM signatures of a complaint (RFC 6376). Providers sign their reports, and whoever has seen a message's
 * header can write one in a provider's name.
 */
import { DnsError } from "../../dns/dns-error.ts";
import type { DnsResolver } from "../../dns/resolver.ts";
import { readTextHeader } from "../../mail/lenient-mime.ts";
import { SmtpRefusal } from "../refusal.ts";

/** More signatures are not checked, and count as invalid: each costs a lookup. Real reports have one or two. */
const maxSignatures = 10;
const maxHeaderBytes = 256 * 1024;

/**
 * `valid`: a signature of the domain in From verifies. `none`: the mail is not signed.
 * @param bytes the complete mail.
 * @throws SmtpRefusal with 451 if no signature is valid and a key can't be looked up now.
 */
export async function checkSignature(bytes: Buffer, resolver: Pick<DnsResolver, "txt">): Promise<SignatureCheck> {
  const header = readTextHeader(
    bytes.toString("latin1", 0, maxHeaderBytes).replaceAll("\r\n", "\n").split("\n\n", 1)[0] ?? "",
  );
  const count = header.filter(({ name }) => name === "dkim-signature").length;
  if (count === 0) return "none";
  if (count > maxSignatures) return "invalid";
  // Few installations ever need it, so it is not loaded at the start.
  const { dkimVerify } = await import("mailauth/lib/dkim/verify.js");
  const { results, fromFields } = await dkimVerify(bytes, {
    rejectRsaSha1: true,
    async resolver(name) {
      const { records } = await resolver.txt(name);
      if (records.length === 0) throw Object.assign(new DnsError(`${name} has no TXT record`), { code: "ENODATA" });
      return records.map((record) => [record]);
    },
  });
  if (fromFields === 1 && results.some(({ status }) => status.result === "pass" && status.aligned)) return "valid";
  if (results.some(({ status }) => status.result === "temperror")) {
    throw new SmtpRefusal(451, "The key of your DKIM signature can't be looked up, try again later");
  }
  return "invalid";
}

export type SignatureCheck = "none" | "valid" | "invalid";
