/** The names of a chart's lines with how they look, their values where the pointer is, and buttons that hide them. */
import { UnstyledButton, useComputedColorScheme } from "@mantine/core";
import classes from "./chart.module.css";
import type { ChartSeries } from "./plot-options.ts";
import { type SeriesLookName, seriesLooks } from "./series-look.ts";

/** `values` are texts, one for each line. */
export function ChartLegend(parts: {
  series: readonly ChartSeries[];
  hidden: ReadonlySet<string>;
  values: readonly string[];
  toggle: (name: string) => void;
}) {
  const { series, hidden, values, toggle } = parts;
  return (
    <ul className={classes.legend}>
      {series.map(({ name, look }, index) => (
        <li key={name}>
          <UnstyledButton
            className={classes.entry}
            aria-pressed={!hidden.has(name)}
            aria-label={`Show ${name}`}
            onClick={() => toggle(name)}
          >
            <LineSample look={look} />
            <span>{name}</span>
            <span className={classes.value} aria-hidden>
              {values[index]}
            </span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}

function LineSample({ look }: { look: SeriesLookName }) {
  const scheme = useComputedColorScheme("light");
  const { dash, [scheme]: colour } = seriesLooks[look];
  return (
    <svg width={28} height={10} aria-hidden>
      <line x1={0} y1={5} x2={28} y2={5} stroke={colour} strokeWidth={2.5} strokeDasharray={dash.join(" ")} />
    </svg>
  );
}
