/** One verification pass: generates missing keys, checks DNS records that are due, and sends verification mails. */
import type { DnsResolver } from "../dns/resolver.ts";
import { selectUnaskedAddresses } from "../stores/postgres/address-proofs.ts";
import { type Database, inScope } from "../stores/postgres/database.ts";
import { type DueDkimKey, promoteDkimKey, selectDueDkimKeys, updateDkimProof } from "../stores/postgres/dkim-keys.ts";
import {
  type DueDomainToken,
  selectDueDomainTokens,
  updateDomainTokenProof,
} from "../stores/postgres/domain-tokens.ts";
import {
  type DueMailFromDomain,
  selectDueMailFromDomains,
  updateMailFromProof,
} from "../stores/postgres/mail-from-domains.ts";
import { type DkimKeyServices, makeDkimKey } from "./dkim-key-store.ts";
import { lookForKey, lookForMx, lookForToken } from "./look-up.ts";
import { afterLook } from "./proof-schedule.ts";
import { sendVerificationMail, type VerificationMailServices } from "./verification-mail.ts";

export interface LookServices extends DkimKeyServices {
  resolver: Pick<DnsResolver, "txt" | "mx">;
  /** The host that MX records must name. */
  hostname: string;
}

export interface VerificationServices
  extends Omit<LookServices, "database">,
    Omit<VerificationMailServices, "database"> {
  /** For the identities of all scopes. */
  database: Database;
  /** Called for each failure. The pass continues with the next identity. */
  failed: (error: unknown, identity: string, scope: number) => void;
}

/** The maximum of each kind per pass, which bounds its duration, and the number of checks that run in parallel. */
const most = 20;
const atOnce = 10;

/**
 * Does one pass over the identities of all scopes and resolves to whether there may be more to do immediately. Stops
 * between two identities when `signal` is aborted.
 */
export async function verifyDue(services: VerificationServices, signal: AbortSignal): Promise<boolean> {
  const { database, clock } = services;
  const keys = await selectDueDkimKeys(database, clock(), most);
  const tokens = await selectDueDomainTokens(database, clock(), most);
  const domains = await selectDueMailFromDomains(database, clock(), most);
  const addresses = await selectUnaskedAddresses(database, most);
  const within = (scope: number) => ({ ...services, database: inScope(database, scope) });
  const work = [
    ...keys.map(({ scope, ...key }) => ({
      identity: key.identity,
      scope,
      run: () => verifyKey(within(scope), key, key.checkedAt),
    })),
    ...tokens.map(({ scope, ...token }) => ({
      identity: token.identity,
      scope,
      run: () => verifyToken(within(scope), token, token.checkedAt),
    })),
    ...domains.map(({ scope, ...domain }) => ({
      identity: domain.identity,
      scope,
      run: () => verifyMailFrom(within(scope), domain, domain.checkedAt),
    })),
    ...addresses.map(({ scope, name }) => ({
      identity: name,
      scope,
      run: () => sendVerificationMail(within(scope), name),
    })),
  ];
  let done = 0;
  const takeOver = async () => {
    for (let next = work.shift(); next !== undefined && !signal.aborted; next = work.shift()) {
      const { identity, scope, run } = next;
      try {
        await run();
        done++;
      } catch (error) {
        services.failed(error, identity, scope);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, takeOver));
  return done > 0 && [keys, tokens, domains, addresses].some(({ length }) => length === most);
}

/**
 * Checks the DNS record of a key and stores the result, as `unlessCheckedSince` says. A key that is not generated yet is
 * generated instead.
 */
export async function verifyKey(
  services: LookServices,
  key: DueDkimKey,
  unlessCheckedSince?: Date | null,
): Promise<void> {
  const { database, resolver, clock } = services;
  const { identity, selector, publicKey, role } = key;
  // The next pass checks it, because another process may have generated the key in the meantime.
  if (publicKey === null) return makeDkimKey(services, identity, key);
  const { finding } = await lookForKey(resolver, identity, { selector, publicKey });
  const proof = afterLook(key, finding, clock());
  await updateDkimProof(database, identity, selector, { proof, unlessCheckedSince });
  if (role === "next" && finding === undefined) await promoteDkimKey(database, identity, selector);
}

/** Checks the TXT record with a domain's token and stores the result, as `unlessCheckedSince` says. */
export async function verifyToken(
  services: LookServices,
  due: DueDomainToken,
  unlessCheckedSince?: Date | null,
): Promise<void> {
  const { database, resolver, clock } = services;
  const { identity, token } = due;
  const { finding } = await lookForToken(resolver, identity, token);
  const proof = afterLook(due, finding, clock());
  await updateDomainTokenProof(database, identity, token, { proof, unlessCheckedSince });
}

/** Checks the MX record of a MAIL FROM domain and stores the result, as `unlessCheckedSince` says. */
export async function verifyMailFrom(
  services: LookServices,
  mailFrom: DueMailFromDomain,
  unlessCheckedSince?: Date | null,
): Promise<void> {
  const { database, resolver, hostname, clock } = services;
  const { finding } = await lookForMx(resolver, mailFrom.domain, hostname);
  const proof = afterLook(mailFrom, finding, clock());
  await updateMailFromProof(database, mailFrom.identity, mailFrom.domain, { proof, unlessCheckedSince });
}
