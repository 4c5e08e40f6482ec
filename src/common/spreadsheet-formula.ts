/**
 * CSV injection (OWASP): a spreadsheet that opens a CSV file takes fields with certain first characters for formulas,
 * even in quotes. An apostrophe in front makes such a field text.
 */

/**
 * Matches a text that a spreadsheet may take for a formula. Spreadsheets also accept the full-width and small forms of
 * the characters, and may remove white space and invisible characters before them. The syntax is the one that JavaScript
 * and RE2 (ClickHouse) share.
 */
const start = "(?:[\\s\\p{Z}\\p{Cc}\\p{Cf}]*[=+\\-@＝＋－＠﹦﹢﹣﹫−]|[\\t\\r\\n])";
export const formulaPattern = `^${start}`;

const formula = new RegExp(formulaPattern, "u");
const guarded = new RegExp(`^'+${start}`, "u");

/** The text with an apostrophe in front if a spreadsheet may take it for a formula. */
export function guardFormula(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** As `guardFormula`, but reversible by `unguardFormula`: a text that looks guarded already gets another apostrophe. */
export function guardReversibly(text: string): string {
  return formula.test(text) || guarded.test(text) ? `'${text}` : text;
}

/** Removes the apostrophe of `guardReversibly`. */
export function unguardFormula(text: string): string {
  return guarded.test(text) ? text.slice(1) : text;
}
