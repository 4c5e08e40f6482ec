/** Pages of a list's contacts, ordered by address. */
import type { SubscriptionStatus } from "@aws-sdk/client-sesv2";
import { type ContactListing, type ContactRow, preferencesOf } from "./contacts.ts";
import type { ScopedDatabase } from "./database.ts";
import { queryInKeyOrder } from "./key-order.ts";

/** Selects contacts by their status for a topic, or for the list as a whole. */
export interface ContactFilter {
  status: SubscriptionStatus;
  /**
   * Undefined for the list as a whole: a contact is opted in to it unless it is unsubscribed from everything. Such a
   * contact is opted out of each topic, whatever it chose before.
   */
  topic: string | undefined;
  /** The status of a contact without a choice; undefined to leave such contacts out. */
  defaultStatus: SubscriptionStatus | undefined;
}

/** A page of contacts and where the next one starts. */
export interface ContactPage {
  contacts: ContactListing[];
  /** The last address scanned; undefined at the end of the list. */
  next: string | undefined;
}

/** The number of contacts a filter scans per page: if few match, pages have few contacts or none, as SES's do. */
const MAX_SCANNED = 50_000;

const columns = `address, unsubscribe_all AS "unsubscribeAll", preferences, updated_at AS "updatedAt"`;

/** At most `limit` contacts after an address (empty for the first page) that match the filter, if there is one. */
export async function selectContactPage(
  database: ScopedDatabase,
  list: string,
  page: { after: string; limit: number; filter: ContactFilter | undefined },
): Promise<ContactPage> {
  const { after, limit, filter } = page;
  // Requesting one more contact shows whether there is a next page.
  const { contacts, edge } = filter
    ? await selectFiltered(database, list, { after, limit: limit + 1, filter })
    : await selectAll(database, list, { after, limit: limit + 1 });
  if (contacts.length <= limit) return { contacts, next: edge };
  const shown = contacts.slice(0, limit);
  return { contacts: shown, next: shown.at(-1)?.address };
}

/** Contacts, and the last address scanned if more may follow. */
interface Scan {
  contacts: ContactListing[];
  edge: string | undefined;
}

async function selectAll(
  database: ScopedDatabase,
  list: string,
  page: { after: string; limit: number },
): Promise<Scan> {
  const contacts = await queryInKeyOrder<Omit<ContactListing, "preferences"> & { preferences: unknown }>(
    database,
    `SELECT ${columns} FROM contacts
     WHERE scope = $4 AND list = $1 AND address > $2 ORDER BY address LIMIT $3::integer`,
    [list, page.after, page.limit, database.scope],
  );
  return {
    contacts: contacts.map((one) => ({ ...one, preferences: preferencesOf(one.preferences) })),
    edge: undefined,
  };
}

async function selectFiltered(
  database: ScopedDatabase,
  list: string,
  { after, limit, filter }: { after: string; limit: number; filter: ContactFilter },
): Promise<Scan> {
  type Nullable = { [Key in keyof ContactListing]: Key extends "preferences" ? unknown : ContactListing[Key] | null };
  const rows = await queryInKeyOrder<{ edge: string | null } & Nullable>(
    database,
    // One statement, so both parts see the same contacts. Addresses are printable ASCII: chr(127) sorts after them.
    `SELECT edge.address AS edge, found.* FROM (
       SELECT (
         SELECT address FROM contacts
         WHERE scope = $8 AND list = $1 AND address > $2 ORDER BY address OFFSET $3::integer LIMIT 1
       ) AS address
     ) AS edge LEFT JOIN LATERAL (
       SELECT ${columns} FROM contacts
       WHERE scope = $8 AND list = $1 AND address > $2 AND address <= coalesce(edge.address, chr(127)) AND CASE
         WHEN $5::text IS NULL OR unsubscribe_all THEN unsubscribe_all = ($4::text = 'OPT_OUT')
         ELSE coalesce(preferences ->> $5::text, $6::text) = $4::text END
       ORDER BY address LIMIT $7::integer
     ) AS found ON true`,
    [
      list,
      after,
      MAX_SCANNED - 1,
      filter.status,
      filter.topic ?? null,
      filter.defaultStatus ?? null,
      limit,
      database.scope,
    ],
  );
  const contacts: ContactListing[] = [];
  for (const { address, unsubscribeAll, preferences, updatedAt } of rows) {
    // A page without contacts is one row with only the edge.
    if (address === null || unsubscribeAll === null || preferences === null || updatedAt === null) continue;
    contacts.push({ address, unsubscribeAll, preferences: preferencesOf(preferences), updatedAt });
  }
  // A join guarantees no order. Addresses are ASCII, so this order is that of the key.
  contacts.sort((one, other) => (one.address < other.address ? -1 : 1));
  return { contacts, edge: rows[0]?.edge ?? undefined };
}

/** A contact as written to a file. */
export type ContactRecord = Pick<ContactRow, "address" | "unsubscribeAll" | "attributes" | "preferences">;

/** The maximum size of attributes in a page, in bytes. */
const MAX_PAGE_BYTES = 8 << 20;

/** Complete contacts after an address: at most `limit`, fewer if attributes are long, none at the end of the list. */
export async function selectContactRecords(
  database: ScopedDatabase,
  list: string,
  page: { after: string; limit: number },
): Promise<ContactRecord[]> {
  return queryInKeyOrder(
    database,
    `SELECT address, unsubscribe_all AS "unsubscribeAll", attributes, preferences FROM (
       SELECT *, sum(coalesce(octet_length(attributes), 0)) OVER (ORDER BY address ROWS UNBOUNDED PRECEDING) AS bytes FROM (
         SELECT * FROM contacts WHERE scope = $5 AND list = $1 AND address > $2 ORDER BY address LIMIT $3::integer
       ) AS page
     ) AS measured
     WHERE bytes - coalesce(octet_length(attributes), 0) < $4::bigint ORDER BY address`,
    [list, page.after, page.limit, MAX_PAGE_BYTES, database.scope],
  );
}
