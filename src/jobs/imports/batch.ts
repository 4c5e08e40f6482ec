/** Batches of records that are committed together. */
import { unguardFormula } from "../../common/spreadsheet-formula.ts";
import type { SuppressionEvent } from "../../publishing/ses-event/render-account-event.ts";
import { contactAddress } from "../../recipients/contacts/contact-address.ts";
import type { ImportedContact } from "../../stores/postgres/bulk-contacts.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import type { FileRecord, FirstReader } from "./records.ts";
import type { RowReading } from "./rows-inside.ts";

/** A rejected record, with the reason as a sentence. */
export interface Refused {
  record: FileRecord;
  /** Its number in the file, starting at 1. */
  number: number;
  reason: string;
}

/** Parsed but unwritten records of one kind of job. If an address occurs twice, the last record wins. */
export interface Batch {
  /** Adds a record; returns the reason if it is rejected. */
  add(record: FileRecord, number: number): string | undefined;
  /** Writes the records; returns those without effect. Can be called again if the transaction is retried. */
  write(transaction: ScopedQueryable, now: Date): Promise<Refused[]>;
  /** What webhooks are told once `write` has ended. */
  events?(now: Date): readonly SuppressionEvent[];
}

/** The effect of a record, as far as it is known without the database. */
export type RecordEffect =
  | { kind: "suppress"; address: string; reason: "BOUNCE" | "COMPLAINT" }
  | { kind: "put contact"; contact: ImportedContact }
  | { kind: "remove"; address: string };

/** How to read the file of a kind of job. */
export interface Reading extends RowReading {
  /** Reads the header of a CSV file. Throws an `ImportError` if the header, or the format of the file, is invalid. */
  readonly first: FirstReader;
  newBatch(): Batch;
  /** The effect of a record, or the reason why it is rejected. */
  effectOf(record: FileRecord): RecordEffect | string;
}

/** Addresses to remove, with their records. If an address is not on the list, its record fails, as in SES. */
export class Removals implements Batch {
  readonly #read: (record: FileRecord) => { address: string } | string;
  readonly #remove: (transaction: ScopedQueryable, addresses: readonly string[]) => Promise<Set<string>>;
  readonly #absent: string;
  readonly #rows: { address: string; record: FileRecord; number: number }[] = [];
  protected removed: readonly string[] = [];

  constructor(
    read: (record: FileRecord) => { address: string } | string,
    remove: (transaction: ScopedQueryable, addresses: readonly string[]) => Promise<Set<string>>,
    absent: string,
  ) {
    this.#read = read;
    this.#remove = remove;
    this.#absent = absent;
  }

  add(record: FileRecord, number: number): string | undefined {
    const read = this.#read(record);
    if (typeof read === "string") return read;
    this.#rows.push({ address: read.address, record, number });
    return undefined;
  }

  async write(transaction: ScopedQueryable): Promise<Refused[]> {
    const removed = await this.#remove(transaction, [...new Set(this.#rows.map(({ address }) => address))].sort());
    this.removed = [...removed];
    // If an address occurs twice, the second record has no effect.
    return this.#rows
      .filter(({ address }) => !removed.delete(address))
      .map(({ record, number }) => ({ record, number, reason: this.#absent }));
  }
}

/** The effect of a record that removes an address, or the reason why it is rejected. */
export function removalOf(read: { address: string } | string): RecordEffect | string {
  return typeof read === "string" ? read : { kind: "remove", address: read.address };
}

/** The address of a CSV record. Files of lists have an apostrophe before an address that looks like a formula. */
export function csvAddress(field: string | undefined): string | undefined {
  return field === undefined ? undefined : unguardFormula(field.trim());
}

/** A record's address as stored in lists, or the reason why it is rejected. */
export function readAddress(given: unknown): { address: string } | string {
  if (given === undefined || given === "") return "The email address is missing.";
  const address = typeof given === "string" ? contactAddress(given) : undefined;
  return address === undefined ? "The email address is not valid." : { address };
}

/** Parses a JSON record into an object, or returns the reason why it is rejected. */
export function readObject(text: string): Readonly<Record<string, unknown>> | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? { ...value }
      : "The record is not a JSON object.";
  } catch {
    return "The record is not JSON.";
  }
}

/** Whether a line is a JSON record with an address. */
export function isJsonRow(line: string): boolean {
  const members = readObject(line);
  return typeof members !== "string" && "emailAddress" in members;
}
