/** Values over time: lines with a legend, or the same as a table. All charts of a page show the hour that the pointer is over. */
import "uplot/dist/uPlot.min.css";
import { Group, Paper, Stack, Switch, Text, Title, useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { formatCount, formatDay, formatMinute, formatRate } from "../../time/format.ts";
import { useZone } from "../../time/zone.tsx";
import classes from "./chart.module.css";
import { ChartLegend } from "./chart-legend.tsx";
import { ChartTable } from "./chart-table.tsx";
import { type ChartSeries, type ChartUnit, plotOptions } from "./plot-options.ts";
import { timeTicks } from "./time-ticks.ts";

/** So much room in pixels has the name of a time below the lines. */
const tickWidth = 72;
const axisWidth = 64;

/**
 * `starts` says when each hour or day begins, oldest first, as ISO texts; each of `series` has a value for each. `about`
 * tells what the lines can't, in a sentence.
 */
export function TimeChart(parts: {
  title: string;
  about?: string;
  starts: readonly string[];
  bucket: "hour" | "day";
  unit: ChartUnit;
  series: readonly ChartSeries[];
  height?: number;
}) {
  const { title, about, starts, bucket, unit, series, height = 240 } = parts;
  const { zone } = useZone();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [asTable, setAsTable] = useState(false);
  const [hovered, setHovered] = useState<number | null>(null);
  const titleId = useId();
  const format = unit === "count" ? countText : formatRate;
  const nameOf = (start: string) => (bucket === "day" ? formatDay : formatMinute)(start, zone);
  const shown = hovered === null ? undefined : starts[hovered];
  const toggle = (name: string) =>
    setHidden((before) =>
      before.has(name) ? new Set([...before].filter((one) => one !== name)) : new Set([...before, name]),
    );
  return (
    <Paper withBorder p={{ base: "sm", sm: "md" }} component="section" aria-labelledby={titleId}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Title order={2} size="h4" id={titleId}>
            {title}
          </Title>
          <Switch
            label="As a table"
            size="xs"
            checked={asTable}
            onChange={({ currentTarget }) => setAsTable(currentTarget.checked)}
            aria-describedby={titleId}
          />
        </Group>
        {about && (
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        )}
        {asTable ? (
          <ChartTable title={title} height={height + 58} times={starts.map(nameOf)} series={series} format={format} />
        ) : (
          <>
            <ChartLegend
              series={series}
              hidden={hidden}
              values={series.map(({ values }) => (hovered === null ? "" : format(values[hovered] ?? null)))}
              toggle={toggle}
            />
            <Text size="xs" c="dimmed" h={18} aria-hidden>
              {shown === undefined ? "Point at the lines to read their values." : nameOf(shown)}
            </Text>
            <Plot {...{ title, starts, bucket, unit, series, height, hidden }} onHover={setHovered} />
          </>
        )}
      </Stack>
    </Paper>
  );
}

function Plot(parts: {
  title: string;
  starts: readonly string[];
  bucket: "hour" | "day";
  unit: ChartUnit;
  series: readonly ChartSeries[];
  height: number;
  hidden: ReadonlySet<string>;
  onHover: (index: number | null) => void;
}) {
  const { title, starts, bucket, unit, series, height, hidden, onHover } = parts;
  const { zone } = useZone();
  const dark = useComputedColorScheme("light") === "dark";
  const { ref, width } = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  const data = useMemo(
    (): uPlot.AlignedData => [starts.map((_, index) => index), ...series.map(({ values }) => [...values])],
    [starts, series],
  );
  useEffect(() => {
    if (width === 0 || !place.current) return;
    const plot = new uPlot(
      plotOptions({
        width,
        height,
        dark,
        unit,
        series: series.map((one) => ({ ...one, shown: !hidden.has(one.name) })),
        ticks: timeTicks(starts, bucket, zone, Math.max(2, Math.floor((width - axisWidth) / tickWidth))),
        onHover,
      }),
      data,
      place.current,
    );
    return () => plot.destroy();
  }, [width, height, dark, unit, series, hidden, starts, bucket, zone, data, onHover]);
  return (
    <div ref={ref} className={classes.plot} style={{ height }}>
      <div
        ref={place}
        role="img"
        aria-label={`${title}: a chart of ${series.map(({ name }) => name).join(", ")}. The switch above shows it as a table.`}
      />
    </div>
  );
}

function countText(value: number | null): string {
  return value === null ? "–" : formatCount(value);
}
