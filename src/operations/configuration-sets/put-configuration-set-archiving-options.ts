import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateConfigurationSetArchive } from "../../stores/postgres/archives.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { archiveIn } from "./archive-arn.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";

/** PutConfigurationSetArchivingOptions: replaces them. Without an ARN, mail is not archived any more. */
export function putConfigurationSetArchivingOptions(
  services: SettingsServices & { database: ScopedDatabase },
): Handler<"PutConfigurationSetArchivingOptions"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const archive = await archiveIn(services.database, input.ArchiveArn);
    const outcome = await changeSettings(services.settings, "configurationSets", () =>
      updateConfigurationSetArchive(services.database, name, archive),
    );
    if (outcome === "no-set") throw errors.configurationSetNotFound(name);
    if (outcome === "no-archive") throw errors.archiveNotFound(input.ArchiveArn ?? "");
    return {};
  };
}
