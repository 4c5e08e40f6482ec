/** What a chart of lines is for uPlot. Places along the time are numbers of hours or days: all are as wide, whatever clocks do. */
import type uPlot from "uplot";
import { formatCompact } from "../../time/format.ts";
import { type SeriesLookName, seriesLooks } from "./series-look.ts";
import type { Tick } from "./time-ticks.ts";

/** A line of a chart. */
export interface ChartSeries {
  readonly name: string;
  readonly look: SeriesLookName;
  /** One for each hour or day; null where there is nothing to measure. */
  readonly values: readonly (number | null)[];
}

/** What the values of a chart are: how often, or shares from 0 to 1. */
export type ChartUnit = "count" | "rate";

interface PlotParts {
  width: number;
  height: number;
  dark: boolean;
  unit: ChartUnit;
  series: readonly (ChartSeries & { shown: boolean })[];
  ticks: readonly Tick[];
  /** Hears over which hour or day the pointer is; null where it left. */
  onHover: (index: number | null) => void;
}

const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const grounds = {
  light: { text: "#495057", grid: "#e9ecef", ground: "#ffffff" },
  dark: { text: "#c9c9c9", grid: "#383838", ground: "#242424" },
} as const;

/** The options of the plot. */
export function plotOptions(parts: PlotParts): uPlot.Options {
  const { width, height, dark, unit, series, ticks, onHover } = parts;
  const scheme = dark ? "dark" : "light";
  const { text, grid, ground } = grounds[scheme];
  const labels = new Map(ticks.map(({ index, label }) => [index, label]));
  const lines = { stroke: grid, width: 1 };
  const points = series[0]?.values.length ?? 0;
  return {
    width,
    height,
    padding: [10, 24, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: "overview" },
      points: { size: 8, width: 2, fill: () => ground },
    },
    scales: {
      x: { time: false, range: (_, min, max) => (min === max ? [min - 1, max + 1] : [min, max]) },
      y: { range: (_, __, max) => [0, nextStep(max, unit)] },
    },
    axes: [
      {
        font,
        stroke: text,
        grid: lines,
        ticks: { ...lines, size: 4 },
        size: 34,
        splits: () => ticks.map(({ index }) => index),
        values: (_, splits) => splits.map((index) => labels.get(index) ?? ""),
      },
      {
        font,
        stroke: text,
        grid: lines,
        ticks: { show: false },
        size: 52,
        space: 36,
        // Half a mail is none.
        incrs: unit === "count" ? countSteps : rateSteps,
        values: (_, splits) => splits.map((value) => (unit === "count" ? formatCompact(value) : percent(value))),
      },
    ],
    series: [
      {},
      ...series.map(({ look, shown }): uPlot.Series => {
        const stroke = seriesLooks[look][scheme];
        return {
          show: shown,
          stroke,
          width: 2,
          dash: [...seriesLooks[look].dash],
          spanGaps: false,
          // Lone values between gaps would not be seen as a line.
          points: { show: points <= 40, size: 5, fill: stroke },
        };
      }),
    ],
    hooks: { setCursor: [(plot) => onHover(plot.cursor.idx ?? null)] },
  };
}

const decades = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, step) => [1, 2, 5].map((digit) => digit * 10 ** (from + step))).flat();
const countSteps = decades(0, 12);
const rateSteps = decades(-6, 0);

/** Where the upper end of the values' axis is: never so low that noise looks like much. */
function nextStep(max: number | null, unit: ChartUnit): number {
  const least = unit === "count" ? 4 : 0.001;
  return Math.max((max ?? 0) * 1.08, least);
}

function percent(value: number): string {
  return `${Number((value * 100).toPrecision(3))}%`;
}
