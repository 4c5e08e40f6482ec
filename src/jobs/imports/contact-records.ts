/**
 * Records for a contact list. CSV files have a header:
 * `emailAddress,unsubscribeAll,attributesData,topicPreferences.<Topic>…`; JSON uses the same names, with
 * `topicPreferences` as in the API.
 */
import { attributesFault, MAX_ATTRIBUTES_BYTES } from "../../recipients/contacts/contact-rules.ts";
import { deleteContacts, type ImportedContact, putContacts } from "../../stores/postgres/bulk-contacts.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import type { ImportAction, ImportFormat } from "../../stores/postgres/import-jobs.ts";
import {
  type Batch,
  csvAddress,
  isJsonRow,
  type Reading,
  Removals,
  readAddress,
  readObject,
  removalOf,
} from "./batch.ts";
import type { CsvGrammar } from "./csv-grammar.ts";
import { checkDelimiter, checkNoArray, isSeparatorLine } from "./first-line.ts";
import { ImportError } from "./import-error.ts";
import type { FileRecord, FirstRecord } from "./records.ts";
import { fieldsOfLine } from "./rows-inside.ts";

/** The contact list of a job. */
export interface ContactTarget {
  list: string;
  topics: ReadonlySet<string>;
  action: ImportAction;
  format: ImportFormat;
}

/** How to read the file of a contact list's job. Sets the column of `csv` that has attributes. */
export function contactReading({ list, topics, action, format }: ContactTarget, csv: CsvGrammar): Reading {
  let columns: Columns = { address: 0, unsubscribeAll: -1, attributes: -1, topics: [] };
  const say = (record: FileRecord) => (format === "CSV" ? readCsv(record, columns) : readJson(record));
  const readRemoval = (record: FileRecord) => {
    const said = say(record);
    return typeof said === "string" ? said : readAddress(said.address);
  };
  return {
    first(first) {
      if (format === "JSON") {
        checkNoArray(first);
        return "record";
      }
      if (isSeparatorLine(first)) return "before the header";
      columns = readHeader(first);
      csv.jsonColumn = columns.attributes;
      return "header";
    },
    isRow(line, width) {
      if (format === "JSON") return isJsonRow(line);
      const fields = fieldsOfLine(line);
      return (
        fields !== undefined && (fields.length === width || typeof readAddress(fields[columns.address]) !== "string")
      );
    },
    newBatch: () =>
      action === "PUT"
        ? new Puts(list, topics, say)
        : new Removals(
            readRemoval,
            (transaction, addresses) => deleteContacts(transaction, list, addresses),
            "The contact is not on the list.",
          ),
    effectOf(record) {
      if (action === "DELETE") return removalOf(readRemoval(record));
      const contact = readPut(say(record), topics);
      return typeof contact === "string" ? contact : { kind: "put contact", contact };
    },
  };
}

/** Column indexes, starting at 0; -1 if absent. */
interface Columns {
  address: number;
  unsubscribeAll: number;
  attributes: number;
  topics: readonly { column: number; topic: string }[];
}

const topicPrefix = "topicpreferences.";

/** Parses a header. Ignores case and white space in names, except in topic names. */
function readHeader(first: FirstRecord): Columns {
  const { fields, problem } = first;
  const names = fields.map((name) => name.trim());
  const lower = names.map((name) => name.toLowerCase());
  const wanted =
    "The first line must name the columns: emailAddress,unsubscribeAll,attributesData,topicPreferences.<Topic>";
  const known = new Set(["emailaddress", "unsubscribeall", "attributesdata", ""]);
  const unknown = names.find((name) => !known.has(name.toLowerCase()) && !isTopic(name));
  if (problem !== undefined || unknown !== undefined) {
    checkDelimiter(first, (field) => field.toLowerCase() === "emailaddress");
  }
  if (problem !== undefined) {
    throw new ImportError(`The file has no column emailAddress: its first line can't be read, ${problem}. ${wanted}.`);
  }
  if (!lower.includes("emailaddress")) {
    throw new ImportError(`The file has no column emailAddress. ${wanted}.`);
  }
  const repeated = names.find(
    (name, index) => name !== "" && lower.indexOf(name.toLowerCase()) < index && !isTopic(name),
  );
  if (repeated !== undefined) throw new ImportError(`The file has the column ${shown(repeated)} twice. ${wanted}.`);
  if (unknown !== undefined) throw new ImportError(`The column ${shown(unknown)} is not known. ${wanted}.`);
  return {
    address: lower.indexOf("emailaddress"),
    unsubscribeAll: lower.indexOf("unsubscribeall"),
    attributes: lower.indexOf("attributesdata"),
    topics: names.flatMap((name, column) => (isTopic(name) ? [{ column, topic: name.slice(topicPrefix.length) }] : [])),
  };
}

function isTopic(name: string): boolean {
  return name.toLowerCase().startsWith(topicPrefix);
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100).toWellFormed().replaceAll("\0", "\ufffd"));
}

/** The raw values of a record. Empty strings count as absent. */
interface Said {
  address: unknown;
  unsubscribeAll: unknown;
  attributes: unknown;
  preferences: readonly { topic: unknown; status: unknown }[];
}

function readCsv({ fields }: FileRecord, columns: Columns): Said {
  const preferences: { topic: string; status: string }[] = [];
  for (const { column, topic } of columns.topics) {
    const status = fields[column]?.trim() ?? "";
    if (status !== "") preferences.push({ topic, status: status.toUpperCase() });
  }
  return {
    address: csvAddress(fields[columns.address]),
    unsubscribeAll: fields[columns.unsubscribeAll]?.trim().toLowerCase(),
    attributes: fields[columns.attributes],
    preferences,
  };
}

function readJson({ fields: [text = ""] }: FileRecord): Said | string {
  const members = readObject(text);
  if (typeof members === "string") return members;
  const { emailAddress: address, unsubscribeAll, attributesData: attributes, topicPreferences } = members;
  const list: unknown = topicPreferences ?? [];
  if (!Array.isArray(list)) return "topicPreferences must be an array.";
  const preferences = list.map((one: unknown) => {
    const object = typeof one === "object" && one !== null ? { ...one } : {};
    return {
      topic: "topicName" in object ? object.topicName : undefined,
      status: "subscriptionStatus" in object ? object.subscriptionStatus : undefined,
    };
  });
  return { address, unsubscribeAll, attributes, preferences };
}

function readFlag(given: unknown): boolean | undefined {
  if (given === undefined || given === null || given === "" || given === "false" || given === false) return false;
  return given === "true" || given === true ? true : undefined;
}

function readPut(said: Said | string, topics: ReadonlySet<string>): ImportedContact | string {
  if (typeof said === "string") return said;
  const read = readAddress(said.address);
  if (typeof read === "string") return read;
  const unsubscribeAll = readFlag(said.unsubscribeAll);
  if (unsubscribeAll === undefined) return "unsubscribeAll must be true or false.";
  const attributes = said.attributes ?? "";
  if (typeof attributes !== "string") return "attributesData must be a text with a JSON object in it.";
  if (attributes.trim() !== "") {
    const fault = attributesFault(attributes);
    if (fault === "too long") return `attributesData is longer than ${MAX_ATTRIBUTES_BYTES} bytes.`;
    if (fault !== undefined) return "attributesData is not a JSON object.";
  }
  // No prototype, since a topic may be named `__proto__`.
  const preferences: Record<string, string> = Object.create(null);
  for (const { topic, status } of said.preferences) {
    if (typeof topic !== "string" || !topics.has(topic)) return "A topic is not one of the contact list.";
    if (status !== "OPT_IN" && status !== "OPT_OUT") return "A subscription status must be OPT_IN or OPT_OUT.";
    preferences[topic] = status;
  }
  return {
    address: read.address,
    unsubscribeAll,
    attributes: attributes.trim() === "" ? undefined : attributes,
    preferences: JSON.stringify(preferences),
  };
}

class Puts implements Batch {
  readonly #list: string;
  readonly #topics: ReadonlySet<string>;
  readonly #say: (record: FileRecord) => Said | string;
  readonly #contacts = new Map<string, ImportedContact>();

  constructor(list: string, topics: ReadonlySet<string>, say: (record: FileRecord) => Said | string) {
    this.#list = list;
    this.#topics = topics;
    this.#say = say;
  }

  add(record: FileRecord): string | undefined {
    const contact = readPut(this.#say(record), this.#topics);
    if (typeof contact === "string") return contact;
    this.#contacts.set(contact.address, contact);
    return undefined;
  }

  async write(transaction: ScopedQueryable, now: Date): Promise<[]> {
    const addresses = [...this.#contacts.keys()].sort();
    const contacts = addresses.flatMap((address) => this.#contacts.get(address) ?? []);
    await putContacts(transaction, this.#list, contacts, now);
    return [];
  }
}
