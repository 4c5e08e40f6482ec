/** Checks the DNS records of one domain. */
import type { Database } from "../stores/postgres/database.ts";
import { inScope } from "../stores/postgres/database.ts";
import { type DueIdentity, keepIdentity, putIdentityCheck } from "../stores/postgres/identity-checks.ts";
import { checkBimi } from "./check-bimi.ts";
import { checkDkim } from "./check-dkim.ts";
import { checkDmarc } from "./check-dmarc.ts";
import { checkSpf } from "./check-spf.ts";
import { type IdentityFactsServices, readIdentityFacts } from "./identity-facts.ts";
import { type SettleServices, settle } from "./settle.ts";

export interface CheckIdentityServices extends IdentityFactsServices, Omit<SettleServices, "database"> {
  /** For the identities of all scopes. */
  database: Database;
  clock: () => Date;
  /** Returns a number from 0 to 1, which spreads the checks of domains that were created at the same time. */
  random: () => number;
}

/** How often a domain is checked, in milliseconds; up to a tenth later, at random. */
export const checkEveryMs = 6 * 3_600_000;
/** When it is checked again if a DNS server did not answer, in milliseconds. */
export const retryMs = 15 * 60_000;

/** Checks a domain and stores the result. What DNS servers don't answer neither opens nor fixes a recommendation. */
export async function checkIdentity(services: CheckIdentityServices, due: DueIdentity): Promise<void> {
  const { clock, random } = services;
  const database = inScope(services.database, due.scope);
  const facts = await readIdentityFacts(services, database, due.identity);
  if (!facts) return;
  const [DKIM, SPF, BIMI] = await Promise.all([checkDkim(facts), checkSpf(facts), checkBimi(facts)]);
  const found = new Map(Object.entries({ DKIM, SPF, DMARC: checkDmarc(facts), BIMI }));
  const isComplete = [...found.values()].every((findings) => findings !== undefined);
  const now = clock();
  const pause = (isComplete ? checkEveryMs : retryMs) * (1 + random() / 10);
  await settle(
    { ...services, database },
    {
      identity: due.identity,
      findings: [...found.values()].flatMap((findings) => findings ?? []),
      isKnown: ({ type }) => found.get(type) !== undefined,
      async before(transaction) {
        if (!(await keepIdentity(transaction, due.identity))) return false;
        await putIdentityCheck(transaction, due, new Date(now.getTime() + pause));
        return true;
      },
    },
    now,
  );
}
