/** The account and region that the pages are about: what it is, and the choice of another. Nothing where there is only one. */
import { Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import type { ScopeChoices } from "../../../src/admin-api/scopes.ts";
import { chosenScope, isChosen, type ScopeChoice, scoped } from "../api/scope.ts";
import { accountLabel, hasChoice, scopeLabel, scopesQuery, useResourceScope } from "../api/scopes.ts";

/** The value of the choice of all. */
const all = "all";

export function ScopeSwitch() {
  const { data: choices } = useQuery(scopesQuery);
  const { shown, mayBeAll, scope } = useShown(choices);
  if (!choices || !scope || !hasChoice(choices)) return null;
  const { accounts } = choices;
  const severalAccounts = accounts.length > 1;
  const regions = accounts.find(({ id }) => id === scope.account)?.regions ?? [];
  const regionOfOther = (account: string) => {
    const theirs = accounts.find(({ id }) => id === account)?.regions ?? [];
    return theirs.includes(scope.region) ? scope.region : (theirs[0] ?? choices.region);
  };
  const toAll = (name: string) => (mayBeAll ? [{ value: all, label: name }] : []);
  return (
    <Stack gap="xs" px="sm" pb="md" component="section" aria-label="Account and region">
      {severalAccounts && (
        <Select
          label="Account"
          size="xs"
          searchable
          allowDeselect={false}
          limit={100}
          nothingFoundMessage="No account matches"
          data={[
            ...toAll("All accounts"),
            ...withShown(
              accounts.map(({ id }) => ({ value: id, label: accountLabel(id, choices) })),
              scope.account,
            ),
          ]}
          value={shown === all ? all : scope.account}
          onChange={(value) => {
            if (value === all) show({});
            else if (value !== null) show({ account: value, region: regionOfOther(value) });
          }}
        />
      )}
      {(shown !== all || !severalAccounts) && regions.length > 1 && (
        <Select
          label="Region"
          size="xs"
          searchable={regions.length > 10}
          allowDeselect={false}
          data={[
            ...(severalAccounts ? [] : toAll("All regions")),
            ...withShown(
              regions.map((region) => ({ value: region, label: region })),
              scope.region,
            ),
          ]}
          value={shown === all ? all : scope.region}
          onChange={(value) => {
            if (value === all) show({});
            else if (value !== null) show({ account: severalAccounts ? scope.account : undefined, region: value });
          }}
        />
      )}
    </Stack>
  );
}

/**
 * Says which account and region a page is about where the switch does not: on a phone it is in the menu; and a page that
 * can't show all shows the default where all are chosen.
 */
export function ScopeLine() {
  const { data: choices } = useQuery(scopesQuery);
  const { shown, scope } = useShown(choices);
  if (!choices || !scope || !hasChoice(choices)) return null;
  const several = choices.accounts.length > 1;
  const instead = shown !== all && choices.operator && !isChosen(chosenScope);
  return (
    <Text size="sm" c="dimmed" mb="sm" hiddenFrom={instead ? undefined : "sm"} style={{ overflowWrap: "anywhere" }}>
      {shown === all ? (several ? "All accounts" : "All regions") : scopeLabel(scope, choices)}
    </Text>
  );
}

function useShown(choices: ScopeChoices | undefined) {
  const path = useLocation({ select: ({ pathname }) => pathname });
  const scope = useResourceScope();
  const mayBeAll = choices?.operator === true && showsAll(path);
  return { scope, mayBeAll, shown: mayBeAll && !isChosen(chosenScope) ? all : "one" } as const;
}

/** Whether a page can show all accounts: those of messages and alerts, and of what concerns the whole server. */
function showsAll(path: string): boolean {
  const [, page = ""] = path.split("/");
  return ["", "messages", "queue", "alerts", "accounts"].includes(page);
}

/** With what is shown, though it can't be chosen: an address may name anything. */
function withShown(options: { value: string; label: string }[], value: string) {
  return options.some((option) => option.value === value) ? options : [...options, { value, label: value }];
}

/** Opens the page for a scope. Another has other resources: the page of one becomes that of all. */
function show(scope: ScopeChoice): void {
  const [, page = "", ...deeper] = location.pathname.split("/");
  location.assign(scoped(`/${page}${deeper.length === 0 ? location.search : ""}`, scope));
}
