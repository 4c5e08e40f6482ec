/** Whether mail of an identity passes DMARC, and what receivers do with mail that does not. */
import type { IdentityDns } from "../../../../src/admin-api/identities.ts";

const policies: Readonly<Record<string, string>> = {
  none: "only watch what does not pass (p=none)",
  quarantine: "treat what does not pass as spam (p=quarantine)",
  reject: "refuse what does not pass (p=reject)",
};

/** In a sentence or two. */
export function dmarcSentence({ domain, records, dmarc }: IdentityDns): string {
  const { policy, dkimAligned, spfAligned } = dmarc;
  const condition = records.every(({ state }) => state === "ok") ? "" : ", once the records above are there";
  const ways = [...(dkimAligned ? ["its DKIM signature"] : []), ...(spfAligned ? ["its return path"] : [])];
  const passes =
    ways.length > 0
      ? `Mail from ${domain} passes DMARC by ${ways.join(" and ")}${condition}.`
      : `Mail from ${domain} does not pass DMARC: neither a DKIM signature nor its return path is of this domain.`;
  return `${passes} ${policySentence(policy)}`;
}

function policySentence(policy: string | undefined): string {
  if (policy === undefined) return "There is no DMARC record yet; large mailbox providers want one.";
  if (policy === "unknown") return "What receivers are told to do with other mail could not be found out.";
  return `Receivers are told to ${policies[policy] ?? `go by p=${policy}`}.`;
}
