/** The contacts table: see its migration for what a row holds. */
import type { SubscriptionStatus } from "@aws-sdk/client-sesv2";
import { parseData } from "../../common/parse-data.ts";
import type { Queryable } from "./database.ts";
import { storedPreferences } from "./stored-options.ts";

/** A contact's own choices, by the name of a topic. Some may be of topics that the list no longer has. */
export type TopicChoices = Readonly<Record<string, SubscriptionStatus>>;

/** What a caller says of a contact. */
export interface ContactContent {
  unsubscribeAll: boolean;
  attributes: string | null;
  preferences: TopicChoices;
}

/** A contact of a list. */
export interface ContactRow extends ContactContent {
  address: string;
  createdAt: Date;
  updatedAt: Date;
}

/** A contact as a list of contacts shows it. */
export type ContactListing = Omit<ContactRow, "attributes" | "createdAt">;

/** Adds a contact unless the address is on the list already, or there is no such list. */
export async function insertContact(
  database: Queryable,
  list: string,
  contact: Omit<ContactRow, "updatedAt">,
): Promise<"created" | "exists" | "no list"> {
  const { address, unsubscribeAll, attributes, preferences, createdAt } = contact;
  const [row] = await database.query<{ found: boolean; created: boolean }>(
    // The lock waits for who deletes the list meanwhile, and then finds no list.
    `WITH list AS (SELECT name FROM contact_lists WHERE name = $1 FOR KEY SHARE),
     created AS (
       INSERT INTO contacts (list, address, unsubscribe_all, attributes, preferences, created_at, updated_at)
       SELECT name, $2::text, $3::boolean, $4::text, $5::jsonb, $6::timestamptz, $6::timestamptz FROM list
       ON CONFLICT (list, address) DO NOTHING RETURNING 1
     )
     SELECT EXISTS (SELECT FROM list) AS found, EXISTS (SELECT FROM created) AS created`,
    [list, address, unsubscribeAll, attributes, JSON.stringify(preferences), createdAt],
  );
  if (!row) throw new Error("The insert of a contact told no outcome");
  if (!row.found) return "no list";
  return row.created ? "created" : "exists";
}

/** The contact with that address; undefined where there is none. */
export async function selectContact(
  database: Queryable,
  list: string,
  address: string,
): Promise<ContactRow | undefined> {
  const [row] = await database.query<Omit<ContactRow, "preferences"> & { preferences: unknown }>(
    `SELECT address, unsubscribe_all AS "unsubscribeAll", attributes, preferences,
       created_at AS "createdAt", updated_at AS "updatedAt"
     FROM contacts WHERE list = $1 AND address = $2`,
    [list, address],
  );
  return row && { ...row, preferences: preferencesOf(row.preferences) };
}

/** A contact's choices, as they were stored. Throws a MalformedData. */
export function preferencesOf(stored: unknown): TopicChoices {
  return parseData(storedPreferences, stored, "a contact's preferences");
}

/**
 * Changes a contact: adds the choices to those it has, replaces the rest. False where there is no such contact.
 * One statement: of concurrent calls about different topics none is lost.
 */
export async function mergeContact(
  database: Queryable,
  list: string,
  contact: ContactContent & { address: string; updatedAt: Date },
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE contacts SET unsubscribe_all = $3, attributes = $4, preferences = preferences || $5::jsonb, updated_at = $6
     WHERE list = $1 AND address = $2 RETURNING 1`,
    [
      list,
      contact.address,
      contact.unsubscribeAll,
      contact.attributes,
      JSON.stringify(contact.preferences),
      contact.updatedAt,
    ],
  );
  return rows.length === 1;
}

/** Removes a contact; false where there is no such contact. */
export async function deleteContact(database: Queryable, list: string, address: string): Promise<boolean> {
  const rows = await database.query("DELETE FROM contacts WHERE list = $1 AND address = $2 RETURNING 1", [
    list,
    address,
  ]);
  return rows.length === 1;
}
