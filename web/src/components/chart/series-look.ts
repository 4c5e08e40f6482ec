/**
 * How the lines of charts look. Each has a colour that stands 3 to 1 out of its ground (WCAG 1.4.11) and a pattern of dashes:
 * lines that a reader's eyes, or a printer, give the same colour can still be told apart.
 */

/** The look of a line. */
export interface SeriesLook {
  readonly light: string;
  readonly dark: string;
  /** Lengths of dash and gap in CSS pixels; none for a line that goes through. */
  readonly dash: readonly number[];
}

/** By what a line shows, so that it looks the same in all charts. */
export const seriesLooks = {
  blue: { light: "#1864ab", dark: "#5cb3f5", dash: [] },
  green: { light: "#087f5b", dark: "#45d0a2", dash: [8, 4] },
  orange: { light: "#b35309", dark: "#f5a24b", dash: [2, 3] },
  purple: { light: "#862e9c", dark: "#d08df0", dash: [10, 3, 2, 3] },
  red: { light: "#c92a2a", dark: "#ff8080", dash: [] },
  grey: { light: "#5c636a", dark: "#b0b7be", dash: [5, 3] },
} as const satisfies Readonly<Record<string, SeriesLook>>;

/** The name of a look. */
export type SeriesLookName = keyof typeof seriesLooks;
