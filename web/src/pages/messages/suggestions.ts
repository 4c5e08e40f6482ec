/** What filters are offered: providers that mail went to of late, and the account's configuration sets, identities and tenants. */
import { useQuery } from "@tanstack/react-query";
import { readOverview } from "../../api/admin.ts";
import { ses } from "../../api/ses.ts";
import { lastDays } from "../../time/period.ts";

const keptMs = 5 * 60_000;

/** Empty where they are not known: filters can be typed as well. */
export function useSuggestions() {
  const { data: providers = [] } = useQuery({
    queryKey: ["suggestions", "providers"],
    queryFn: async ({ signal }) => {
      const { breakdown } = await readOverview({ ...lastDays(30, new Date(), "UTC"), by: "isp" }, signal);
      return breakdown.map(({ value }) => value).filter((value) => value !== "");
    },
    staleTime: keptMs,
  });
  const { data: configurationSets = [] } = useQuery({
    queryKey: ["suggestions", "configuration sets"],
    queryFn: async ({ signal }) =>
      (await ses("ListConfigurationSets", { PageSize: 1000 }, signal)).ConfigurationSets ?? [],
    staleTime: keptMs,
  });
  const { data: identities = [] } = useQuery({
    queryKey: ["suggestions", "identities"],
    queryFn: async ({ signal }) => {
      const { EmailIdentities = [] } = await ses("ListEmailIdentities", { PageSize: 1000 }, signal);
      return EmailIdentities.flatMap(({ IdentityName }) => IdentityName ?? []);
    },
    staleTime: keptMs,
  });
  const { data: tenants = [] } = useQuery({
    queryKey: ["suggestions", "tenants"],
    queryFn: async ({ signal }) => {
      const { Tenants = [] } = await ses("ListTenants", { PageSize: 100 }, signal);
      return Tenants.flatMap(({ TenantName }) => TenantName ?? []);
    },
    staleTime: keptMs,
  });
  return { providers, configurationSets, identities, tenants };
}
