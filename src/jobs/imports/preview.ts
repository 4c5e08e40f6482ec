/** The effect of importing a file, determined from its first bytes. Nothing is changed. */
import type { Reading, RecordEffect } from "./batch.ts";
import type { CsvGrammar } from "./csv-grammar.ts";
import { unpacked } from "./file-source.ts";
import { ImportError } from "./import-error.ts";
import type { JsonGrammar } from "./json-grammar.ts";
import { contentOf, type FileRecord, firstRecords } from "./records.ts";
import { rowsInside } from "./rows-inside.ts";

/** A record with its effect or the reason why it is rejected. */
export type PreviewedEffect = { line: number } & ({ effect: RecordEffect } | { refused: string; content: string });

/** The effect of the records. */
export interface Preview {
  /** Why nothing in the file can be imported; undefined if it can. */
  fault: string | undefined;
  /** The format that the bytes look like; undefined if neither. */
  looksLike: "CSV" | "JSON" | undefined;
  /** The first records. */
  records: PreviewedEffect[];
  taken: number;
  refused: number;
}

/** A compressed file may expand to a thousand times its size. */
const mostBytes = 1 << 20;
const mostRecords = 20;

/**
 * Previews the beginning of a file.
 * @param whole whether it is the whole file.
 */
export async function previewImport(
  beginning: Uint8Array,
  { reading, grammar, whole }: { reading: Reading; grammar: CsvGrammar | JsonGrammar; whole: boolean },
): Promise<Preview> {
  const preview: Preview = { fault: undefined, looksLike: undefined, records: [], taken: 0, refused: 0 };
  try {
    const { bytes, cut } = await readBeginning(beginning, whole);
    preview.looksLike = formatOf(bytes);
    for (const record of firstRecords(bytes, grammar, !cut, reading.first)) {
      const lost = rowsInside(record, reading);
      for (const { line, bytes, reason: refused } of lost) {
        preview.refused++;
        if (preview.records.length < mostRecords)
          preview.records.push({ line, refused, content: contentOf({ bytes }) });
      }
      if (lost.length > 0) continue;
      const effect =
        record.problem === undefined ? reading.effectOf(record) : `The record can't be read: ${record.problem}.`;
      if (typeof effect === "string") preview.refused++;
      else preview.taken++;
      if (preview.records.length < mostRecords) preview.records.push(previewed(record, effect));
    }
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    preview.fault = error.message;
  }
  return preview;
}

function previewed(record: FileRecord, effect: RecordEffect | string): PreviewedEffect {
  const { line } = record;
  return typeof effect === "string" ? { line, refused: effect, content: contentOf(record) } : { line, effect };
}

async function readBeginning(beginning: Uint8Array, whole: boolean): Promise<{ bytes: Uint8Array; cut: boolean }> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  async function* once() {
    yield beginning;
  }
  for await (const piece of unpacked(once(), !whole)) {
    pieces.push(piece);
    length += piece.length;
    if (length > mostBytes) return { bytes: Buffer.concat(pieces).subarray(0, mostBytes), cut: true };
  }
  return { bytes: Buffer.concat(pieces), cut: !whole };
}

/** Determined by the first character other than white space: JSON begins with a brace (or, as an array, a bracket). */
function formatOf(bytes: Uint8Array): "CSV" | "JSON" | undefined {
  const text = Buffer.from(bytes.subarray(0, 4096))
    .toString("utf8")
    .replace(/^\ufeff/, "");
  const [first] = text.trimStart();
  if (first === undefined) return undefined;
  if (first === "{" || first === "[") return "JSON";
  return text.includes("\0") ? undefined : "CSV";
}
