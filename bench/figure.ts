/** The results of benchmarks, and their presentation. */

/** One figure, with the reference or limit that was measured in the same run. */
export interface Figure {
  bench: string;
  /** Names what was measured, and the reference. */
  figure: string;
  ours: number;
  reference: number;
  /** ours / reference. Whether higher is better depends on the unit. */
  ratio: number;
  unit: string;
}

/** The exports of a benchmark's file. */
export interface Bench {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** How many things it measures with unless `--count` says otherwise; undefined if that can't be chosen. */
  readonly defaultCount?: number;
  /**
   * Measures with `count` things; throws if the measured work was not done. `prepared` is a folder that keeps generated
   * data for later runs, for benches that generate much.
   */
  readonly run: (count: number, prepared?: string) => AsyncIterable<Figure>;
}

/** Makes a figure with its ratio, rounded to four digits: no benchmark here is more precise. */
export function figureOf(figure: Omit<Figure, "ratio">): Figure {
  const { bench, figure: what, ours, reference, unit } = figure;
  return {
    bench,
    figure: what,
    ours: rounded(ours),
    reference: rounded(reference),
    ratio: rounded(ours / reference),
    unit,
  };
}

/** The median; NaN if there are no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The header of the table. */
export const tableHead = tableLine({
  figure: "figure",
  ours: "ours",
  reference: "reference",
  ratio: "ratio",
  unit: "unit",
});

/** A figure as a row of the table. */
export function tableRow({ figure, ours, reference, ratio, unit }: Figure): string {
  return tableLine({ figure, ours: String(ours), reference: String(reference), ratio: ratio.toFixed(2), unit });
}

function tableLine({ figure, ours, reference, ratio, unit }: Record<Exclude<keyof Figure, "bench">, string>): string {
  return `${figure.padEnd(70)} ${ours.padStart(10)} ${reference.padStart(10)} ${ratio.padStart(8)}  ${unit}`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
