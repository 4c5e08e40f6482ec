/** One pass of verification: makes keys that are missing, looks for records that are due, sends the mails that are due. */
import type { DnsResolver } from "../dns/resolver.ts";
import { selectUnaskedAddresses } from "../stores/postgres/address-proofs.ts";
import { type DueDkimKey, promoteDkimKey, selectDueDkimKeys, updateDkimProof } from "../stores/postgres/dkim-keys.ts";
import {
  type DueMailFromDomain,
  selectDueMailFromDomains,
  updateMailFromProof,
} from "../stores/postgres/mail-from-domains.ts";
import { type DkimKeyServices, makeDkimKey } from "./dkim-key-store.ts";
import { lookForKey, lookForMx } from "./look-up.ts";
import { afterLook } from "./proof-schedule.ts";
import { sendVerificationMail, type VerificationMailServices } from "./verification-mail.ts";

/** What records are looked for with. */
export interface LookServices extends DkimKeyServices {
  resolver: Pick<DnsResolver, "txt" | "mx">;
  /** Where MX records must lead. */
  hostname: string;
}

/** What a pass works with. */
export interface VerificationServices extends LookServices, Omit<VerificationMailServices, "database"> {
  /** Told of what failed; the pass goes on with the next. */
  failed: (error: unknown, identity: string) => void;
}

/** How many of each kind a pass takes at the most, so that it ends in time, and how many DNS questions are open at a time. */
const most = 20;
const atOnce = 10;

/** Does what is due; resolves to whether there may be more that can be done now. It stops between two identities when `signal` aborts. */
export async function verifyDue(services: VerificationServices, signal: AbortSignal): Promise<boolean> {
  const { database, clock } = services;
  const keys = await selectDueDkimKeys(database, clock(), most);
  const domains = await selectDueMailFromDomains(database, clock(), most);
  const addresses = await selectUnaskedAddresses(database, most);
  const work = [
    ...keys.map((key) => ({ identity: key.identity, run: () => verifyKey(services, key) })),
    ...domains.map((domain) => ({ identity: domain.identity, run: () => verifyMailFrom(services, domain) })),
    ...addresses.map((address) => ({ identity: address, run: () => sendVerificationMail(services, address) })),
  ];
  let done = 0;
  const takeOver = async () => {
    for (let next = work.shift(); next !== undefined && !signal.aborted; next = work.shift()) {
      const { identity, run } = next;
      try {
        await run();
        done++;
      } catch (error) {
        services.failed(error, identity);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, takeOver));
  return done > 0 && [keys, domains, addresses].some(({ length }) => length === most);
}

/** Looks for the record of a key and writes what was found; a key that is not made yet is made instead. */
export async function verifyKey(services: LookServices, key: DueDkimKey): Promise<void> {
  const { database, resolver, clock } = services;
  const { identity, selector, publicKey, role } = key;
  // It is looked for in the next pass: what another process made meanwhile counts.
  if (publicKey === null) return makeDkimKey(services, identity, key);
  const { finding } = await lookForKey(resolver, identity, { selector, publicKey });
  await updateDkimProof(database, identity, selector, afterLook(key, finding, clock()));
  if (role === "next" && finding === undefined) await promoteDkimKey(database, identity, selector);
}

/** Looks for the MX record of a MAIL FROM domain and writes what was found. */
export async function verifyMailFrom(services: LookServices, mailFrom: DueMailFromDomain): Promise<void> {
  const { database, resolver, hostname, clock } = services;
  const { finding } = await lookForMx(resolver, mailFrom.domain, hostname);
  await updateMailFromProof(database, mailFrom.identity, mailFrom.domain, afterLook(mailFrom, finding, clock()));
}
