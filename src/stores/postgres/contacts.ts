/** The contacts table: its migration describes the columns. */
import type { SubscriptionStatus } from "@aws-sdk/client-sesv2";
import { parseData } from "../../common/parse-data.ts";
import type { ScopedQueryable } from "./database.ts";
import { storedPreferences } from "./stored-options.ts";

/** A contact's own choices by topic name. They may include topics that the list no longer has. */
export type TopicChoices = Readonly<Record<string, SubscriptionStatus>>;

/** The part of a contact that a caller provides. */
export interface ContactContent {
  unsubscribeAll: boolean;
  attributes: string | null;
  preferences: TopicChoices;
}

export interface ContactRow extends ContactContent {
  address: string;
  createdAt: Date;
  updatedAt: Date;
}

/** A contact as returned in a list of contacts. */
export type ContactListing = Omit<ContactRow, "attributes" | "createdAt">;

/** Adds a contact unless the address is already on the list or the list doesn't exist. */
export async function insertContact(
  database: ScopedQueryable,
  list: string,
  contact: Omit<ContactRow, "updatedAt">,
): Promise<"created" | "exists" | "no list"> {
  const { address, unsubscribeAll, attributes, preferences, createdAt } = contact;
  const [row] = await database.query<{ found: boolean; created: boolean }>(
    // The lock waits for a concurrent deletion of the list, after which the list is not found.
    `WITH list AS (SELECT scope, name FROM contact_lists WHERE scope = $7 AND name = $1 FOR KEY SHARE),
     created AS (
       INSERT INTO contacts (scope, list, address, unsubscribe_all, attributes, preferences, created_at, updated_at)
       SELECT scope, name, $2::text, $3::boolean, $4::text, $5::jsonb, $6::timestamptz, $6::timestamptz FROM list
       ON CONFLICT (scope, list, address) DO NOTHING RETURNING 1
     )
     SELECT EXISTS (SELECT FROM list) AS found, EXISTS (SELECT FROM created) AS created`,
    [list, address, unsubscribeAll, attributes, JSON.stringify(preferences), createdAt, database.scope],
  );
  if (!row) throw new Error("Inserting a contact returned no outcome");
  if (!row.found) return "no list";
  return row.created ? "created" : "exists";
}

/** The contact with this address; undefined if there is none. */
export async function selectContact(
  database: ScopedQueryable,
  list: string,
  address: string,
): Promise<ContactRow | undefined> {
  const [row] = await database.query<Omit<ContactRow, "preferences"> & { preferences: unknown }>(
    `SELECT address, unsubscribe_all AS "unsubscribeAll", attributes, preferences,
       created_at AS "createdAt", updated_at AS "updatedAt"
     FROM contacts WHERE scope = $1 AND list = $2 AND address = $3`,
    [database.scope, list, address],
  );
  return row && { ...row, preferences: preferencesOf(row.preferences) };
}

/** A contact's choices, as they were stored. Throws a MalformedData. */
export function preferencesOf(stored: unknown): TopicChoices {
  return parseData(storedPreferences, stored, "a contact's preferences");
}

/**
 * Changes a contact: merges the choices into the existing ones and replaces the rest; false if it doesn't exist.
 * A single statement, so that concurrent calls about different topics lose no choice.
 */
export async function mergeContact(
  database: ScopedQueryable,
  list: string,
  contact: ContactContent & { address: string; updatedAt: Date },
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE contacts SET unsubscribe_all = $4, attributes = $5, preferences = preferences || $6::jsonb, updated_at = $7
     WHERE scope = $1 AND list = $2 AND address = $3 RETURNING 1`,
    [
      database.scope,
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

/** Deletes a contact; false if it doesn't exist. */
export async function deleteContact(database: ScopedQueryable, list: string, address: string): Promise<boolean> {
  const rows = await database.query(
    "DELETE FROM contacts WHERE scope = $1 AND list = $2 AND address = $3 RETURNING 1",
    [database.scope, list, address],
  );
  return rows.length === 1;
}
