/** The accounts of an installation: creating, listing and deleting them. */
import { randomInt } from "node:crypto";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { countMessagesOfScopes } from "../stores/clickhouse/scope-events.ts";
import type { Database } from "../stores/postgres/database.ts";
import { deleteAccount, insertAccount, type ListedAccount, selectAccounts } from "../stores/postgres/scopes.ts";
import type { Scopes } from "./scopes.ts";

/** An account as it may be shown. */
export interface Account extends Pick<ListedAccount, "id" | "name" | "regions"> {
  /** Undefined for the default account, with which every installation begins. */
  readonly createdAt: Date | undefined;
}

export interface NewAccount {
  /** Twelve digits; random ones if undefined. */
  readonly id: string | undefined;
  readonly name: string;
}

/** An account can't be created or deleted. The message is for people. */
export class AccountError extends Error {
  override name = "AccountError";
  readonly kind: "invalid" | "unknown" | "conflict";

  constructor(kind: AccountError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface Accounts {
  /** Creates an account. Throws an `AccountError` for invalid input, a taken ID, or if there are too many. */
  create(account: NewAccount): Promise<Account>;
  /** All accounts, the default one first, then the oldest. */
  list(): Promise<Account[]>;
  /** Deletes an account. Throws an `AccountError` if there is none, if it is the default one, or if it has anything left. */
  delete(id: string): Promise<void>;
}

/** Of an installation. */
export const mostAccounts = 1000;
const longestName = 256;

export function createAccounts(services: {
  database: Database;
  events: Pick<EventDatabase, "client" | "isUnused">;
  /** Told of deletions. */
  scopes?: Pick<Scopes, "forgetNames">;
  clock: () => Date;
}): Accounts {
  const { database, events, scopes, clock } = services;
  const recorded = async (scopes: readonly number[]) => [
    { what: "recorded messages", count: await countMessagesOfScopes(events, scopes) },
  ];
  return {
    async create({ id, name }) {
      check({ id, name });
      const createdAt = clock();
      // A random ID is hardly ever taken.
      for (let tries = 0; tries < 5; tries++) {
        const account = { id: id ?? randomId(), name, createdAt };
        const outcome = await insertAccount(database, account, mostAccounts);
        if (outcome === "created") return { ...account, regions: [] };
        if (outcome === "full") {
          throw new AccountError("conflict", `there are ${mostAccounts} accounts, the maximum: delete some first`);
        }
        if (id !== undefined) throw new AccountError("conflict", `there is already an account ${id}`);
      }
      throw new AccountError("conflict", "found no free account ID: try again, or choose one");
    },
    async list() {
      const accounts = await selectAccounts(database);
      return accounts.map(({ createdAt, ...account }) => ({ ...account, createdAt: createdAt ?? undefined }));
    },
    async delete(id) {
      const outcome = isAccountId(id) ? await deleteAccount(database, id, recorded) : "unknown";
      if (outcome === "deleted") return scopes?.forgetNames();
      if (outcome === "unknown") throw new AccountError("unknown", `there is no account ${id}`);
      if (outcome === "default") throw new AccountError("conflict", `${id} is the default account, which stays`);
      const left = outcome.map(({ what, count }) => `${count} ${what}`).join(", ");
      throw new AccountError("conflict", `the account ${id} still has ${left}`);
    },
  };
}

/** Whether a text is an AWS account ID. */
export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}

function check({ id, name }: NewAccount): void {
  if (id !== undefined && !isAccountId(id)) throw new AccountError("invalid", "the ID of an account is twelve digits");
  if (name.length > longestName || /[\p{Cc}\p{Cs}]/u.test(name)) {
    throw new AccountError(
      "invalid",
      `the name of an account has at most ${longestName} characters, none of them control characters`,
    );
  }
}

/** Like those of AWS, never with a zero first, which spreadsheets drop. */
function randomId(): string {
  return String(randomInt(1, 10)) + String(randomInt(10 ** 11)).padStart(11, "0");
}
