import type { Handler } from "../../contract/v1/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { listConfigurationSets as listInV2, MAX_PAGE_SIZE } from "../configuration-sets/list-configuration-sets.ts";

/** ListConfigurationSets: ordered by name. As the model says, a page has up to 1,000 sets unless MaxItems is given. */
export function listConfigurationSets(services: { database: ScopedQueryable }): Handler<"ListConfigurationSets"> {
  const list = listInV2(services);
  return async ({ MaxItems = MAX_PAGE_SIZE, NextToken }, context) => {
    const page = await list({ PageSize: MaxItems, NextToken }, context);
    return { ConfigurationSets: page.ConfigurationSets?.map((Name) => ({ Name })), NextToken: page.NextToken };
  };
}
