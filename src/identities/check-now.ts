/** Checks an identity's DNS records immediately, whether due or not, for a user who has just published them. */
import { selectIdentity } from "../stores/postgres/identities.ts";
import { normalizeIdentityName } from "./identity-name.ts";
import { askAnew } from "./proof-schedule.ts";
import type { Proving } from "./status.ts";
import { type LookServices, verifyKey, verifyMailFrom, verifyToken } from "./verify-due.ts";

export interface CheckServices extends LookServices {
  /** With `assumed`, nothing is checked. */
  proving: Proving;
}

/**
 * Checks the records of the identity's DKIM keys, token and MAIL FROM domain. Failed verifications start again. Addresses are
 * verified by mail, so only their MAIL FROM domain is checked.
 * @returns false if there is no such identity.
 */
export async function checkNow(services: CheckServices, given: string): Promise<boolean> {
  const named = normalizeIdentityName(given);
  const found = named && (await selectIdentity(services.database, named.name));
  if (!found) return false;
  if (services.proving === "assumed") return true;
  const { name: identity, dkim, nextDkim, domainToken, mailFrom } = found;
  await Promise.all([
    dkim && verifyKey(services, { ...askAnew(dkim), identity, role: "current" }),
    nextDkim && verifyKey(services, { ...askAnew(nextDkim), identity, role: "next" }),
    domainToken && verifyToken(services, { ...askAnew(domainToken), identity }),
    mailFrom && verifyMailFrom(services, { ...askAnew(mailFrom), identity }),
  ]);
  return true;
}
