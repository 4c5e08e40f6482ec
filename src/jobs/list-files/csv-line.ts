/** Lines of the CSV files that import jobs read. */

/**
 * A line, with its end, as RFC 4180 has it. What a reader would change is quoted as well: white space at an end, and an
 * object, which SES's guide writes without quotes. Nothing else is done to a field, not even where a spreadsheet would
 * take it for a formula: the file is to come out as it went in.
 */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(quoted).join(",")}\r\n`;
}

function quoted(field: string): string {
  return /[",\r\n{]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
