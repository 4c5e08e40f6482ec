/** The period by provider, identity, configuration set or tenant. Each row leads to its messages. */
import { Group, Paper, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { createColumnHelper } from "@tanstack/react-table";
import { useMemo } from "react";
import type { MessageFilters } from "../../../../src/admin-api/message-search.ts";
import type { CountedType, Overview, OverviewDimension, OverviewShare } from "../../../../src/admin-api/overview.ts";
import { TextLink } from "../../components/links.tsx";
import { type SortableFeatures, SortableTable } from "../../components/sortable-table.tsx";
import { formatCount, formatRate } from "../../time/format.ts";
import type { Period } from "../../time/period.ts";
import { isMeasured, isUnknown, lackingTypes } from "./rates.ts";

/** What the period can be looked at by. */
export const dimensions = [
  { name: "isp", label: "Provider", none: "Unknown" },
  { name: "identity", label: "Identity", none: "No identity" },
  { name: "configurationSet", label: "Configuration set", none: "No configuration set" },
  { name: "tenant", label: "Tenant", none: "No tenant" },
] as const satisfies readonly { name: OverviewDimension; label: string; none: string }[];

export function Breakdown(parts: {
  overview: Overview;
  by: OverviewDimension;
  /** The tenant whose mail is shown; undefined for all mail. */
  tenant: string | undefined;
  choose: (by: OverviewDimension) => void;
}) {
  const { overview, by, tenant, choose } = parts;
  const { breakdown, others, from, to } = overview;
  // While the answer for another dimension is on its way, the rows are still those of the one before.
  const { notSent } = overview;
  const columns = useMemo(
    () => columnsOf(overview.by, { from, to, tenant }, lackingTypes(notSent)),
    [overview.by, from, to, tenant, notSent],
  );
  return (
    <Paper withBorder p={{ base: "sm", sm: "md" }} component="section" aria-label="Breakdown">
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Title order={2} size="h4">
            Who it went to, and what for
          </Title>
          <SegmentedControl
            size="xs"
            aria-label="Break down by"
            value={by}
            data={dimensions.map(({ name, label }) => ({ value: name, label }))}
            onChange={choose}
          />
        </Group>
        {breakdown.length === 0 ? (
          <Text c="dimmed">Nothing was sent in this period.</Text>
        ) : (
          <SortableTable label="Breakdown of the period" rows={breakdown} columns={columns} sortedBy="sends" />
        )}
        {others > 0 && (
          <Text size="sm" c="dimmed">
            The {breakdown.length} with most mail; there{" "}
            {others === 1 ? "is one more" : `are ${formatCount(others)} more`}.
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function columnsOf(
  by: OverviewDimension,
  shown: Period & Pick<MessageFilters, "tenant">,
  lacking: ReadonlySet<CountedType>,
) {
  const { label, none } = dimensions.find(({ name }) => name === by) ?? dimensions[0];
  const column = createColumnHelper<SortableFeatures, OverviewShare>();
  const rate = (id: keyof OverviewShare["rates"], header: string) =>
    column.accessor(({ volumes, rates }) => (isMeasured(volumes, id, lacking) ? (rates[id] ?? undefined) : undefined), {
      id,
      header,
      sortFn: "basic",
      sortUndefined: "last",
      cell: ({ getValue }) => formatRate(getValue()),
    });
  return column.columns([
    column.accessor("value", {
      id: "value",
      header: label,
      sortFn: "text",
      cell: ({ getValue }) => <ValueLink value={getValue()} by={by} none={none} shown={shown} />,
    }),
    column.accessor(({ volumes }) => (isUnknown(volumes, "sends", lacking) ? undefined : volumes.sends), {
      id: "sends",
      header: "Sent",
      sortFn: "basic",
      sortUndefined: "last",
      cell: ({ getValue }) => {
        const sends = getValue();
        return sends === undefined ? "–" : formatCount(sends);
      },
    }),
    rate("deliveries", "Delivered"),
    rate("permanentBounces", "Bounced for good"),
    rate("transientBounces", "Bounced for now"),
    rate("complaints", "Complaints"),
    rate("opens", "Opened"),
    rate("clicks", "Clicked"),
  ]);
}

/** What has no value can't be searched for. */
function ValueLink(parts: { value: string; by: OverviewDimension; none: string; shown: MessageFilters }) {
  const { value, by, none, shown } = parts;
  if (value === "")
    return (
      <Text size="sm" c="dimmed" component="span">
        {none}
      </Text>
    );
  const filter: MessageFilters = by === "isp" ? { isp: [value] } : { [by]: value };
  return (
    <TextLink to="/messages" search={{ ...shown, ...filter }} size="sm" title={`Messages: ${value}`}>
      {value === "UNKNOWN_ISP" ? "Other providers" : value}
    </TextLink>
  );
}
