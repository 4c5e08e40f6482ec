/** Removes events about a person from rows that contain many events, compressed. */
import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import { jsonOrUndefined } from "../../common/parse-data.ts";
import { readStoredText } from "../../common/stored-text.ts";
import type { Database } from "../../stores/postgres/database.ts";
import {
  deletePackedRow,
  type PackedTable,
  replacePackedRow,
  selectPackedRows,
} from "../../stores/postgres/recipient-rows.ts";
import { type Rest, withoutEvents, withoutPublished } from "./forget-lines.ts";

const compress = promisify(zstdCompress);
/** A row has at most a few megabytes. */
const rowsPerPage = 20;

/** Removes the person's events from a table; resolves to their number. Stops between pages when `signal` aborts. */
export async function forgetPacked(
  database: Database,
  table: PackedTable,
  address: string,
  signal?: AbortSignal,
): Promise<number> {
  const has = mayBeAbout(address);
  let removed = 0;
  for (let after = 0; ; ) {
    signal?.throwIfAborted();
    const rows = await selectPackedRows(database, table, { after, limit: rowsPerPage });
    for (const { id, payload } of rows) {
      after = id;
      const text = await readStoredText(payload, `a row of ${table}`);
      if (!has(text)) continue;
      const rest = without(table, text, address);
      if (rest.removed === 0) continue;
      removed += rest.removed;
      if (rest.text === undefined) await deletePackedRow(database, table, id);
      else await replacePackedRow(database, table, await packed(id, rest.text, rest.kept));
    }
    if (rows.length < rowsPerPage) return removed;
  }
}

async function packed(id: number, text: string, events: number) {
  const bytes = Buffer.from(text);
  return { id, payload: await compress(bytes), events, bytes: bytes.length };
}

function without(table: PackedTable, text: string, address: string): Rest {
  switch (table) {
    case "outbox":
    case "publications":
      return withoutEvents(text, address);
    case "publication_batches":
      return withoutPublished(text, address);
    case "webhook_deliveries":
      return withoutAnswers(text, address);
  }
}

/** A fast check of whether a text contains the address, as is or JSON-escaped. */
function mayBeAbout(address: string): (text: string) => boolean {
  const written = [address, JSON.stringify(address).slice(1, -1)].map((one) => one.toLowerCase());
  return (text) => {
    const lower = text.toLowerCase();
    return written.some((one) => lower.includes(one));
  };
}

/** The webhook log names messages, not recipients, but a receiver's answer may contain the address. */
function withoutAnswers(text: string, address: string): Rest {
  const has = mayBeAbout(address);
  const lines = text.split("\n");
  const cleared = lines.map((line) => {
    const entry = jsonOrUndefined(line);
    if (!has(line) || typeof entry !== "object" || entry === null) return line;
    const error = "error" in entry ? { error: "removed with a person's data" } : {};
    return JSON.stringify({ ...entry, answer: "", ...error });
  });
  return {
    text: cleared.join("\n"),
    kept: lines.length,
    removed: cleared.filter((line, at) => line !== lines[at]).length,
  };
}
