/** The accounts and regions that can be chosen, and the one that a page is about. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { ScopeChoices } from "../../../src/admin-api/scopes.ts";
import { requestJson } from "./request.ts";
import { chosenScope, isChosen, type ScopeChoice } from "./scope.ts";

/** What can be chosen. A choice that the server refuses does not keep from it. */
export const scopesQuery = queryOptions({
  queryKey: ["scopes"],
  queryFn: ({ signal }) => requestJson<ScopeChoices>("GET", "/admin/scopes", { signal, scope: {} }),
  staleTime: 60_000,
});

/** An account in a region. */
export interface NamedScope {
  readonly account: string;
  readonly region: string;
}

/** The scope that resources and changes on a page belong to: the chosen one, else the default; undefined until known. */
export function useResourceScope(): NamedScope | undefined {
  const { data } = useQuery(scopesQuery);
  if (!data) return undefined;
  return { account: chosenScope.account ?? data.account, region: chosenScope.region ?? data.region };
}

/** Whether there is more than one account or region to choose from. */
export function hasChoice({ accounts }: ScopeChoices): boolean {
  return accounts.reduce((sum, { regions }) => sum + Math.max(1, regions.length), 0) > 1;
}

/** Whether messages of several accounts or regions may be shown, so that each must say which is its own. */
export function useShowsAll(): boolean {
  const { data } = useQuery(scopesQuery);
  return data?.operator === true && !isChosen(chosenScope) && hasChoice(data);
}

/** The account's name with its ID, such as `Web shop (123456789012)`. */
export function accountLabel(account: string, choices: ScopeChoices | undefined): string {
  const name = choices?.accounts.find(({ id }) => id === account)?.name ?? "";
  return name === "" ? account : `${name} (${account})`;
}

/** `Web shop (123456789012), us-east-1`. */
export function scopeLabel({ account, region }: NamedScope, choices: ScopeChoices | undefined): string {
  return `${accountLabel(account, choices)}, ${region}`;
}

/** A scope as the value of an option. */
export const scopeValue = ({ account, region }: NamedScope): string => `${account} ${region}`;

/** The scope of such a value. */
export function scopeOfValue(value: string): ScopeChoice {
  const [account, region] = value.split(" ");
  return { account, region };
}
