import { deleteConfigurationSet, insertConfigurationSet } from "../../src/stores/postgres/configuration-sets.ts";
import type { ScopedDatabase } from "../../src/stores/postgres/database.ts";

/** Adds a configuration set whose sending is paused, in place of one of the name that an earlier test may have left. */
export async function insertPausedSet(database: ScopedDatabase, name: string): Promise<void> {
  await deleteConfigurationSet(database, name);
  const options = {
    ...{ trackingOptions: null, deliveryOptions: null, suppressionOptions: null, vdmOptions: null },
    ...{ signingScheme: null, archive: null },
  };
  const rest = { sendingEnabled: false, reputationMetricsEnabled: false, lastFreshStart: null, tags: [] };
  await insertConfigurationSet(database, { name, ...options, ...rest }, 10);
}
