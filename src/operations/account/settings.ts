/**
 * Caches the settings of a scope that every SendEmail and every commit of events need, to avoid a query for each: the
 * account, configuration sets and their event destinations, and identities. Changes by operations of this process apply at
 * once, changes by other processes within a second.
 */

import { createExpiringCache } from "../../common/expiring-cache.ts";
import { errors } from "../../contract/errors.ts";
import { identityCandidates, nearestNames } from "../../identities/identity-name.ts";
import { mailFromOf } from "../../identities/signing-identity.ts";
import { isCovered, type Proving, recordStatus } from "../../identities/status.ts";
import type { SubscriptionSetting } from "../../publishing/subscription-source.ts";
import type { Account } from "../../stores/postgres/account.ts";
import { selectAccount } from "../../stores/postgres/account.ts";
import type { ConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import { selectConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { type DestinationSubscription, selectSubscriptions } from "../../stores/postgres/event-destinations.ts";
import type { IdentityWithPolicies } from "../../stores/postgres/identities.ts";
import { selectNearestIdentities } from "../../stores/postgres/identities.ts";
import { selectUnassociated, type TenantResource } from "../../stores/postgres/tenant-resources.ts";
import { selectTenant, type Tenant } from "../../stores/postgres/tenants.ts";
import { checkConfigurationSetName } from "../configuration-sets/configuration-set-name.ts";

/** How long a setting is cached, in milliseconds: the maximum lag behind other processes. */
const LIFETIME = 1000;

/** The number of cached names of each kind. Unknown names are cached too, so that looking them up is also cheap. */
const CAPACITY = 1000;

/** The kinds of cached settings. */
export type SettingsOwner = "account" | "configurationSets" | "identities" | "eventDestinations" | "tenants";

/** The identity that sends a message. */
export interface SendingIdentity extends IdentityWithPolicies {
  /** Whether the sender may send: this identity or a parent domain is verified. */
  readonly verified: boolean;
  /** The most specific identity that covers the address, verified or not: the one that a tenant must be associated with. */
  readonly nearest: string;
  /** The MAIL FROM domain for which mail is refused because its MX record is missing. */
  readonly refusedMailFrom: string | undefined;
}

/** The settings, at most a second old, including every change by this process. */
export interface AccountSettings {
  account(): Promise<Account>;
  /** The configuration set with this name; undefined if there is none. Throws a bad request for an invalid name. */
  configurationSet(name: string): Promise<ConfigurationSet | undefined>;
  /**
   * The sending identity of an address (without a display name): the address, its domain or the nearest parent domain,
   * verified ones first; undefined if there is none.
   */
  identityOf(address: string): Promise<SendingIdentity | undefined>;
  /** The identity with exactly this name, in its canonical form; undefined if there is none. */
  identityNamed(name: string): Promise<SendingIdentity | undefined>;
  /** The account. Throws an error if its sending is paused. */
  checkAccount(): Promise<Account>;
  /**
   * The configuration set to send with. Throws an error if its name is invalid (bad request), if it is not found, or if
   * its sending is paused.
   */
  checkConfigurationSet(name: string): Promise<ConfigurationSet>;
  /** The enabled event destinations of all configuration sets of the scope. */
  eventDestinations(): Promise<readonly DestinationSubscription[]>;
  /** The tenant with this name; undefined if there is none. */
  tenant(name: string): Promise<Tenant | undefined>;
  /** Which of the resources, a few, are not associated with the tenant, in the order given. */
  unassociated(tenant: string, resources: readonly TenantResource[]): Promise<readonly TenantResource[]>;
  /**
   * Clears the cache, and that of what is deleted with its owner. Call it after each change, even if the outcome of the
   * change is unknown.
   */
  invalidate(owner: SettingsOwner): void;
}

/** Creates the settings of a scope in a process; all its operations must share them. */
export function createAccountSettings(services: SettingsSource): AccountSettings {
  const { database, clock, steadyClock = clock } = services;
  const bounds = { lifetime: LIFETIME, capacity: CAPACITY, clock: steadyClock };
  const caches = {
    account: createExpiringCache({ ...bounds, load: () => selectAccount(database) }),
    configurationSets: createExpiringCache({ ...bounds, load: (name) => selectConfigurationSet(database, name) }),
    identities: createExpiringCache({ ...bounds, load: (address) => findIdentity(services, address) }),
    namedIdentities: createExpiringCache({ ...bounds, load: (name) => findNamedIdentity(services, name) }),
    eventDestinations: createExpiringCache({ ...bounds, load: () => selectSubscriptions(database) }),
    tenants: createExpiringCache({ ...bounds, load: (name) => selectTenant(database, name) }),
  };
  // What a tenant's mail uses is the same from mail to mail, so it is the key.
  const unassociated = createExpiringCache({
    ...bounds,
    load(key) {
      const { tenant, resources }: { tenant: string; resources: TenantResource[] } = JSON.parse(key);
      return selectUnassociated(database, tenant, resources);
    },
  });

  const settings: AccountSettings = {
    account: () => caches.account.get(""),
    configurationSet: async (name) => caches.configurationSets.get(checkConfigurationSetName(name)),
    identityOf: (address) => caches.identities.get(address),
    identityNamed: (name) => caches.namedIdentities.get(name),
    async checkAccount() {
      const account = await settings.account();
      if (!account.sendingEnabled) throw errors.accountSendingPaused();
      return account;
    },
    async checkConfigurationSet(name) {
      const set = await settings.configurationSet(name);
      if (!set) throw errors.configurationSetNotFound(name);
      if (!set.sendingEnabled) throw errors.configurationSetSendingPaused(name);
      return set;
    },
    eventDestinations: () => caches.eventDestinations.get(""),
    tenant: (name) => caches.tenants.get(name),
    unassociated: (tenant, resources) => unassociated.get(JSON.stringify({ tenant, resources })),
    invalidate(owner) {
      caches[owner].clear();
      if (owner === "configurationSets") caches.eventDestinations.clear();
      if (owner === "configurationSets" || owner === "eventDestinations") services.changed?.("destinations");
      if (owner === "identities") {
        caches.namedIdentities.clear();
        services.changed?.("notifications");
      }
      if (owner === "tenants") unassociated.clear();
    },
  };
  return settings;
}

export interface SettingsSource {
  database: ScopedQueryable;
  clock: () => Date;
  /** For how long settings are cached; `clock` by default. */
  steadyClock?: () => Date;
  /** Whether identities must prove their ownership. If unset, they need not, as in capture mode. */
  proving?: Proving | undefined;
  /** Tells publishing what may have changed, since it reads the settings of all scopes by itself. */
  changed?: ((what: SubscriptionSetting) => void) | undefined;
}

async function findNamedIdentity(source: SettingsSource, name: string): Promise<SendingIdentity | undefined> {
  const { database, clock, proving = "assumed" } = source;
  const nearest = await selectNearestIdentities(database, nearestNames(name));
  const [identity] = nearest;
  if (identity?.name !== name) return undefined;
  const verified = isCovered(nearest, proving, clock());
  return { ...identity, verified, nearest: name, refusedMailFrom: refusedMailFrom(nearest, proving) };
}

async function findIdentity(
  { database, clock, proving = "assumed" }: SettingsSource,
  address: string,
): Promise<SendingIdentity | undefined> {
  const candidates = identityCandidates(address);
  if (candidates.length === 0) return undefined;
  const nearest = await selectNearestIdentities(database, candidates);
  const verifiedAt = nearest.findIndex((identity) => isCovered([identity], proving, clock()));
  const chosen = nearest.slice(Math.max(verifiedAt, 0));
  const [identity] = chosen;
  const nearestName = nearest[0]?.name;
  if (!identity || nearestName === undefined) return undefined;
  return {
    ...identity,
    verified: verifiedAt >= 0,
    nearest: nearestName,
    refusedMailFrom: refusedMailFrom(chosen, proving),
  };
}

/** `nearest`: an identity and those above it. */
function refusedMailFrom(nearest: readonly IdentityWithPolicies[], proving: Proving): string | undefined {
  const mailFrom = mailFromOf(nearest);
  const refused = mailFrom?.behavior === "REJECT_MESSAGE" && recordStatus(mailFrom, proving) !== "SUCCESS";
  return refused ? mailFrom.domain : undefined;
}

/** What operations that change settings depend on. */
export interface SettingsServices {
  database: ScopedQueryable;
  settings: AccountSettings;
}

/** Runs a change and then invalidates the cache, even if the outcome of the change is unknown. */
export async function changeSettings<Result>(
  settings: Pick<AccountSettings, "invalidate">,
  owner: SettingsOwner,
  change: () => Promise<Result>,
): Promise<Result> {
  try {
    return await change();
  } finally {
    settings.invalidate(owner);
  }
}
