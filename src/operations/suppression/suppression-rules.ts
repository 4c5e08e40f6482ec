import type { SuppressionOptions } from "@aws-sdk/client-sesv2";
import type { MessageOrigin, SuppressionRule, SuppressionRules } from "../../events/suppression.ts";
import type { AccountSettings } from "../account/settings.ts";
import { isTenantName } from "../tenants/tenant-name.ts";

/**
 * The suppression rules, from the cached settings of a message's scope. Each option of a configuration set overrides the
 * tenant's, and those override the account's. An empty list of reasons is not omitted, and means none. The scope TENANT
 * selects the list of the message's tenant; mail without a tenant, or of one that has been deleted since, uses the
 * account's list.
 */
export function createSuppressionRules(
  settingsOf: (scope: number) => Promise<Pick<AccountSettings, "account" | "configurationSet" | "tenant">>,
): SuppressionRules {
  return async ({ scope, configurationSet, tenant: name }: MessageOrigin): Promise<SuppressionRule> => {
    const settings = await settingsOf(scope);
    const set = configurationSet === undefined ? undefined : await settings.configurationSet(configurationSet);
    const tenant = name !== undefined && isTenantName(name) ? await settings.tenant(name) : undefined;
    const options = { ...tenant?.suppression, ...given(set?.suppressionOptions ?? undefined) };
    const reasons = options.SuppressedReasons ?? (await settings.account()).suppressedReasons;
    return { tenant: options.SuppressionScope === "TENANT" && tenant ? tenant.name : "", reasons };
  };
}

/** The options that are given. */
function given({ SuppressedReasons, SuppressionScope }: SuppressionOptions = {}): SuppressionOptions {
  return { ...(SuppressedReasons && { SuppressedReasons }), ...(SuppressionScope && { SuppressionScope }) };
}
