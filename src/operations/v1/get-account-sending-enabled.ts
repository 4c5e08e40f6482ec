import type { Handler } from "../../contract/v1/types.ts";
import { selectAccount } from "../../stores/postgres/account.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";

/** GetAccountSendingEnabled: whether the account may send. */
export function getAccountSendingEnabled(database: ScopedQueryable): Handler<"GetAccountSendingEnabled"> {
  return async () => ({ Enabled: (await selectAccount(database)).sendingEnabled });
}
