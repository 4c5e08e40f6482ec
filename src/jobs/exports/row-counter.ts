/** Counts the rows in the bytes of an export file as they pass through. */
import type { ExportFormat } from "../../stores/postgres/export-jobs.ts";

const lineFeed = 0x0a;
const quote = 0x22;

/** A counter of rows. In CSV a line feed inside quotes is part of a field; JSON rows contain none. */
export function createRowCounter(format: ExportFormat): { add(chunk: Uint8Array): void; rows(): number } {
  let rows = 0;
  let quoted = false;
  return {
    add(chunk) {
      if (format === "JSON") {
        for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) rows++;
        return;
      }
      // A doubled quote toggles twice.
      for (let index = 0; index < chunk.length; index++) {
        const byte = chunk[index];
        if (byte === quote) quoted = !quoted;
        else if (byte === lineFeed && !quoted) rows++;
      }
    },
    rows: () => rows,
  };
}
