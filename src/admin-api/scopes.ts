/** GET /admin/scopes: the accounts and regions that a caller can choose. */

/** An account, and the regions that can be chosen in it. */
export interface ChoosableAccount {
  /** Twelve digits. */
  readonly id: string;
  readonly name: string;
  /** Those that the settings name and those that it has used, by name. */
  readonly regions: readonly string[];
}

export interface ScopeChoices {
  /** Whether the caller administers the server, and so sees all accounts unless one is chosen. */
  readonly operator: boolean;
  /** The account and region of calls that choose none. */
  readonly account: string;
  readonly region: string;
  /** For operators all, otherwise the caller's own. */
  readonly accounts: readonly ChoosableAccount[];
}
