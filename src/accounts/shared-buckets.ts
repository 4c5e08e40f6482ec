/**
 * Which keys an account may name in S3's buckets, which all accounts share: its imports must not read what another one
 * uploaded, and its exports must not replace another one's files. In a folder, each scope has buckets of its own.
 */
import type { Config } from "../config/config.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import { accountExists, type Scope } from "../stores/postgres/scopes.ts";
import { isAccountId } from "./accounts.ts";

/** Tells whether a job may name this key in a bucket. */
export type MayUseKey = (key: string) => Promise<boolean>;

/** What the keys of an account's uploads begin with; empty for the default account. */
export function uploadPrefix({ accountId }: Pick<Scope, "accountId">, config: Pick<Config, "accountId">): string {
  return accountId === config.accountId ? "" : `${accountId}/`;
}

/**
 * The keys of an account: those that begin with its ID and a slash. The default account may use all keys except those
 * of another account.
 */
export function usableKeys(
  database: Queryable,
  scope: Pick<Scope, "accountId">,
  config: Pick<Config, "accountId" | "s3Bucket">,
): MayUseKey {
  return async (key) => {
    if (config.s3Bucket === undefined) return true;
    const prefix = uploadPrefix(scope, config);
    if (prefix !== "") return key.startsWith(prefix);
    const [first = "", ...rest] = key.split("/");
    const named = rest.length > 0 && isAccountId(first) && first !== scope.accountId;
    return !named || !(await accountExists(database, first));
  };
}
