/** What happened in the whole period, beside the period before it. */
import { Group, Paper, SimpleGrid, Text } from "@mantine/core";
import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from "@tabler/icons-react";
import type { Overview, Totals as PeriodTotals, Rates, Volumes } from "../../../../src/dashboard/api-types.ts";
import { formatCount, formatMinute, formatRate } from "../../time/format.ts";
import { useZone } from "../../time/zone.tsx";
import { comparison } from "./rates.ts";

type Named = { label: string; volume: keyof Volumes; rate?: keyof Rates; of?: string };

const named: readonly Named[] = [
  { label: "Sent", volume: "sends" },
  { label: "Delivered", volume: "deliveries", rate: "deliveries", of: "of what was sent" },
  { label: "Bounced for good", volume: "permanentBounces", rate: "permanentBounces", of: "of what was sent" },
  { label: "Bounced for now", volume: "transientBounces", rate: "transientBounces", of: "of what was sent" },
  { label: "Complaints", volume: "complaints", rate: "complaints", of: "of deliveries with feedback" },
  { label: "Opened", volume: "opens", rate: "opens", of: "of deliveries with a pixel" },
  { label: "Clicked", volume: "clicks", rate: "clicks", of: "of deliveries with links" },
];

export function Totals({ totals, before }: Pick<Overview, "totals" | "before">) {
  const { zone } = useZone();
  return (
    <section aria-label="Totals">
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 4, xl: 7 }} spacing="sm">
        {named.map((one) => (
          <Total key={one.label} {...one} totals={totals} before={before} />
        ))}
      </SimpleGrid>
      {before.volumes.sends > 0 && (
        <Text size="xs" c="dimmed" mt="xs">
          Before: {formatMinute(before.from, zone)} to {formatMinute(before.to, zone)}.
        </Text>
      )}
    </section>
  );
}

function Total(parts: Named & { totals: PeriodTotals; before: PeriodTotals }) {
  const { label, volume, rate, of, totals, before } = parts;
  const now = totals.volumes[volume];
  const then = before.volumes[volume];
  const compared = comparison(now, then);
  const Arrow = now > then ? IconArrowUpRight : now < then ? IconArrowDownRight : IconArrowRight;
  const rateBefore = rate && before.rates[rate];
  return (
    <Paper withBorder p="sm">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz="xl" fw={650} style={{ fontVariantNumeric: "tabular-nums" }}>
        {formatCount(now)}
      </Text>
      {/* Cards are of one height, whether there is a rate or not. */}
      <Text size="sm" mih="1.55em">
        {rate && (
          <>
            <b>{formatRate(totals.rates[rate])}</b> {of}
          </>
        )}
      </Text>
      <Group gap={4} wrap="nowrap" align="flex-start" c="dimmed" mt={4}>
        {compared !== undefined && <Arrow size={16} aria-hidden style={{ flexShrink: 0 }} />}
        <Text size="xs">
          {compared ?? "None before"}
          {rateBefore !== undefined && rateBefore !== null && ` (${formatRate(rateBefore)})`}
        </Text>
      </Group>
    </Paper>
  );
}
