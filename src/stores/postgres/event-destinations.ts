/** The event_destinations table: its migration describes the columns. */
import { array, type InferOutput, is } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import type { InsertOutcome } from "./configuration-sets.ts";
import type { Queryable, ScopedDatabase, ScopedQueryable } from "./database.ts";
import { endWaitOfBatches } from "./publication-batches.ts";
import { storedEventTarget, storedEventType } from "./stored-options.ts";
import { destinationTarget } from "./target-name.ts";

/** SES's ten event types. */
export type DestinationEventType = InferOutput<typeof storedEventType>;

/** Where events go, in SES's form: `{ SnsDestination: { TopicArn } }`. */
export type EventTarget = InferOutput<typeof storedEventTarget>;

/** A destination of the events of a configuration set's mail. */
export interface EventDestination {
  /** A UUID. An update keeps it. */
  readonly id: string;
  readonly scope: number;
  readonly configurationSet: string;
  readonly name: string;
  readonly enabled: boolean;
  /** In the order given. */
  readonly eventTypes: readonly DestinationEventType[];
  readonly target: EventTarget;
}

/** A destination without what the database adds. */
export type NewEventDestination = Omit<EventDestination, "id" | "scope">;

/** An enabled destination, as the publisher needs it. */
export interface DestinationSubscription extends Omit<EventDestination, "enabled" | "target"> {
  /** Undefined if another version of the program wrote one that this version does not know. */
  readonly target: EventTarget | undefined;
}

/** A destination in the list of all. */
export type ListedDestination = DestinationSubscription & Pick<EventDestination, "enabled">;

/** A row as it is stored. */
export type StoredDestination = Pick<EventDestination, "id" | "scope" | "configurationSet" | "name" | "enabled"> & {
  readonly eventTypes: readonly string[];
  readonly target: unknown;
};

const columns = `d.id, d.scope, d.configuration_set AS "configurationSet", d.name, d.enabled,
  d.event_types AS "eventTypes", d.target`;

const setsWithDestinations = `configuration_sets AS s
  LEFT JOIN event_destinations AS d ON d.scope = s.scope AND d.configuration_set = s.name`;

/** The destinations of a configuration set in the order of their creation; undefined if there is no such set. */
export async function selectEventDestinations(
  database: ScopedQueryable,
  configurationSet: string,
): Promise<EventDestination[] | undefined> {
  const rows = await database.query<StoredDestination | { id: null }>(
    `SELECT ${columns} FROM ${setsWithDestinations} WHERE s.scope = $1 AND s.name = $2 ORDER BY d.position`,
    [database.scope, configurationSet],
  );
  if (rows.length === 0) return undefined;
  return rows.filter((row) => row.id !== null).map(readDestination);
}

/** The names of a configuration set's destinations; undefined if there is no such set. */
export async function selectEventDestinationNames(
  database: ScopedQueryable,
  configurationSet: string,
): Promise<string[] | undefined> {
  const rows = await database.query<{ name: string | null }>(
    `SELECT d.name FROM ${setsWithDestinations} WHERE s.scope = $1 AND s.name = $2`,
    [database.scope, configurationSet],
  );
  return rows.length === 0 ? undefined : rows.flatMap(({ name }) => name ?? []);
}

/**
 * The enabled destinations of all configuration sets of the scope. What another version of the program wrote and this one does not
 * know is left out of a destination, so that it holds up no other.
 */
export async function selectSubscriptions(database: ScopedQueryable): Promise<DestinationSubscription[]> {
  const rows = await database.query<StoredDestination>(
    `SELECT ${columns} FROM event_destinations AS d WHERE d.scope = $1 AND d.enabled ORDER BY d.position`,
    [database.scope],
  );
  return rows.map(readKnownParts);
}

/**
 * Adds a destination unless its name is taken or the set has `limit` already; also if several calls do so at the same
 * time. `no-set`: there is no such configuration set.
 */
export async function insertEventDestination(
  database: ScopedDatabase,
  destination: NewEventDestination,
  limit: number,
): Promise<InsertOutcome | "no-set"> {
  const { configurationSet, name, enabled, eventTypes, target } = destination;
  return database.transaction(async (transaction) => {
    const { scope } = transaction;
    // Others wait here, and then see what was added. The set can't be deleted meanwhile.
    const sets = await transaction.query(
      "SELECT FROM configuration_sets WHERE scope = $1 AND name = $2 FOR NO KEY UPDATE",
      [scope, configurationSet],
    );
    if (sets.length === 0) return "no-set";
    const existing = await transaction.query<{ name: string }>(
      "SELECT name FROM event_destinations WHERE scope = $1 AND configuration_set = $2",
      [scope, configurationSet],
    );
    if (existing.some((one) => one.name === name)) return "exists";
    if (existing.length >= limit) return "full";
    await transaction.query(
      `INSERT INTO event_destinations (scope, configuration_set, name, enabled, event_types, target)
       VALUES ($1, $2, $3, $4, $5::text[], $6::text::jsonb)`,
      [scope, configurationSet, name, enabled, eventTypes, JSON.stringify(target)],
    );
    return "created";
  });
}

/**
 * Replaces a destination and keeps its ID and its place; false if it doesn't exist. What waits for it is due: the change
 * may have mended it.
 */
export async function updateEventDestination(
  database: ScopedDatabase,
  { configurationSet, name, enabled, eventTypes, target }: NewEventDestination,
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const [updated] = await transaction.query<{ id: string }>(
      `UPDATE event_destinations SET enabled = $4, event_types = $5::text[], target = $6::text::jsonb
       WHERE scope = $1 AND configuration_set = $2 AND name = $3 RETURNING id`,
      [transaction.scope, configurationSet, name, enabled, eventTypes, JSON.stringify(target)],
    );
    if (updated) await endWaitOfBatches(transaction, [destinationTarget(updated.id)]);
    return updated !== undefined;
  });
}

/** The targets of the destinations with this topic, in all scopes: a topic may belong to another account. */
export async function selectTargetsWithTopic(database: Queryable, topicArn: string): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    "SELECT id FROM event_destinations WHERE target->'SnsDestination'->>'TopicArn' = $1",
    [topicArn],
  );
  return rows.map(({ id }) => destinationTarget(id));
}

/** Deletes a destination; false if it doesn't exist. */
export async function deleteEventDestination(
  database: ScopedQueryable,
  { configurationSet, name }: Pick<EventDestination, "configurationSet" | "name">,
): Promise<boolean> {
  const rows = await database.query(
    "DELETE FROM event_destinations WHERE scope = $1 AND configuration_set = $2 AND name = $3 RETURNING 1",
    [database.scope, configurationSet, name],
  );
  return rows.length === 1;
}

/** The parts of a row that this version of the program knows. */
export function readKnownParts(row: StoredDestination): DestinationSubscription {
  const { id, scope, configurationSet, name, eventTypes, target } = row;
  return {
    id,
    scope,
    configurationSet,
    name,
    eventTypes: eventTypes.filter((type) => is(storedEventType, type)),
    target: is(storedEventTarget, target) ? target : undefined,
  };
}

/** @throws MalformedData */
export function readDestination(row: StoredDestination): EventDestination {
  const { id, scope, configurationSet, name, enabled } = row;
  const what = `the event destination ${name} of the configuration set ${configurationSet}`;
  return {
    id,
    scope,
    configurationSet,
    name,
    enabled,
    eventTypes: parseData(array(storedEventType), row.eventTypes, `MatchingEventTypes of ${what}`),
    target: parseData(storedEventTarget, row.target, `the target of ${what}`),
  };
}
