/** Recognizes files that look right but are in another format, by their first line. */
import { ImportError } from "./import-error.ts";
import { contentOf, type FirstRecord } from "./records.ts";

/** What spreadsheets write instead of commas, and its name. */
const delimiters: readonly (readonly [character: string, name: string])[] = [
  [";", "a semicolon (;)"],
  ["\t", "a tab"],
  ["|", "a vertical bar (|)"],
  [":", "a colon (:)"],
];

/** A line that spreadsheets write before the header, to name the delimiter. */
const separatorLine = /^\s*"?sep=(.*?)"?\s*$/i;

/**
 * Returns whether a CSV file's first record is the line `sep=,`. Throws an `ImportError` if it names another delimiter.
 */
export function isSeparatorLine(first: FirstRecord): boolean {
  const named = separatorLine.exec(firstLineOf(first))?.[1];
  if (named === undefined) return false;
  // The tab of `sep=<tab>` is white space at the end of the line.
  if (named !== ",") throw otherDelimiter(named === "" ? "\t" : named);
  return true;
}

/**
 * Throws an `ImportError` if the fields of a CSV file's first line are separated by something else than a comma.
 * @param isExpected whether a field is one that a line with the right delimiter would have.
 */
export function checkDelimiter(first: FirstRecord, isExpected: (field: string, index: number) => boolean): void {
  const line = firstLineOf(first);
  for (const [character] of delimiters) {
    const fields = line.split(character).map((field) => field.trim().replace(/^"(.*)"$/, "$1"));
    if (fields.length > 1 && fields.some((field, index) => isExpected(field.trim(), index))) {
      throw otherDelimiter(character);
    }
  }
}

/** Throws an `ImportError` if a file of JSON objects begins with an array. */
export function checkNoArray(first: FirstRecord): void {
  if (!firstLineOf(first).startsWith("[")) return;
  throw new ImportError(
    "The file is a JSON array. Write one object per line, without the brackets of the array and the commas between its elements, and create the job again.",
  );
}

function otherDelimiter(character: string): ImportError {
  const shown = delimiters.find(([known]) => known === character)?.[1] ?? JSON.stringify(character.slice(0, 20));
  return new ImportError(
    `The fields of the file are separated by ${shown}. Save it with commas (,) as the delimiter and create the job again.`,
  );
}

function firstLineOf(first: FirstRecord): string {
  const [line = ""] = contentOf(first).split(/[\r\n]/, 1);
  return line;
}
