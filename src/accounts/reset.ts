/**
 * Resets accounts in regions for test suites: everything that belongs to one is gone at once, because it gets a new, empty
 * scope; what belonged to the old one is deleted in the background. Work in progress ends in the old scope, where nobody
 * sees it. Accounts, access keys and the installation's keys stay.
 */
import type { Database } from "../stores/postgres/database.ts";
import { type ReplacedScope, retireScopes } from "../stores/postgres/retired-scopes.ts";
import type { ScopeSweeper } from "./scope-sweeper.ts";
import type { Scopes } from "./scopes.ts";

export interface Reset {
  /** Resets a scope, or all of them if it is undefined. Takes no longer with more data. */
  reset(scope: number | undefined): Promise<void>;
}

export interface ResetServices {
  database: Database;
  scopes: Pick<Scopes, "replaced">;
  sweeper: Pick<ScopeSweeper, "wake">;
  /** Called before the reset resolves: for what roles keep in memory. */
  replaced(scopes: readonly ReplacedScope[]): void;
  /** Called for jobs that were deleted. */
  cancelled(jobId: string): void;
  clock: () => Date;
}

export function createReset({ database, scopes, sweeper, replaced, cancelled, clock }: ResetServices): Reset {
  return {
    async reset(scope) {
      const done = await retireScopes(database, scope === undefined ? undefined : [scope], clock());
      scopes.replaced(done.replaced);
      replaced(done.replaced);
      for (const job of done.jobs) cancelled(job);
      sweeper.wake();
    },
  };
}
