/**
 * The account and region that the pages are about, as `?account=…&region=…` in the address says. They stay what they are
 * until the document is loaded anew, so that no answer about one account can be taken for that of another: a link to
 * another account is a plain link, not one of the router.
 */

/** An account and a region; of what is undefined, the server knows the default. */
export interface ScopeChoice {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** The names of the parameters, in addresses of pages as in those of the APIs. */
export const scopeNames = ["account", "region"] as const satisfies readonly (keyof ScopeChoice)[];

// Tests run without a document.
const { location: address }: { location?: { search: string } } = Object(globalThis);

/** What was chosen for this document; nothing where all accounts are shown, or there is only one. */
export const chosenScope: ScopeChoice = readScope(address?.search ?? "");

/** The choice in the query of an address. */
function readScope(query: string): ScopeChoice {
  const parameters = new URLSearchParams(query);
  return { account: parameters.get("account") || undefined, region: parameters.get("region") || undefined };
}

/** Whether an account or a region was chosen. */
export function isChosen({ account, region }: ScopeChoice): boolean {
  return account !== undefined || region !== undefined;
}

/**
 * The path with its query, of an API or a page, for a scope: the one of this document unless another is given.
 * What the path says of a scope already is replaced.
 */
export function scoped(path: string, scope: ScopeChoice = chosenScope): string {
  if (!isChosen(scope) && !/[?&](account|region)=/.test(path)) return path;
  const mark = path.indexOf("?");
  const [before, query] = mark < 0 ? [path, ""] : [path.slice(0, mark), path.slice(mark + 1)];
  const parameters = new URLSearchParams(query);
  for (const name of scopeNames) {
    const value = scope[name];
    if (value === undefined) parameters.delete(name);
    else parameters.set(name, value);
  }
  const text = parameters.toString();
  return text === "" ? before : `${before}?${text}`;
}
