/** Accounts from access key IDs: an account is created by its first use. See MAILGLASS_ACCOUNTS_FROM_KEYS. */
import { errors } from "../contract/errors.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import { AccountError, type Accounts, mostAccounts } from "./accounts.ts";
import type { Scopes } from "./scopes.ts";

/** The scope of an account in a served region. Rejects with the error to return. */
export type FirstUse = (accountId: string, region: string) => Promise<Scope>;

export function createFirstUse(services: { scopes: Pick<Scopes, "of">; accounts: Pick<Accounts, "create"> }): FirstUse {
  const { scopes, accounts } = services;
  return async (accountId, region) => {
    const scope = await scopes.of(accountId, region);
    if (scope) return scope;
    let refusal: unknown;
    try {
      await accounts.create({ id: accountId, name: "created by its first call" });
    } catch (error) {
      if (!(error instanceof AccountError)) throw error;
      refusal = error;
    }
    // A concurrent call may have created it.
    const created = await scopes.of(accountId, region);
    if (created) return created;
    throw refusal === undefined ? errors.accountUnknown(accountId) : errors.accountLimit(mostAccounts);
  };
}
