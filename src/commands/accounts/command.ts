/**
 * `mailglass accounts`: creates, lists and deletes accounts, in the server that runs on the configured port, or else in
 * the stores that it would use.
 */
import type { FastifyBaseLogger } from "fastify";
import { type Account, AccountError, type Accounts, createAccounts } from "../../accounts/accounts.ts";
import type { Config } from "../../config/config.ts";
import { findRunningServer } from "../running-server.ts";
import { textTable } from "../text-table.ts";
import { type AccountsCall, readAccountsCall, UsageError, usage } from "./command-line.ts";
import { remoteAccounts } from "./remote-accounts.ts";

/** Runs the command; resolves to the exit code: 2 for invalid arguments, 1 if it failed. */
export async function accountsCommand(
  args: readonly string[],
  config: Config,
  log: FastifyBaseLogger,
): Promise<number> {
  try {
    const call = readAccountsCall(args);
    if (call.name === "help") console.log(usage);
    else await withAccounts(config, log, (accounts) => manage(call, accounts));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof AccountError)) throw error;
    console.error(`mailglass accounts: ${error.message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function withAccounts(
  config: Config,
  log: FastifyBaseLogger,
  work: (accounts: Accounts) => Promise<void>,
): Promise<void> {
  const server = await findRunningServer(config);
  if (server) return work(remoteAccounts(server));
  // Import only when needed: loading the database engines takes a second.
  const { Closers, openStores } = await import("../../server/open-stores.ts");
  const closers = new Closers();
  try {
    const { database, events } = await openStores(config, log, closers);
    await work(createAccounts({ database, events, clock: () => new Date() }));
  } finally {
    await closers.close();
  }
}

async function manage(call: Exclude<AccountsCall, { name: "help" }>, accounts: Accounts): Promise<void> {
  switch (call.name) {
    case "create": {
      const created = await accounts.create({ id: call.id, name: call.accountName });
      return console.log(call.json ? JSON.stringify(created) : `Account ${created.id} is created.`);
    }
    case "list": {
      const listed = await accounts.list();
      return console.log(call.json ? JSON.stringify(listed) : table(listed));
    }
    case "delete":
      await accounts.delete(call.id);
      return console.log(`Account ${call.id} is deleted.`);
  }
}

function table(accounts: readonly Account[]): string {
  const rows = accounts.map(({ id, createdAt, regions, name }) => [
    id,
    createdAt ? `${createdAt.toISOString().slice(0, 16)}Z` : "default",
    regions.join(","),
    name,
  ]);
  return textTable([["ID", "CREATED", "REGIONS", "NAME"], ...rows]);
}
