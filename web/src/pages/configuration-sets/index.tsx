/** All configuration sets, by name. */
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAdjustments } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { usePages } from "../../api/pages.ts";
import { ses } from "../../api/ses.ts";
import { DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { TextLink } from "../../components/links.tsx";
import { Loaded, MoreButton } from "../../components/loaded.tsx";
import { NameFilter } from "../../components/name-filter.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { configurationSetsKey } from "./configuration-sets.ts";
import { NewConfigurationSet } from "./new-configuration-set.tsx";
import { SendingBadge } from "./sending-badge.tsx";

const route = getRouteApi("/pages/configuration-sets");

/** SES looks for no less of a name. */
const leastLetters = 3;
/** Of each row the state is asked for, too: the list has names only. */
const pageSize = 25;

export function ConfigurationSetsPage() {
  const { name } = route.useSearch();
  const navigate = route.useNavigate();
  const [creating, { open, close }] = useDisclosure(false);
  const filter = name !== undefined && name.length >= leastLetters ? name : undefined;
  const query = usePages([configurationSetsKey, filter], (token, signal) =>
    ses(
      "ListConfigurationSets",
      {
        NextToken: token,
        PageSize: pageSize,
        Filter: filter === undefined ? undefined : { CONFIGURATION_SET_NAME_CONTAINS: filter },
      },
      signal,
    ),
  );
  const some = filter !== undefined || query.data?.pages.some(({ ConfigurationSets = [] }) => ConfigurationSets.length);
  return (
    <PageFrame
      title="Configuration sets"
      about="How groups of mail are sent: mail that names a set goes by its rules."
      actions={<Button onClick={open}>New configuration set</Button>}
    >
      {some && (
        <NameFilter
          name={name ?? ""}
          about={`A part of it, of ${leastLetters} letters or more`}
          onSearch={(text) => void navigate({ search: { name: text || undefined }, replace: true })}
        />
      )}
      <Loaded query={query} failed="The configuration sets could not be read">
        {({ pages }) => {
          const names = pages.flatMap(({ ConfigurationSets = [] }) => ConfigurationSets);
          if (names.length === 0) return <NoSets filter={filter} />;
          return (
            <DataTable
              label="Configuration sets"
              rows={names}
              rowKey={(set) => set}
              columns={[
                {
                  title: "Name",
                  cell: (set) => (
                    <TextLink to="/configuration-sets/$name" params={{ name: set }}>
                      {set}
                    </TextLink>
                  ),
                },
                { title: "Sending", cell: (set) => <SendingBadge name={set} /> },
                {
                  title: "Mail",
                  cell: (set) => (
                    <TextLink
                      to="/messages"
                      search={{ configurationSet: set }}
                      size="sm"
                      aria-label={`Messages sent with ${set}`}
                    >
                      Messages
                    </TextLink>
                  ),
                },
              ]}
            />
          );
        }}
      </Loaded>
      <MoreButton query={query} />
      {creating && (
        <NewConfigurationSet
          close={close}
          done={(created) => void navigate({ to: "/configuration-sets/$name", params: { name: created } })}
        />
      )}
    </PageFrame>
  );
}

function NoSets({ filter }: { filter: string | undefined }) {
  if (filter !== undefined) {
    return (
      <EmptyState
        title="No name matches"
        description={`There is no configuration set with “${filter}” in its name.`}
        icon={<IconAdjustments aria-hidden />}
      />
    );
  }
  return (
    <EmptyState
      title="There is no configuration set yet"
      description="One for each kind of mail, such as invoices and news, lets you pause it, see its figures apart, and choose for it alone how it is delivered, tracked and held to the suppression list."
      icon={<IconAdjustments aria-hidden />}
    />
  );
}
