/** Lines of the CSV files that import jobs read. */

/**
 * A line in the format of RFC 4180, including its line break. Also quotes fields that a reader would change: those with
 * leading or trailing white space, and JSON objects, which SES's guide writes without quotes. Changes nothing else: what
 * a spreadsheet may take for a formula is guarded before (`guardReversibly`), in columns where an import removes it.
 */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(quoted).join(",")}\r\n`;
}

function quoted(field: string): string {
  return /[",\r\n{]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
