/** Records that take effect together. */
import { contactAddress } from "../../recipients/contacts/contact-address.ts";
import type { ImportedContact } from "../../stores/postgres/bulk-contacts.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import type { FileRecord } from "./records.ts";

/** A record that was not taken, and why, as a sentence. */
export interface Refused {
  record: FileRecord;
  /** Its number in the file, from 1. */
  number: number;
  reason: string;
}

/** Records of one kind of job, read and not yet written. Where an address comes twice, the last one holds. */
export interface Batch {
  /** Takes a record; answers why not, where it can't be. */
  add(record: FileRecord, number: number): string | undefined;
  /** Writes them; resolves to those that found nothing to do. Can be called again, where a transaction is repeated. */
  write(transaction: Queryable, now: Date): Promise<Refused[]>;
}

/** What a record would do, as far as it says. */
export type RecordEffect =
  | { kind: "suppress"; address: string; reason: "BOUNCE" | "COMPLAINT" }
  | { kind: "put contact"; contact: ImportedContact }
  | { kind: "remove"; address: string };

/** How a kind of job reads its file. */
export interface Reading {
  /** Told of a CSV file's first record; whether that is a header. Throws an `ImportError` for one that can't be used. */
  readonly header: ((fields: readonly string[]) => boolean) | undefined;
  newBatch(): Batch;
  /** What a record would do; a text says why it can't be taken. */
  effectOf(record: FileRecord): RecordEffect | string;
}

/** Addresses to remove, with the records that name them: one that is not there is a failed record, as in SES. */
export class Removals implements Batch {
  readonly #read: (record: FileRecord) => { address: string } | string;
  readonly #remove: (transaction: Queryable, addresses: readonly string[]) => Promise<Set<string>>;
  readonly #absent: string;
  readonly #rows: { address: string; record: FileRecord; number: number }[] = [];

  constructor(
    read: (record: FileRecord) => { address: string } | string,
    remove: (transaction: Queryable, addresses: readonly string[]) => Promise<Set<string>>,
    absent: string,
  ) {
    this.#read = read;
    this.#remove = remove;
    this.#absent = absent;
  }

  /** See `Batch`. */
  add(record: FileRecord, number: number): string | undefined {
    const read = this.#read(record);
    if (typeof read === "string") return read;
    this.#rows.push({ address: read.address, record, number });
    return undefined;
  }

  /** See `Batch`. */
  async write(transaction: Queryable): Promise<Refused[]> {
    const removed = await this.#remove(transaction, [...new Set(this.#rows.map(({ address }) => address))].sort());
    // Of an address that comes twice, the second finds nothing.
    return this.#rows
      .filter(({ address }) => !removed.delete(address))
      .map(({ record, number }) => ({ record, number, reason: this.#absent }));
  }
}

/** What a record that names an address to remove would do, or why it can't be taken. */
export function removalOf(read: { address: string } | string): RecordEffect | string {
  return typeof read === "string" ? read : { kind: "remove", address: read.address };
}

/** The address that a record names, as lists keep it; a text says why there is none. */
export function readAddress(given: unknown): { address: string } | string {
  if (given === undefined || given === "") return "The email address is missing.";
  const address = typeof given === "string" ? contactAddress(given) : undefined;
  return address === undefined ? "The email address is not valid." : { address };
}

/** Parses a record of JSON to an object's members; a text says why not. */
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
