import { errors } from "../../contract/errors.ts";
import { defaultPool } from "../../dedicated-ips/pool-names.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { poolExists } from "../../stores/postgres/dedicated-ip-pools.ts";

/** Throws "not found" unless addresses can be in this pool. */
export async function checkPoolExists(database: ScopedQueryable, name: string): Promise<void> {
  if (name !== defaultPool && !(await poolExists(database, name))) throw errors.poolNotFound(name);
}
