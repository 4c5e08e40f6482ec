import type { MessageOrigin, SuppressionRule, SuppressionRules } from "../../events/suppression.ts";
import type { AccountSettings } from "../account/settings.ts";
import { isTenantName } from "./suppression-list.ts";

/**
 * The rules by the settings as every SendEmail sees them. Of a configuration set's options each counts by itself, and
 * what it leaves out is the account's: an empty list of reasons is given, and means none. A scope of TENANT means the
 * list of the tenant that the message is sent for; mail for none has the account's.
 */
export function createSuppressionRules(
  settings: Pick<AccountSettings, "account" | "configurationSet">,
): SuppressionRules {
  return async ({ configurationSet, tenant }: MessageOrigin): Promise<SuppressionRule> => {
    const set = configurationSet === undefined ? undefined : await settings.configurationSet(configurationSet);
    const options = set?.suppressionOptions ?? undefined;
    const reasons = options?.SuppressedReasons ?? (await settings.account()).suppressedReasons;
    const ofTenant = options?.SuppressionScope === "TENANT" && tenant !== undefined;
    // There is no list under a name that no tenant can have.
    if (ofTenant && !isTenantName(tenant)) return { tenant: "", reasons: [] };
    return { tenant: ofTenant ? tenant : "", reasons };
  };
}
