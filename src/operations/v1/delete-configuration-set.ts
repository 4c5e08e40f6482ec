import type { Handler } from "../../contract/v1/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { SettingsServices } from "../account/settings.ts";
import { deleteConfigurationSet as deleteInV2 } from "../configuration-sets/delete-configuration-set.ts";

/** DeleteConfigurationSet. */
export function deleteConfigurationSet(
  services: SettingsServices & { database: ScopedDatabase },
): Handler<"DeleteConfigurationSet"> {
  const remove = deleteInV2(services);
  return async (input, context) => {
    await remove(input, context);
    return {};
  };
}
