import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { AccountSettings } from "../account/settings.ts";

export interface IdentityPolicyServices {
  database: ScopedDatabase;
  settings: AccountSettings;
  /** The account and region of the identities: resources in policies name them. */
  scope: Scope;
  clock: () => Date;
}
