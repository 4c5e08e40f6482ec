import type { MessageOrigin, SuppressionRule, SuppressionRules } from "../../events/suppression.ts";
import type { AccountSettings } from "../account/settings.ts";
import { isTenantName } from "./suppression-list.ts";

/**
 * The suppression rules, from the cached settings of a message's scope. Each option of a configuration set overrides the account's; an
 * omitted option uses the account's. An empty list of reasons is not omitted, and means none. The scope TENANT selects
 * the list of the message's tenant; mail without a tenant uses the account's list.
 */
export function createSuppressionRules(
  settingsOf: (scope: number) => Promise<Pick<AccountSettings, "account" | "configurationSet">>,
): SuppressionRules {
  return async ({ scope, configurationSet, tenant }: MessageOrigin): Promise<SuppressionRule> => {
    const settings = await settingsOf(scope);
    const set = configurationSet === undefined ? undefined : await settings.configurationSet(configurationSet);
    const options = set?.suppressionOptions ?? undefined;
    const reasons = options?.SuppressedReasons ?? (await settings.account()).suppressedReasons;
    const ofTenant = options?.SuppressionScope === "TENANT" && tenant !== undefined;
    // No list can exist for an invalid tenant name.
    if (ofTenant && !isTenantName(tenant)) return { tenant: "", reasons: [] };
    return { tenant: ofTenant ? tenant : "", reasons };
  };
}
