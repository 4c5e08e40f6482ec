import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { withArchive } from "../../stores/postgres/archives.ts";
import { insertConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { ScopedDatabase, ScopedQueryable } from "../../stores/postgres/database.ts";
import { changeSettings } from "../account/settings.ts";
import { checkTags } from "../tags.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";
import { readConfigurationSetOptions } from "./configuration-set-options.ts";
import type { RedirectDomainServices } from "./redirect-domain.ts";

/** SES's quota for an account. */
const MAX_CONFIGURATION_SETS = 10_000;

/** CreateConfigurationSet. SES checks the name, the tags, the options, and then whether the name is taken. */
export function createConfigurationSet(
  services: RedirectDomainServices & { database: ScopedDatabase },
): Handler<"CreateConfigurationSet"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const tags = checkTags(input.Tags);
    const options = await readConfigurationSetOptions(services, input);
    const insert = (database: ScopedQueryable) =>
      insertConfigurationSet(database, { name, tags, ...options }, MAX_CONFIGURATION_SETS);
    const outcome = await changeSettings(services.settings, "configurationSets", () =>
      options.archive === null ? insert(services.database) : withArchive(services.database, options.archive, insert),
    );
    if (outcome === "no-archive") throw errors.archiveNotFound(input.ArchivingOptions?.ArchiveArn ?? "");
    if (outcome === "exists") throw errors.configurationSetExists(name);
    if (outcome === "full") throw errors.configurationSetLimit(MAX_CONFIGURATION_SETS);
    return {};
  };
}
