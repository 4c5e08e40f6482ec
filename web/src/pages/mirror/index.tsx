/** The mirror: sources that bring the events of real SES accounts. */
import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowsRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { MirrorSource } from "../../../../src/admin-api/mirror.ts";
import { DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { TextLink } from "../../components/links.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { NewSource } from "./new-source.tsx";
import { SourceAlerts } from "./source-alerts.tsx";
import { SourceStatus } from "./source-status.tsx";
import { kinds, sourcesQuery } from "./sources.ts";

export function MirrorPage() {
  const [adding, { open, close }] = useDisclosure(false);
  const query = useQuery(sourcesQuery);
  return (
    <PageFrame
      title="Mirror"
      about="Events of your Amazon SES accounts, to search, keep and export them here."
      actions={<Button onClick={open}>New source</Button>}
    >
      <SourceAlerts />
      <Loaded query={query} failed="The sources could not be read">
        {({ sources }) => (sources.length === 0 ? <NoSources /> : <SourceRows sources={sources} />)}
      </Loaded>
      {adding && <NewSource close={close} />}
    </PageFrame>
  );
}

function SourceRows({ sources }: { sources: readonly MirrorSource[] }) {
  return (
    <DataTable
      label="Sources"
      rows={sources}
      rowKey={({ id }) => id}
      columns={[
        {
          title: "Name",
          cell: ({ id, name }) => (
            <TextLink to="/mirror/$id" params={{ id }}>
              {name}
            </TextLink>
          ),
        },
        { title: "Kind", cell: ({ kind }) => <Text size="sm">{kinds[kind].name}</Text> },
        { title: "Status", cell: ({ status }) => <SourceStatus status={status} /> },
        { title: "Accounts", cell: ({ accounts }) => <Text size="sm">{accounts.join(", ")}</Text> },
        { title: "Last event", cell: ({ checklist }) => <LastEvent at={checklist.eventAt} /> },
        { title: "Put aside", numeric: true, cell: ({ recordsSetAside }) => recordsSetAside.toLocaleString("en") },
      ]}
    />
  );
}

function LastEvent({ at }: { at: string | undefined }) {
  return at === undefined ? <Text size="sm">None yet</Text> : <Time at={at} format={formatMinute} />;
}

function NoSources() {
  return (
    <EmptyState
      title="There is no source yet"
      description="A source brings the events of an Amazon SES account: from an SQS queue, an SNS topic, Firehose or EventBridge. Mirrored mail has insights, metrics, exports and search like mail that is sent here."
      icon={<IconArrowsRight aria-hidden />}
    />
  );
}
