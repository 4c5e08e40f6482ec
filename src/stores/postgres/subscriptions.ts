/** Recipients' subscriptions: the tables contact_lists and contacts as sending and the recipients' pages use them. */
import type { SubscriptionStatus, Topic } from "@aws-sdk/client-sesv2";
import { parseData } from "../../common/parse-data.ts";
import { preferencesOf } from "./contacts.ts";
import type { ScopedDatabase, ScopedQueryable } from "./database.ts";
import { storedTopics } from "./stored-options.ts";

/** A message to an address of a list. */
export interface Enrolment {
  readonly list: string;
  /** '' for the list as a whole. */
  readonly topic: string;
  /** The domain in lower case, the local part as given. */
  readonly address: string;
}

/** Whether the recipient is subscribed, or what doesn't exist. */
export type EnrolmentOutcome = "subscribed" | "unsubscribed" | "no list" | "no topic";

/** An address's subscription to a list. */
export interface Subscription {
  /** The list's topics in their original order. */
  readonly topics: readonly Topic[];
  readonly unsubscribeAll: boolean;
  /** By topic name; a topic without a preference has its default. */
  readonly preferences: Readonly<Record<string, SubscriptionStatus>>;
}

export interface SubscriptionKey {
  readonly list: string;
  readonly address: string;
}

/**
 * Whether each address is subscribed, in the order of the input. An address that is not on its list becomes a contact
 * without preferences, unless the list or the topic doesn't exist.
 */
export async function enrol(
  database: ScopedQueryable,
  enrolments: readonly Enrolment[],
  now: Date,
): Promise<EnrolmentOutcome[]> {
  const rows = await database.query<{ outcome: EnrolmentOutcome; enrolled: boolean }>(
    `SELECT contacts.list IS NOT NULL AS enrolled, CASE
       WHEN contact_lists.name IS NULL THEN 'no list'
       WHEN asked.topic = '' THEN CASE WHEN unsubscribe_all THEN 'unsubscribed' ELSE 'subscribed' END
       WHEN standard.status IS NULL THEN 'no topic'
       WHEN unsubscribe_all OR coalesce(preferences->>asked.topic, standard.status) = 'OPT_OUT' THEN 'unsubscribed'
       ELSE 'subscribed' END AS outcome
     FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked (list, topic, address, position)
     LEFT JOIN contact_lists ON contact_lists.scope = $4::integer AND contact_lists.name = asked.list
     LEFT JOIN LATERAL (
       SELECT one.value->>'DefaultSubscriptionStatus' AS status FROM jsonb_array_elements(contact_lists.topics) AS one
       WHERE one.value->>'TopicName' = asked.topic
     ) AS standard ON true
     LEFT JOIN contacts
       ON contacts.scope = $4::integer AND contacts.list = asked.list AND contacts.address = asked.address
     ORDER BY asked.position`,
    [
      enrolments.map(({ list }) => list),
      enrolments.map(({ topic }) => topic),
      enrolments.map(({ address }) => address),
      database.scope,
    ],
  );
  const exists = (outcome: EnrolmentOutcome | undefined) => outcome === "subscribed" || outcome === "unsubscribed";
  const missing = enrolments.filter((_, index) => exists(rows[index]?.outcome) && !rows[index]?.enrolled);
  // A separate statement: it is rarely needed and would double the time of the first one.
  if (missing.length > 0) await addContacts(database, missing, now);
  return rows.map(({ outcome }) => outcome);
}

async function addContacts(database: ScopedQueryable, missing: readonly SubscriptionKey[], now: Date): Promise<void> {
  await database.query(
    // Sorted, so that two servers never deadlock; the lists are locked against concurrent removal.
    `INSERT INTO contacts (scope, list, address, unsubscribe_all, preferences, created_at, updated_at)
     SELECT contact_lists.scope, contact_lists.name, asked.address, false, '{}'::jsonb, $3::timestamptz, $3::timestamptz
     FROM unnest($1::text[], $2::text[]) AS asked (list, address)
     JOIN contact_lists ON contact_lists.scope = $4::integer AND contact_lists.name = asked.list
     ORDER BY asked.list, asked.address FOR KEY SHARE OF contact_lists
     ON CONFLICT (scope, list, address) DO NOTHING`,
    [missing.map(({ list }) => list), missing.map(({ address }) => address), now, database.scope],
  );
}

/** The subscription of an address, whether or not it is a contact; undefined if the list doesn't exist. */
export async function selectSubscription(
  database: ScopedQueryable,
  { list, address }: SubscriptionKey,
): Promise<Subscription | undefined> {
  const [row] = await database.query<StoredSubscription>(
    `SELECT topics, coalesce(unsubscribe_all, false) AS "unsubscribeAll", coalesce(preferences, '{}') AS preferences
     FROM contact_lists LEFT JOIN contacts
       ON contacts.scope = contact_lists.scope AND contacts.list = contact_lists.name AND contacts.address = $2::text
     WHERE contact_lists.scope = $3::integer AND contact_lists.name = $1::text`,
    [list, address, database.scope],
  );
  return row && subscriptionOf(row);
}

type StoredSubscription = { topics: unknown; unsubscribeAll: boolean; preferences: unknown };

function subscriptionOf({ topics, unsubscribeAll, preferences }: StoredSubscription): Subscription {
  return {
    topics: parseData(storedTopics, topics, "the topics of a contact list"),
    unsubscribeAll,
    preferences: preferencesOf(preferences),
  };
}

/**
 * Changes the subscription of an address, creating the contact if necessary. Concurrent changes are serialized: each
 * sees the result of the previous one.
 * @param change returns the new subscription, or the same object for no change. It can use the transaction to commit
 *   something else with the change.
 * @returns the result of `change`; undefined if the list doesn't exist.
 */
export async function changeSubscription(
  database: ScopedDatabase,
  { list, address }: SubscriptionKey,
  now: Date,
  change: (transaction: ScopedQueryable, current: Subscription) => Promise<Subscription>,
): Promise<Subscription | undefined> {
  return database.transaction(async (transaction) => {
    // Locks the list, so that it is not removed between the statements.
    await transaction.query(
      `INSERT INTO contacts (scope, list, address, unsubscribe_all, preferences, created_at, updated_at)
       SELECT scope, name, $2::text, false, '{}'::jsonb, $3::timestamptz, $3::timestamptz
       FROM contact_lists WHERE scope = $4::integer AND name = $1::text FOR KEY SHARE
       ON CONFLICT (scope, list, address) DO NOTHING`,
      [list, address, now, database.scope],
    );
    const [stored] = await transaction.query<StoredSubscription>(
      `SELECT topics, unsubscribe_all AS "unsubscribeAll", preferences
       FROM contacts
       JOIN contact_lists ON contact_lists.scope = contacts.scope AND contact_lists.name = contacts.list
       WHERE contacts.scope = $3::integer AND contacts.list = $1::text AND contacts.address = $2::text
       FOR UPDATE OF contacts`,
      [list, address, database.scope],
    );
    if (!stored) return undefined;
    const current = subscriptionOf(stored);
    const changed = await change(transaction, current);
    if (changed === current) return current;
    await transaction.query(
      `UPDATE contacts SET unsubscribe_all = $3::boolean, preferences = $4::text::jsonb, updated_at = $5::timestamptz
       WHERE scope = $6::integer AND list = $1::text AND address = $2::text`,
      [list, address, changed.unsubscribeAll, JSON.stringify(changed.preferences), now, database.scope],
    );
    return changed;
  });
}
