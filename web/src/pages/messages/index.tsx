/** The search of messages: what is searched by, how many there are, and the rows as one scrolls. */
import { Alert, Button, Center, Group, Loader, Stack, Text } from "@mantine/core";
import { IconArrowUp, IconDownload, IconMailOff } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import type { MessageFilters } from "../../../../src/admin-api/message-search.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { LoadingRows } from "../../components/loading-rows.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { formatCount } from "../../time/format.ts";
import { useZone, zoneName } from "../../time/zone.tsx";
import { useMessageSearch } from "./message-search.ts";
import { ResultsTable } from "./results-table.tsx";
import { SearchForm } from "./search-form.tsx";

const route = getRouteApi("/pages/messages");

export function MessagesPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const search = (changed: MessageFilters, typing = false) =>
    navigate({ search: (before) => ({ ...before, ...changed }), replace: typing, resetScroll: false });
  return (
    <PageFrame
      title="Messages"
      wide
      actions={
        <ButtonLink
          to="/exports/new"
          search={filters}
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          Export this search
        </ButtonLink>
      }
    >
      <SearchForm filters={filters} search={search} clear={() => navigate({ search: {} })} />
      <Results filters={filters} />
    </PageFrame>
  );
}

function Results({ filters }: { filters: MessageFilters }) {
  const { rows, fresh, more, showNewest, count, behind, pages } = useMessageSearch(filters);
  const { zone } = useZone();
  if (!rows) {
    if (!pages.isError) return <LoadingRows rows={12} />;
    return <ErrorAlert title="The messages could not be read" error={pages.error} retry={() => void pages.refetch()} />;
  }
  const show = () => {
    showNewest();
    window.scrollTo({ top: 0 });
  };
  return (
    <Stack gap="xs">
      <Group justify="space-between" mih={36} gap="xs">
        <Text role="status" size="sm">
          <b>{count === undefined ? "Counting" : formatCount(count)}</b>
          {count === undefined ? "" : count === 1 ? " message" : " messages"}
          <Text span c="dimmed" size="sm">
            , one for each recipient; times of {zoneName(zone, new Date())}
          </Text>
        </Text>
        {fresh > 0 && rows.length > 0 && (
          <Button size="xs" variant="light" leftSection={<IconArrowUp size={16} aria-hidden />} onClick={show}>
            {formatCount(fresh)}
            {more && " or more"} new
          </Button>
        )}
      </Group>
      {behind && (
        <Alert color="blue" variant="light">
          More happens than can be shown at once: the newest mail is still missing here.
        </Alert>
      )}
      {rows.length === 0 ? (
        <NothingFound any={Object.values(filters).some((value) => value !== undefined)} />
      ) : (
        <ResultsTable rows={rows} count={count} readOn={() => void readOn(pages)} />
      )}
      <End rows={rows.length} pages={pages} />
    </Stack>
  );
}

type Pages = ReturnType<typeof useMessageSearch>["pages"];

async function readOn({ hasNextPage, isFetching, isFetchNextPageError, fetchNextPage }: Pages): Promise<void> {
  // What failed is tried again when somebody says so.
  if (hasNextPage && !isFetching && !isFetchNextPageError) await fetchNextPage();
}

function End({ rows, pages }: { rows: number; pages: Pages }) {
  const { isFetchNextPageError, error, fetchNextPage, hasNextPage } = pages;
  if (isFetchNextPageError) {
    return <ErrorAlert title="The next messages could not be read" error={error} retry={() => void fetchNextPage()} />;
  }
  if (hasNextPage) {
    return (
      <Center h={44} role="status" aria-label="Reading on">
        <Loader type="dots" size="sm" />
      </Center>
    );
  }
  if (rows < 20) return null;
  return (
    <Text ta="center" size="sm" c="dimmed" py="sm">
      These are all.
    </Text>
  );
}

function NothingFound({ any }: { any: boolean }) {
  if (!any) {
    return (
      <EmptyState
        title="No mail yet"
        description="What is sent through this server appears here at once."
        icon={<IconMailOff aria-hidden />}
        action={
          <ButtonLink to="/start" variant="default">
            How to send
          </ButtonLink>
        }
      />
    );
  }
  return (
    <EmptyState
      title="No message is like this"
      description="An address must be the whole address, or have a * at its beginning or end. Fewer filters find more."
      icon={<IconMailOff aria-hidden />}
    />
  );
}
