/** The control totals of an account in a region: what is missing first, then the sums, then each day. */
import { Alert, List, Stack, Table, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { MirrorCount, MirrorScopeTotals } from "../../../../src/admin-api/mirror-totals.ts";
import { DataTable } from "../../components/data-table.tsx";
import { formatCount, formatDay } from "../../time/format.ts";
import classes from "./scope-totals.module.css";
import { typeName } from "./totals.ts";

/** More gaps are in the table of days. */
const mostGaps = 10;

export function ScopeTotals({ scope }: { scope: MirrorScopeTotals }) {
  const { account, region, sums, days } = scope;
  const types = sums.filter(({ counted, arrived }) => counted > 0 || arrived > 0).map(({ type }) => type);
  const name = `${account}, ${region}`;
  return (
    <Stack gap="xs" component="section" aria-label={name}>
      <Title order={3} size="h6">
        {name}
      </Title>
      {types.length === 0 ? (
        <Text size="sm">SES counted nothing in this period, and nothing arrived.</Text>
      ) : (
        <>
          <Findings scope={scope} />
          <Sums scope={scope} name={name} types={types} />
          <Days days={days} name={name} types={types} gaps={scope.gaps} />
        </>
      )}
    </Stack>
  );
}

function Findings({ scope: { gaps, emptyDays, typesNotSent } }: { scope: MirrorScopeTotals }) {
  if (gaps.length === 0 && emptyDays.length === 0 && typesNotSent.length === 0) {
    return (
      <Text size="sm" display="flex" style={{ alignItems: "center", gap: 6 }}>
        <IconCircleCheck size={18} aria-hidden style={{ flexShrink: 0 }} />
        Nothing is missing on complete days.
      </Text>
    );
  }
  return (
    <Alert color="orange" variant="light" icon={<IconAlertTriangle aria-hidden />} title="Events are missing">
      <List spacing={4} size="sm">
        {emptyDays.length > 0 && (
          <List.Item>Nothing arrived on {emptyDays.map(shownDay).join(", ")}, although SES counted events.</List.Item>
        )}
        {gaps.slice(0, mostGaps).map(({ day, type, counted, missing, percent }) => (
          <List.Item key={`${day} ${type}`}>
            {shownDay(day)}, {typeName(type)}: {formatCount(missing)} of {formatCount(counted)} missing (
            {percentText(percent)}).
          </List.Item>
        ))}
        {gaps.length > mostGaps && (
          <List.Item>
            {formatCount(gaps.length - mostGaps)} more {gaps.length - mostGaps === 1 ? "gap is" : "gaps are"} marked in
            the table of days.
          </List.Item>
        )}
        {typesNotSent.length > 0 && (
          <List.Item>
            Not sent by this source: {typesNotSent.map(typeName).join(", ")}. The event destination most likely does not
            include them.
          </List.Item>
        )}
      </List>
    </Alert>
  );
}

function Sums(parts: { scope: MirrorScopeTotals; name: string; types: readonly string[] }) {
  const { scope, name, types } = parts;
  const rows = scope.sums.filter(({ type }) => types.includes(type));
  const recipients = rows.some(({ arrivedRecipients }) => arrivedRecipients !== undefined);
  return (
    <DataTable
      label={`Sums, ${name}`}
      rows={rows}
      rowKey={({ type }) => type}
      columns={[
        { title: "Type", cell: ({ type }) => typeName(type) },
        { title: "Counted by SES", numeric: true, cell: ({ counted }) => formatCount(counted) },
        { title: "Arrived", numeric: true, cell: (count) => <Arrived count={count} notSent={scope.typesNotSent} /> },
        ...(recipients
          ? [
              {
                title: "Recipients",
                numeric: true,
                cell: ({ arrivedRecipients }: MirrorCount) =>
                  arrivedRecipients === undefined ? "–" : formatCount(arrivedRecipients),
              },
            ]
          : []),
        { title: "Missing", numeric: true, cell: ({ missing }) => formatCount(missing) },
        { title: "Missing, %", numeric: true, cell: ({ percent }) => percentText(percent) },
      ]}
    />
  );
}

function Arrived({ count: { type, arrived }, notSent }: { count: MirrorCount; notSent: readonly string[] }) {
  return notSent.includes(type) && arrived === 0 ? "not sent" : formatCount(arrived);
}

/** Arrived and counted of each type, by day. */
function Days(parts: {
  days: MirrorScopeTotals["days"];
  name: string;
  types: readonly string[];
  gaps: MirrorScopeTotals["gaps"];
}) {
  const { days, name, types, gaps } = parts;
  const gapKeys = new Set(gaps.map(({ day, type }) => `${day} ${type}`));
  return (
    <details>
      <summary className={classes.summary}>By day: arrived / counted by SES</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus (WCAG 2.1.1) */}
      <section className={classes.scroll} aria-label={`Days, ${name}`} tabIndex={0}>
        <Table aria-label={`Days, ${name}`} tabularNums horizontalSpacing="xs" className={classes.days}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Day (UTC)</Table.Th>
              {types.map((type) => (
                <Table.Th key={type} scope="col">
                  {typeName(type)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {days.map(({ day, complete, counts }) => (
              <Table.Tr key={day}>
                <Table.Th scope="row">
                  {shownDay(day)}
                  {!complete && (
                    <Text span size="xs" c="dimmed">
                      {" "}
                      not complete
                    </Text>
                  )}
                </Table.Th>
                {types.map((type) => (
                  <Day key={type} count={counts.find((one) => one.type === type)} gap={gapKeys.has(`${day} ${type}`)} />
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </details>
  );
}

function Day({ count, gap }: { count: MirrorCount | undefined; gap: boolean }) {
  if (!count) return <Table.Td>–</Table.Td>;
  const { arrived, counted, missing } = count;
  return (
    <Table.Td className={gap ? classes.gap : undefined}>
      {formatCount(arrived)} / {formatCount(counted)}
      {gap && <div>{formatCount(missing)} missing</div>}
    </Table.Td>
  );
}

const shownDay = (day: string) => formatDay(`${day}T00:00:00Z`, "UTC");

/** What is already in percent. */
function percentText(percent: number | null): string {
  return percent === null ? "–" : `${percent.toLocaleString("en", { maximumFractionDigits: 2 })}%`;
}
