/** What the pages know of tenants. */
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { type Answer, ses } from "../../api/ses.ts";

export type Tenant = NonNullable<Answer<"GetTenant">["Tenant"]>;
export type SendingStatus = NonNullable<Tenant["SendingStatus"]>;
export type Reason = "BOUNCE" | "COMPLAINT";

/** What all queries of lists of tenants begin with. */
export const tenantsKey = "tenants";

/** What all queries about one tenant begin with. */
const tenantKey = (name: string) => ["tenant", name];

/** One tenant with all that it says. */
export function tenantQuery(name: string) {
  return queryOptions({
    queryKey: [...tenantKey(name), "settings"],
    queryFn: async ({ signal }) => (await ses("GetTenant", { TenantName: name }, signal)).Tenant ?? {},
  });
}

/** The key of the list of a tenant's resources. */
export const tenantResourcesKey = (name: string) => [...tenantKey(name), "resources"];

/** Reads a tenant and its resources anew once they were changed. */
export function useReadAnew(name: string): () => void {
  const queryClient = useQueryClient();
  return () => void queryClient.invalidateQueries({ queryKey: tenantKey(name) });
}
