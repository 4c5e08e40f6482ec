import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { insertConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import { changeSettings } from "../account/settings.ts";
import { checkTags } from "../tags.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";
import { readConfigurationSetOptions } from "./configuration-set-options.ts";
import type { RedirectDomainServices } from "./redirect-domain.ts";

/** SES's quota for an account. */
const MAX_CONFIGURATION_SETS = 10_000;

/** CreateConfigurationSet. SES checks the name, the tags, the options, and then whether the name is taken. */
export function createConfigurationSet(services: RedirectDomainServices): Handler<"CreateConfigurationSet"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const tags = checkTags(input.Tags);
    const options = await readConfigurationSetOptions(services, input);
    const outcome = await changeSettings(services.settings, "configurationSets", () =>
      insertConfigurationSet(services.database, { name, tags, ...options }, MAX_CONFIGURATION_SETS),
    );
    if (outcome === "exists") throw errors.configurationSetExists(name);
    if (outcome === "full") throw errors.configurationSetLimit(MAX_CONFIGURATION_SETS);
    return {};
  };
}
