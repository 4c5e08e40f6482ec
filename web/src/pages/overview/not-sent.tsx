/** Says which events the mirror has never brought: their counts are not known, and a 0 would look true. */
import { Alert, List, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { TypesNotSent } from "../../../../src/admin-api/overview.ts";
import { scopeLabel, scopesQuery } from "../../api/scopes.ts";
import { notSentNames } from "./rates.ts";

export function NotSent({ notSent = [] }: { notSent: readonly TypesNotSent[] | undefined }) {
  const { data: scopes } = useQuery(scopesQuery);
  if (notSent.length === 0) return null;
  return (
    <Alert color="blue" variant="light" icon={<IconInfoCircle aria-hidden />} title="Not sent by the mirror’s source">
      <List size="sm" spacing={4}>
        {notSent.map(({ account, region, types }) => (
          <List.Item key={`${account} ${region}`}>
            {scopeLabel({ account, region }, scopes)}: {types.map((type) => notSentNames[type]).join(", ")}
          </List.Item>
        ))}
      </List>
      <Text size="sm" mt="xs">
        No such event has arrived so far. Counts of these events are not complete here, and rates that need them are
        “–”.
      </Text>
    </Alert>
  );
}
