/** One round of checks of the domains that are due. */

import { inScope } from "../stores/postgres/database.ts";
import { type DueIdentity, putIdentityCheck, selectDueIdentities } from "../stores/postgres/identity-checks.ts";
import { deleteFixedRecommendations } from "../stores/postgres/recommendations.ts";
import { type CheckIdentityServices, checkIdentity, retryMs } from "./check-identity.ts";
import { keptMs } from "./kept.ts";

export interface CheckDueServices extends CheckIdentityServices {
  /** Called for each check that fails. The round continues with the next domain. */
  failed: (error: unknown, due: DueIdentity) => void;
}

/** The maximum number of domains per round, and how many are checked at a time. */
const most = 100;
const atOnce = 4;

/**
 * Checks the domains of all scopes that are due, and deletes recommendations that were fixed long ago. Resolves to
 * whether more domains may be due. Stops between two domains once `stopping` aborts.
 */
export async function checkDue(services: CheckDueServices, stopping: AbortSignal): Promise<boolean> {
  const { database, proving, clock, failed } = services;
  const now = clock();
  const due = await selectDueIdentities(database, { now, verified: proving === "asked", limit: most });
  const work = [...due];
  let done = 0;
  const takeOver = async () => {
    for (let next = work.shift(); next !== undefined && !stopping.aborted; next = work.shift()) {
      try {
        await checkIdentity(services, next);
        done++;
      } catch (error) {
        failed(error, next);
        await postpone(services, next);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, takeOver));
  await deleteFixedRecommendations(database, new Date(now.getTime() - keptMs));
  return done > 0 && due.length === most;
}

/** Lets others go first. */
async function postpone({ database, clock, failed }: CheckDueServices, due: DueIdentity): Promise<void> {
  try {
    await putIdentityCheck(inScope(database, due.scope), due, new Date(clock().getTime() + retryMs));
  } catch (error) {
    failed(error, due);
  }
}
