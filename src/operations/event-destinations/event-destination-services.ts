import type { Config } from "../../config/config.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { EventTarget } from "../../stores/postgres/event-destinations.ts";
import type { AccountSettings } from "../account/settings.ts";

/**
 * Checks that events can be published to a target, before a destination is stored. For an SNS topic, SES publishes a
 * plain text message to it. Throws a ServiceError if the target refuses or does not exist.
 */
export type CheckTarget = (target: EventTarget) => Promise<void>;

/** The account and region that targets must belong to. */
export type TargetOwner = Pick<Config, "accountId" | "region">;

export interface EventDestinationServices {
  database: ScopedDatabase;
  settings: AccountSettings;
  config: TargetOwner;
  checkTarget: CheckTarget;
}
