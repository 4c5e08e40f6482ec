/** Bulk changes of contacts, one statement each, for imports. */
import { parseData } from "../../common/parse-data.ts";
import { valueSeparator } from "./bulk-suppressions.ts";
import type { ScopedQueryable } from "./database.ts";
import { storedTopics } from "./stored-options.ts";

/** A contact of an import file. */
export interface ImportedContact {
  address: string;
  unsubscribeAll: boolean;
  /** JSON text. */
  attributes: string | undefined;
  /** A JSON object that maps topics to OPT_IN or OPT_OUT. */
  preferences: string;
}

/** The names of a list's topics; undefined if the list doesn't exist. In a transaction, this locks the list. */
export async function topicsOfList(database: ScopedQueryable, list: string): Promise<Set<string> | undefined> {
  const [row] = await database.query<{ topics: unknown }>(
    "SELECT topics FROM contact_lists WHERE scope = $1 AND name = $2 FOR KEY SHARE",
    [database.scope, list],
  );
  if (!row) return undefined;
  const topics = parseData(storedTopics, row.topics, `the topics of the contact list ${list}`);
  return new Set(topics.map(({ TopicName: name }) => name));
}

const values = (parameter: string) => `string_to_array(${parameter}, chr(30), '')`;

/** Adds or fully replaces contacts. Addresses must be distinct and should be sorted. */
export async function putContacts(
  transaction: ScopedQueryable,
  list: string,
  contacts: readonly ImportedContact[],
  now: Date,
): Promise<void> {
  if (contacts.length === 0) return;
  const column = (value: (contact: ImportedContact) => string) => contacts.map(value).join(valueSeparator);
  await transaction.query(
    `INSERT INTO contacts (scope, list, address, unsubscribe_all, attributes, preferences, created_at, updated_at)
     SELECT $7, $1, address, unsubscribe_all = 't', attributes, preferences::jsonb, $6, $6
     FROM unnest(${["$2", "$3", "$4", "$5"].map((name) => values(`${name}::text`)).join(", ")})
       AS rows (address, unsubscribe_all, attributes, preferences)
     ON CONFLICT (scope, list, address) DO UPDATE
     SET unsubscribe_all = excluded.unsubscribe_all, attributes = excluded.attributes,
       preferences = excluded.preferences, updated_at = excluded.updated_at`,
    [
      list,
      column(({ address }) => address),
      column(({ unsubscribeAll }) => (unsubscribeAll ? "t" : "f")),
      column(({ attributes }) => attributes ?? ""),
      column(({ preferences }) => preferences),
      now,
      transaction.scope,
    ],
  );
}

/** Deletes contacts; returns the addresses that were on the list. */
export async function deleteContacts(
  transaction: ScopedQueryable,
  list: string,
  addresses: readonly string[],
): Promise<Set<string>> {
  if (addresses.length === 0) return new Set();
  const rows = await transaction.query<{ address: string }>(
    `DELETE FROM contacts WHERE scope = $3 AND list = $1 AND address = ANY (${values("$2::text")}) RETURNING address`,
    [list, addresses.join(valueSeparator), transaction.scope],
  );
  return new Set(rows.map(({ address }) => address));
}
