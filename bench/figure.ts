/** What a bench measures, and how it is told. */

/** One figure, beside the peer or limit that was measured in the same run. */
export interface Figure {
  bench: string;
  /** What was measured, and what the reference is. */
  figure: string;
  ours: number;
  reference: number;
  /** ours / reference. Whether more is better depends on the unit. */
  ratio: number;
  unit: string;
}

/** What a file of this folder exports, where it is a bench. */
export interface Bench {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Measures; throws where what it measured did not do its work. */
  readonly run: () => AsyncIterable<Figure>;
}

/** A figure with its ratio, all rounded to four digits: no bench here is more exact. */
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

/** The middle of the values; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The head of the table that people read. */
export const tableHead = tableLine({
  figure: "figure",
  ours: "ours",
  reference: "reference",
  ratio: "ratio",
  unit: "unit",
});

/** A figure as a line of the table. */
export function tableRow({ figure, ours, reference, ratio, unit }: Figure): string {
  return tableLine({ figure, ours: String(ours), reference: String(reference), ratio: ratio.toFixed(2), unit });
}

function tableLine({ figure, ours, reference, ratio, unit }: Record<Exclude<keyof Figure, "bench">, string>): string {
  return `${figure.padEnd(70)} ${ours.padStart(10)} ${reference.padStart(10)} ${ratio.padStart(8)}  ${unit}`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
