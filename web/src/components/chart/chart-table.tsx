/** The values of a chart as a table, for who can't or does not want to look at lines. */
import { Table } from "@mantine/core";
import classes from "./chart.module.css";
import type { ChartSeries } from "./plot-options.ts";

/** Newest first; it scrolls within `height` pixels. */
export function ChartTable(parts: {
  title: string;
  height: number;
  times: readonly string[];
  series: readonly ChartSeries[];
  format: (value: number | null) => string;
}) {
  const { title, height, times, series, format } = parts;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus (WCAG 2.1.1)
    <section className={classes.table} style={{ height }} aria-label={`${title} as a table`} tabIndex={0}>
      <Table stickyHeader tabularNums verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Time</Table.Th>
            {series.map(({ name }) => (
              <Table.Th key={name} scope="col" ta="right">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {times
            .map((time, index) => (
              <Table.Tr key={time}>
                <Table.Th scope="row" fw={400} style={{ whiteSpace: "nowrap" }}>
                  {time}
                </Table.Th>
                {series.map(({ name, values }) => (
                  <Table.Td key={name} ta="right">
                    {format(values[index] ?? null)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))
            .reverse()}
        </Table.Tbody>
      </Table>
    </section>
  );
}
