import type { Handler } from "../../contract/v1/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { createConfigurationSet as createInV2 } from "../configuration-sets/create-configuration-set.ts";
import type { RedirectDomainServices } from "../configuration-sets/redirect-domain.ts";

/** CreateConfigurationSet. Unlike in v2, the new set's reputation metrics are disabled. */
export function createConfigurationSet(
  services: RedirectDomainServices & { database: ScopedDatabase },
): Handler<"CreateConfigurationSet"> {
  const create = createInV2(services);
  return async (input, context) => {
    const ReputationOptions = { ReputationMetricsEnabled: false };
    await create({ ConfigurationSetName: input.ConfigurationSet?.Name, ReputationOptions }, context);
    return {};
  };
}
