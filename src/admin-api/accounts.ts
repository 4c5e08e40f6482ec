/** Accounts of the installation: `/admin/accounts`. */

export interface Account {
  /** Twelve digits. */
  readonly id: string;
  readonly name: string;
  /** The regions that it has used, by name. */
  readonly regions: readonly string[];
  /** ISO 8601; left out for the default account. */
  readonly createdAt?: string;
}

export interface AccountList {
  /** The default account first, then the oldest. */
  readonly accounts: readonly Account[];
}
