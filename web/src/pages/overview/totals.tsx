/** What happened in the whole period, beside the period before it. */
import { Group, Paper, SimpleGrid, Text } from "@mantine/core";
import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from "@tabler/icons-react";
import type { CSSProperties, ReactNode } from "react";
import type {
  CountedType,
  Overview,
  Totals as PeriodTotals,
  Rates,
  Volumes,
} from "../../../../src/admin-api/overview.ts";
import { formatCount, formatMinute, formatRate } from "../../time/format.ts";
import { useZone } from "../../time/zone.tsx";
import { comparison, isMeasured, isUnknown } from "./rates.ts";

type Named = { label: string; volume: keyof Volumes & keyof Rates; of: string };

const named: readonly Named[] = [
  { label: "Delivered", volume: "deliveries", of: "of what was sent" },
  { label: "Bounced for good", volume: "permanentBounces", of: "of what was sent" },
  { label: "Bounced for now", volume: "transientBounces", of: "of what was sent" },
  { label: "Complaints", volume: "complaints", of: "of deliveries with feedback" },
  { label: "Opened", volume: "opens", of: "of deliveries with a pixel" },
  { label: "Clicked", volume: "clicks", of: "of deliveries with links" },
];

/** `lacking`: the types of events that the mirror has never brought. */
export function Totals(parts: Pick<Overview, "totals" | "before"> & { lacking: ReadonlySet<CountedType> }) {
  const { totals, before, lacking } = parts;
  return (
    <SimpleGrid component="section" aria-label="Totals" cols={{ base: 2, md: 4 }} spacing="sm">
      <Sent totals={totals} before={before} lacking={lacking} />
      {named.map((one) => (
        <Total key={one.label} {...one} totals={totals} before={before} lacking={lacking} />
      ))}
    </SimpleGrid>
  );
}

/** As wide as two others: all else is a share of it. */
function Sent({ totals, before, lacking }: Parameters<typeof Totals>[0]) {
  const { zone } = useZone();
  const now = totals.volumes.sends;
  const then = before.volumes.sends;
  const period = `${formatMinute(before.from, zone)} to ${formatMinute(before.to, zone)}`;
  const style = { gridColumn: "span 2" };
  if (isUnknown(totals.volumes, "sends", lacking)) return <Unknown label="Sent" style={style} />;
  return (
    <Card label="Sent" count={formatCount(now)} style={style}>
      <Compared
        change={then === 0 ? undefined : now - then}
        text={comparison(now, then) ?? "Nothing was sent before"}
      />
      <Text size="xs" c="dimmed">
        Before is {period}.
      </Text>
    </Card>
  );
}

function Total(parts: Named & { totals: PeriodTotals; before: PeriodTotals; lacking: ReadonlySet<CountedType> }) {
  const { label, volume, of, totals, before, lacking } = parts;
  if (isUnknown(totals.volumes, volume, lacking)) return <Unknown label={label} />;
  const rateIn = ({ volumes, rates }: PeriodTotals) => (isMeasured(volumes, volume, lacking) ? rates[volume] : null);
  const rate = rateIn(totals);
  const then = rateIn(before);
  return (
    <Card label={label} count={formatCount(totals.volumes[volume])}>
      <Text size="sm">
        <b>{formatRate(rate)}</b> {of}
      </Text>
      <Compared change={changeOf(rate, then)} text={then === null ? "None before" : `${formatRate(then)} before`} />
    </Card>
  );
}

/** A count that nobody knows. */
function Unknown({ label, style }: { label: string; style?: CSSProperties | undefined }) {
  return (
    <Card label={label} count="–" style={style}>
      <Text size="sm">Not sent by the mirror’s source</Text>
    </Card>
  );
}

function Card(parts: { label: string; count: string; style?: CSSProperties | undefined; children: ReactNode }) {
  const { label, count, style, children } = parts;
  return (
    <Paper withBorder p="sm" style={style}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz="xl" fw={650} mb={4} style={{ fontVariantNumeric: "tabular-nums" }}>
        {count}
      </Text>
      {children}
    </Paper>
  );
}

/** How it compares, with an arrow that shows the same; none where there is nothing to compare with. */
function Compared({ change, text }: { change: number | undefined; text: string }) {
  return (
    <Group gap={4} wrap="nowrap" c="dimmed" mt={2}>
      {change !== undefined && <Arrow change={change} />}
      <Text size="xs">{text}</Text>
    </Group>
  );
}

function Arrow({ change }: { change: number }) {
  const Icon = change === 0 ? IconArrowRight : change > 0 ? IconArrowUpRight : IconArrowDownRight;
  return <Icon size={16} aria-hidden />;
}

/** Rates that are shown as the same have not changed. */
function changeOf(now: number | null, then: number | null): number | undefined {
  if (now === null || then === null) return undefined;
  return formatRate(now) === formatRate(then) ? 0 : now - then;
}
