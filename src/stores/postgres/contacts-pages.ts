/** Contacts of a list in the order of their addresses, page by page. */
import type { SubscriptionStatus } from "@aws-sdk/client-sesv2";
import { type ContactListing, type ContactRow, preferencesOf } from "./contacts.ts";
import type { Database } from "./database.ts";
import { queryInKeyOrder } from "./key-order.ts";

/** Which contacts: those with that status for a topic, or for the list as a whole. */
export interface ContactFilter {
  /** Undefined: any. */
  status: SubscriptionStatus | undefined;
  /** Undefined: the list as a whole, which a contact is opted in to unless it is unsubscribed from all. */
  topic: string | undefined;
  /** What a contact without a choice has; undefined: such contacts are left out. */
  defaultStatus: SubscriptionStatus | undefined;
}

/** Some contacts, and where to go on. */
export interface ContactPage {
  contacts: ContactListing[];
  /** The last address that was looked at; undefined where the list ends. */
  next: string | undefined;
}

/** How many contacts a filter looks at for one page: where few match, pages may have few or none, as SES's have. */
const MAX_SCANNED = 50_000;

const columns = `address, unsubscribe_all AS "unsubscribeAll", preferences, updated_at AS "updatedAt"`;

/** Contacts after an address (the first where it is empty), at most `limit` of those that the filter lets through. */
export async function selectContactPage(
  database: Database,
  list: string,
  page: { after: string; limit: number; filter: ContactFilter },
): Promise<ContactPage> {
  const { after, limit, filter } = page;
  const hidesSome = filter.status !== undefined || (filter.topic !== undefined && filter.defaultStatus === undefined);
  // One more than asked for tells whether there is a next page.
  const { contacts, edge } = hidesSome
    ? await selectFiltered(database, list, { after, limit: limit + 1, filter })
    : await selectAll(database, list, { after, limit: limit + 1 });
  if (contacts.length <= limit) return { contacts, next: edge };
  const shown = contacts.slice(0, limit);
  return { contacts: shown, next: shown.at(-1)?.address };
}

/** Contacts, and the last address that was looked at if there may be more behind it. */
interface Scan {
  contacts: ContactListing[];
  edge: string | undefined;
}

async function selectAll(database: Database, list: string, page: { after: string; limit: number }): Promise<Scan> {
  const contacts = await queryInKeyOrder<Omit<ContactListing, "preferences"> & { preferences: unknown }>(
    database,
    `SELECT ${columns} FROM contacts WHERE list = $1 AND address > $2 ORDER BY address LIMIT $3::integer`,
    [list, page.after, page.limit],
  );
  return {
    contacts: contacts.map((one) => ({ ...one, preferences: preferencesOf(one.preferences) })),
    edge: undefined,
  };
}

async function selectFiltered(
  database: Database,
  list: string,
  { after, limit, filter }: { after: string; limit: number; filter: ContactFilter },
): Promise<Scan> {
  type Nullable = { [Key in keyof ContactListing]: Key extends "preferences" ? unknown : ContactListing[Key] | null };
  const rows = await queryInKeyOrder<{ edge: string | null } & Nullable>(
    database,
    // One statement, so that both parts see the same contacts. Addresses are printable ASCII: chr(127) is after all.
    `SELECT edge.address AS edge, found.* FROM (
       SELECT (
         SELECT address FROM contacts WHERE list = $1 AND address > $2 ORDER BY address OFFSET $3::integer LIMIT 1
       ) AS address
     ) AS edge LEFT JOIN LATERAL (
       SELECT ${columns} FROM contacts
       WHERE list = $1 AND address > $2 AND address <= coalesce(edge.address, chr(127)) AND CASE
         WHEN $5::text IS NULL THEN $4::text IS NULL OR unsubscribe_all = ($4::text = 'OPT_OUT')
         WHEN coalesce(preferences ->> $5::text, $6::text) IS NULL THEN false
         WHEN $4::text IS NULL THEN true
         WHEN unsubscribe_all THEN $4::text = 'OPT_OUT'
         ELSE coalesce(preferences ->> $5::text, $6::text) = $4::text END
       ORDER BY address LIMIT $7::integer
     ) AS found ON true`,
    [list, after, MAX_SCANNED - 1, filter.status ?? null, filter.topic ?? null, filter.defaultStatus ?? null, limit],
  );
  const contacts: ContactListing[] = [];
  for (const { address, unsubscribeAll, preferences, updatedAt } of rows) {
    // The row of a page without contacts has nothing but the edge.
    if (address === null || unsubscribeAll === null || preferences === null || updatedAt === null) continue;
    contacts.push({ address, unsubscribeAll, preferences: preferencesOf(preferences), updatedAt });
  }
  // A join promises no order. Addresses are ASCII: their order here is that of the key.
  contacts.sort((one, other) => (one.address < other.address ? -1 : 1));
  return { contacts, edge: rows[0]?.edge ?? undefined };
}

/** A contact as a file has it. */
export type ContactRecord = Pick<ContactRow, "address" | "unsubscribeAll" | "attributes" | "preferences">;

/** As much of a page of contacts as may be held at a time, in bytes of attributes. */
const MAX_PAGE_BYTES = 8 << 20;

/** Contacts with all they have, after an address: at most `limit`, fewer where attributes are long, none at the end. */
export async function selectContactRecords(
  database: Database,
  list: string,
  page: { after: string; limit: number },
): Promise<ContactRecord[]> {
  return queryInKeyOrder(
    database,
    `SELECT address, unsubscribe_all AS "unsubscribeAll", attributes, preferences FROM (
       SELECT *, sum(coalesce(octet_length(attributes), 0)) OVER (ORDER BY address ROWS UNBOUNDED PRECEDING) AS bytes FROM (
         SELECT * FROM contacts WHERE list = $1 AND address > $2 ORDER BY address LIMIT $3::integer
       ) AS page
     ) AS measured
     WHERE bytes - coalesce(octet_length(attributes), 0) < $4::bigint ORDER BY address`,
    [list, page.after, page.limit, MAX_PAGE_BYTES],
  );
}
