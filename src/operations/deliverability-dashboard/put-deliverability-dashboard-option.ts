import type { DomainDeliverabilityTrackingOption } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { selectDashboard, storeDashboard } from "../../stores/postgres/deliverability-dashboards.ts";
import { hasEnabledSeeds } from "../../stores/postgres/seed-mailboxes.ts";
import type { AccountSettings } from "../account/settings.ts";
import type { DeliverabilityServices } from "./deliverability-services.ts";

/**
 * PutDeliverabilityDashboardOption: replaces the options. The dashboard can be enabled only if the operator has what its
 * reports are made of. Disabling it drops the domains.
 */
export function putDeliverabilityDashboardOption({
  database,
  settings,
  dnsbl,
}: Pick<DeliverabilityServices, "database" | "settings" | "dnsbl">): Handler<"PutDeliverabilityDashboardOption"> {
  return async ({ DashboardEnabled: enabled = false, SubscribedDomains: given = [] }, { now }) => {
    if (!enabled) {
      await storeDashboard(database, { enabled, domains: [] });
      return {};
    }
    if (dnsbl.lists.length === 0 && !(await hasEnabledSeeds(database))) throw errors.dashboardUnavailable();
    const before = new Map((await selectDashboard(database)).domains.map((one) => [one.Domain, one]));
    const domains = new Map<string, DomainDeliverabilityTrackingOption>();
    for (const { Domain, InboxPlacementTrackingOption } of given) {
      const name = await verifiedDomain(settings, Domain);
      if (domains.has(name)) throw errors.subscribedDomainTwice(name);
      const SubscriptionStartDate = before.get(name)?.SubscriptionStartDate ?? now;
      domains.set(name, { Domain: name, SubscriptionStartDate, InboxPlacementTrackingOption });
    }
    await storeDashboard(database, { enabled, domains: [...domains.values()] });
    return {};
  };
}

/** The name of a domain identity that is verified. Throws "not found" for any other. */
async function verifiedDomain(settings: AccountSettings, domain = ""): Promise<string> {
  if (domain === "") throw errors.subscribedDomainMissing();
  const name = normalizeIdentityName(domain)?.name;
  const identity = name === undefined ? undefined : await settings.identityNamed(name);
  if (identity?.type !== "DOMAIN" || !identity.verified) throw errors.subscribedDomainNotVerified(domain);
  return identity.name;
}
