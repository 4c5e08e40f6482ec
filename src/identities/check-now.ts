/** Looks for an identity's records at once, due or not: for whoever has just published them and does not want to wait. */
import { selectIdentity } from "../stores/postgres/identities.ts";
import { normalizeIdentityName } from "./identity-name.ts";
import { askAnew } from "./proof-schedule.ts";
import type { Proving } from "./status.ts";
import { type LookServices, verifyKey, verifyMailFrom } from "./verify-due.ts";

/** What it looks with. */
export interface CheckServices extends LookServices {
  /** Where verification is assumed nothing is looked for. */
  proving: Proving;
}

/**
 * Looks for the records of its keys and of its MAIL FROM domain; one that was given up is asked for anew. An address goes
 * by the link of a mail: of it only the MAIL FROM domain can be looked for.
 * @returns false where there is no such identity.
 */
export async function checkNow(services: CheckServices, given: string): Promise<boolean> {
  const named = normalizeIdentityName(given);
  const found = named && (await selectIdentity(services.database, named.name));
  if (!found) return false;
  if (services.proving === "assumed") return true;
  const { name: identity, dkim, nextDkim, mailFrom } = found;
  await Promise.all([
    dkim && verifyKey(services, { ...askAnew(dkim), identity, role: "current" }),
    nextDkim && verifyKey(services, { ...askAnew(nextDkim), identity, role: "next" }),
    mailFrom && verifyMailFrom(services, { ...askAnew(mailFrom), identity }),
  ]);
  return true;
}
