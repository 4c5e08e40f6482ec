/** Records for the suppression list: `address,REASON` without a header, or `{"emailAddress":…,"reason":…}`. */
import type { SuppressionEvent } from "../../publishing/ses-event/render-account-event.ts";
import { deleteSuppressions, putSuppressions } from "../../stores/postgres/bulk-suppressions.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import type { ImportAction, ImportFormat } from "../../stores/postgres/import-jobs.ts";
import {
  type Batch,
  csvAddress,
  isJsonRow,
  type Reading,
  type RecordEffect,
  Removals,
  readAddress,
  readObject,
  removalOf,
} from "./batch.ts";
import { checkDelimiter, checkNoArray, isSeparatorLine } from "./first-line.ts";
import type { FileRecord, FirstRecord } from "./records.ts";
import { fieldsOfLine } from "./rows-inside.ts";

/** How to read the file of a suppression list's job. */
export function suppressionReading(action: ImportAction, format: ImportFormat): Reading {
  const say = format === "CSV" ? readCsv : readJson;
  const readRemoval = (record: FileRecord) => {
    const said = say(record);
    return typeof said === "string" ? said : readAddress(said.address);
  };
  return {
    first(first) {
      if (format === "CSV") return readFirst(first);
      checkNoArray(first);
      return "record";
    },
    isRow(line, width) {
      if (format === "JSON") return isJsonRow(line);
      const fields = fieldsOfLine(line);
      return fields !== undefined && (fields.length === width || isAddress(fields[0] ?? ""));
    },
    newBatch: () =>
      action === "PUT"
        ? new Puts(say)
        : new SuppressionRemovals(readRemoval, deleteSuppressions, "The address is not on the list."),
    effectOf: (record) => (action === "PUT" ? readPut(say(record)) : removalOf(readRemoval(record))),
  };
}

function readFirst(first: FirstRecord): ReturnType<Reading["first"]> {
  if (isSeparatorLine(first)) return "before the header";
  const [address = ""] = first.fields;
  if (first.problem !== undefined || !isAddress(address)) {
    checkDelimiter(first, (field, index) => index === 0 && (isAddressName(field) || isAddress(field)));
  }
  // SES's files have no header. Accept a file that has one: the header is not an address. One over several lines has
  // taken in records.
  return isAddressName(address) && first.fields.every((field) => !/[\r\n]/.test(field)) ? "header" : "record";
}

function isAddressName(field: string): boolean {
  return field.trim().toLowerCase() === "emailaddress";
}

function isAddress(field: string): boolean {
  return typeof readAddress(field) !== "string";
}

/** The raw values of a record. */
interface Said {
  address: unknown;
  reason: unknown;
}

function readCsv({ fields: [address = "", reason = ""] }: FileRecord): Said {
  return { address: csvAddress(address), reason };
}

function readJson({ fields: [text = ""] }: FileRecord): Said | string {
  const members = readObject(text);
  return typeof members === "string" ? members : { address: members.emailAddress, reason: members.reason };
}

function readPut(said: Said | string): Extract<RecordEffect, { kind: "suppress" }> | string {
  if (typeof said === "string") return said;
  const read = readAddress(said.address);
  if (typeof read === "string") return read;
  const reason = typeof said.reason === "string" ? said.reason.trim().toUpperCase() : said.reason;
  if (reason === undefined || reason === "") return "The reason is missing: it must be BOUNCE or COMPLAINT.";
  if (reason !== "BOUNCE" && reason !== "COMPLAINT") return "The reason must be BOUNCE or COMPLAINT.";
  return { kind: "suppress", address: read.address, reason };
}

class SuppressionRemovals extends Removals {
  events(at: Date): SuppressionEvent[] {
    return this.removed.map((emailAddress) => ({ type: "SUPPRESSION_REMOVED", at, emailAddress }));
  }
}

class Puts implements Batch {
  readonly #say: (record: FileRecord) => Said | string;
  readonly #reasons = new Map<string, "BOUNCE" | "COMPLAINT">();

  constructor(say: (record: FileRecord) => Said | string) {
    this.#say = say;
  }

  add(record: FileRecord): string | undefined {
    const read = readPut(this.#say(record));
    if (typeof read === "string") return read;
    this.#reasons.set(read.address, read.reason);
    return undefined;
  }

  async write(transaction: ScopedQueryable, now: Date): Promise<[]> {
    const addresses = [...this.#reasons.keys()].sort();
    const reasons = addresses.map((address) => this.#reasons.get(address) ?? "");
    await putSuppressions(transaction, addresses, reasons, now);
    return [];
  }

  events(at: Date): SuppressionEvent[] {
    return [...this.#reasons].map(([emailAddress, reason]) => ({
      type: "SUPPRESSION_ADDED",
      at,
      emailAddress,
      reason,
    }));
  }
}
