/**
 * The scopes of an installation. A scope is an account in one region, to which resources, messages, events and jobs
 * belong. There is always the default account in the default region, which the settings name.
 */
import { BoundedMap } from "../common/bounded-map.ts";
import { errors } from "../contract/errors.ts";
import type { Database } from "../stores/postgres/database.ts";
import type { ReplacedScope } from "../stores/postgres/retired-scopes.ts";
import {
  findScope,
  insertScope,
  nameDefaultScope,
  type Scope,
  selectDefaultScope,
  selectScope,
} from "../stores/postgres/scopes.ts";

/** The default account or region can't be named as the settings say. The message is for people. */
export class ScopeNameTaken extends Error {
  override name = "ScopeNameTaken";
}

export interface Scopes {
  /** The default account in the default region. A reset gives it another ID. */
  readonly default: Scope;
  /** The scope with this ID. Throws if there is none: scopes are never deleted while something belongs to them. */
  byId(id: number): Promise<Scope>;
  /** The scope of an account in a region; undefined if the account has nothing there yet. */
  find(accountId: string, region: string): Promise<Scope | undefined>;
  /**
   * The scope of an account in a region, created at its first use; undefined if there is no such account. Rejects with
   * the error to return if the account has too many regions. Notices deletions and resets by other processes within a
   * second.
   */
  of(accountId: string, region: string): Promise<Scope | undefined>;
  /** To be called after this process has deleted an account. */
  forgetNames(): void;
  /** To be called after this process has replaced scopes. */
  replaced(scopes: readonly ReplacedScope[]): void;
  /** Whether this process has replaced the scope. */
  isRetired(id: number): boolean;
}

/** The number of scopes kept in memory. */
const capacity = 10_000;
/** More regions than AWS has. */
const mostRegions = 100;
/** How long it may take until a deletion or a reset by another process is noticed, in milliseconds. */
const lagMs = 1000;

/**
 * Gives the default scope its names, and reads it.
 * @throws ScopeNameTaken if another account or region of the installation has one of the names
 */
export async function openScopes(database: Database, names: Pick<Scope, "accountId" | "region">): Promise<Scopes> {
  const { accountId, region } = names;
  const outcome = await nameDefaultScope(database, names);
  if (outcome === "account-taken") {
    throw new ScopeNameTaken(
      `MAILGLASS_ACCOUNT_ID: another account of this installation has the ID ${accountId}: choose another one`,
    );
  }
  if (outcome === "region-taken") {
    throw new ScopeNameTaken(
      `MAILGLASS_REGION: accounts of this installation have resources in ${region} beside those in the default region: choose another one`,
    );
  }
  let standard = await selectDefaultScope(database);
  const isStandard = (account: string, name: string) => account === accountId && name === region;
  // Names change only at a start, so what is found stays true until the account is deleted or reset.
  const byId = new BoundedMap<number, Scope>({ capacity, evicts: "oldest" });
  const byName = new BoundedMap<string, { scope: Scope; until: number }>({
    capacity,
    evicts: "oldest",
    expiry: { clock: () => new Date(), expiresAt: ({ until }) => until },
  });
  const retired = new BoundedMap<number, true>({ capacity, evicts: "oldest" });
  const known = (scope: Scope | undefined) => {
    if (scope === undefined) return undefined;
    byId.set(scope.id, scope);
    byName.set(`${scope.accountId} ${scope.region}`, { scope, until: Date.now() + lagMs });
    if (isStandard(scope.accountId, scope.region)) standard = scope;
    return scope;
  };
  known(standard);
  const find = async (account: string, name: string) => {
    // No other process can reset an embedded database.
    if (database.kind === "embedded" && isStandard(account, name)) return standard;
    return byName.get(`${account} ${name}`)?.scope ?? known(await findScope(database, account, name));
  };
  return {
    find,
    get default() {
      return standard;
    },
    async byId(id) {
      const scope = byId.get(id) ?? known(await selectScope(database, id));
      if (!scope) throw new Error(`There is no scope ${id}`);
      return scope;
    },
    async of(account, name) {
      const scope = await find(account, name);
      if (scope) return scope;
      const outcome = await insertScope(database, account, name, mostRegions);
      if (outcome === "full") throw errors.regionLimit(account, mostRegions);
      return outcome === "no-account" ? undefined : known(await findScope(database, account, name));
    },
    forgetNames: () => byName.clear(),
    replaced(scopes) {
      for (const { retired: id, scope } of scopes) {
        retired.set(id, true);
        known(scope);
      }
    },
    isRetired: (id) => retired.get(id) !== undefined,
  };
}
