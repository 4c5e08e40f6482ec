import type { PublishingFeed } from "../../publishing/publishing-feed.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { AccountSettings } from "../account/settings.ts";

export interface ReputationServices {
  database: ScopedDatabase;
  settings: Pick<AccountSettings, "invalidate">;
  /** The account and the region of ARNs. */
  scope: Scope;
  accountEvents: PublishingFeed["accountEvents"];
}
