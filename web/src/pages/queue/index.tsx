/** What waits to be delivered, for which domains, and why. */
import { Group, Paper, SimpleGrid, Text } from "@mantine/core";
import { IconClock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { QueuedDomain, SendQueue } from "../../../../src/admin-api/queue.ts";
import { readQueue } from "../../api/admin.ts";
import { DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { formatCount, formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";

/** How often the queue is looked at: no event tells of a claim. */
const lookMs = 3_000;

export function QueuePage() {
  const query = useQuery({
    queryKey: ["queue"],
    queryFn: ({ signal }) => readQueue(signal),
    refetchInterval: lookMs,
  });
  return (
    <PageFrame title="Queue" about="Mail that was accepted and waits to be delivered." wide>
      <Loaded query={query} failed="The queue could not be read">
        {(queue) => (
          <>
            <Totals queue={queue} />
            <Domains domains={queue.domains} />
          </>
        )}
      </Loaded>
    </PageFrame>
  );
}

function Totals({ queue: { due, claimed, waiting, paused } }: { queue: SendQueue }) {
  const figures = [
    { label: "Due", value: due, about: "goes out next" },
    { label: "On its way", value: claimed, about: "held by a worker" },
    { label: "Waiting", value: waiting, about: "for its next try" },
    { label: "Paused", value: paused, about: "by its configuration set" },
  ];
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing={{ base: "xs", sm: "md" }}>
      {figures.map(({ label, value, about }) => (
        <Paper key={label} withBorder p={{ base: "xs", sm: "md" }}>
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          <Group align="baseline" gap="0 8px">
            <Text fz={28} fw={650} style={{ fontVariantNumeric: "tabular-nums" }}>
              {formatCount(value)}
            </Text>
            <Text size="sm" c="dimmed">
              {about}
            </Text>
          </Group>
        </Paper>
      ))}
    </SimpleGrid>
  );
}

function Domains({ domains }: { domains: readonly QueuedDomain[] }) {
  if (domains.length === 0) {
    return (
      <EmptyState
        title="Nothing waits"
        description="All mail that was accepted has gone out or come to its end. Where mail is only captured, none ever waits."
        icon={<IconClock aria-hidden />}
      />
    );
  }
  return (
    <DataTable
      label="Domains that mail waits for"
      rows={domains}
      rowKey={({ domain }) => domain}
      columns={[
        { title: "Domain", cell: ({ domain }) => <Text size="sm">{domain}</Text> },
        { title: "Due", numeric: true, cell: ({ due }) => formatCount(due) },
        { title: "On its way", numeric: true, cell: ({ claimed }) => formatCount(claimed) },
        { title: "Waiting", numeric: true, cell: ({ waiting }) => formatCount(waiting) },
        { title: "Paused", numeric: true, cell: ({ paused }) => formatCount(paused) },
        { title: "Oldest", cell: ({ oldest }) => <Time at={oldest} format={formatMinute} /> },
        {
          title: "Next try",
          cell: ({ nextTry }) => (nextTry === null ? "–" : <Time at={nextTry} format={formatMinute} />),
        },
        { title: "Last failure", cell: ({ lastDiagnostic }) => <Text size="sm">{lastDiagnostic ?? "–"}</Text> },
      ]}
    />
  );
}
