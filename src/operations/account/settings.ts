/**
 * The settings that every SendEmail asks for, without a query for each: the account, configuration sets, identities.
 * What an operation of this process changed holds at once; what another process changed holds within a second.
 */

import { createExpiringCache } from "../../common/expiring-cache.ts";
import { errors } from "../../contract/errors.ts";
import { identityCandidates } from "../../identities/identity-name.ts";
import { mailFromOf } from "../../identities/signing-identity.ts";
import { isCovered, type Proving, recordStatus } from "../../identities/status.ts";
import type { Account } from "../../stores/postgres/account.ts";
import { selectAccount } from "../../stores/postgres/account.ts";
import type { ConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import { selectConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import type { EmailIdentity } from "../../stores/postgres/identities.ts";
import { selectNearestIdentities } from "../../stores/postgres/identities.ts";
import { checkConfigurationSetName } from "../configuration-sets/configuration-set-name.ts";

/** For how long a setting is used before it is read again, in milliseconds: the lag behind other processes. */
const LIFETIME = 1000;

/** How many names are remembered of each kind. Names that don't exist count, so that asking for them is cheap too. */
const CAPACITY = 1000;

/** What the settings belong to. */
export type SettingsOwner = "account" | "configurationSets" | "identities";

/** The identity that mail is sent by. */
export interface SendingIdentity extends EmailIdentity {
  /** Whether the sender may send: this identity is verified, or a domain above it is. */
  readonly verified: boolean;
  /** The MAIL FROM domain that mail is refused for, since its MX record is not there. */
  readonly refusedMailFrom: string | undefined;
}

/** The settings as they were at most a second ago, and with every change that this process made. */
export interface AccountSettings {
  account(): Promise<Account>;
  /** The configuration set of that name; undefined where there is none. Throws a bad request for a name that can't be. */
  configurationSet(name: string): Promise<ConfigurationSet | undefined>;
  /**
   * The identity that mail from an address (without a display name) is sent by: the address, its domain or the nearest
   * parent domain, verified ones first; undefined where there is none.
   */
  identityOf(address: string): Promise<SendingIdentity | undefined>;
  /** Resolves where the account may send. Throws that its sending is paused. */
  checkAccount(): Promise<Account>;
  /**
   * The configuration set that mail is to be sent with. Throws a bad request for a name that can't be, not found, or
   * that its sending is paused.
   */
  checkConfigurationSet(name: string): Promise<ConfigurationSet>;
  /** Forgets what was read. To be called after each change, also one whose outcome isn't known. */
  invalidate(owner: SettingsOwner): void;
}

/** Makes the settings of one process; its operations must share them. */
export function createAccountSettings(services: SettingsSource): AccountSettings {
  const { database, clock } = services;
  const bounds = { lifetime: LIFETIME, capacity: CAPACITY, clock };
  const caches = {
    account: createExpiringCache({ ...bounds, load: () => selectAccount(database) }),
    configurationSets: createExpiringCache({ ...bounds, load: (name) => selectConfigurationSet(database, name) }),
    identities: createExpiringCache({ ...bounds, load: (address) => findIdentity(services, address) }),
  };

  const settings: AccountSettings = {
    account: () => caches.account.get(""),
    configurationSet: async (name) => caches.configurationSets.get(checkConfigurationSetName(name)),
    identityOf: (address) => caches.identities.get(address),
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
    invalidate: (owner) => caches[owner].clear(),
  };
  return settings;
}

/** What settings are read from. */
export interface SettingsSource {
  database: Queryable;
  clock: () => Date;
  /** Whether identities must prove that they are their owner's. Unset: not, as where nothing leaves. */
  proving?: Proving | undefined;
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
  if (!identity) return undefined;
  const mailFrom = mailFromOf(chosen);
  const refused = mailFrom?.behavior === "REJECT_MESSAGE" && recordStatus(mailFrom, proving) !== "SUCCESS";
  return { ...identity, verified: verifiedAt >= 0, refusedMailFrom: refused ? mailFrom.domain : undefined };
}

/** What an operation that changes settings works with. */
export interface SettingsServices {
  database: Queryable;
  settings: AccountSettings;
}

/** Runs a change and makes it hold in this process, whether or not it is known to have happened. */
export async function changeSettings<Result>(
  settings: AccountSettings,
  owner: SettingsOwner,
  change: () => Promise<Result>,
): Promise<Result> {
  try {
    return await change();
  } finally {
    settings.invalidate(owner);
  }
}
