/** The event_destinations table: its migration describes the columns. */
import { array, type InferOutput, is } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import type { InsertOutcome } from "./configuration-sets.ts";
import type { Database, Queryable } from "./database.ts";
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
  readonly configurationSet: string;
  readonly name: string;
  readonly enabled: boolean;
  /** In the order given. */
  readonly eventTypes: readonly DestinationEventType[];
  readonly target: EventTarget;
}

/** An enabled destination, as the publisher needs it. */
export interface DestinationSubscription extends Omit<EventDestination, "enabled" | "target"> {
  /** Undefined if another version of the program wrote one that this version does not know. */
  readonly target: EventTarget | undefined;
}

/** A destination in the list of all. */
export type ListedDestination = DestinationSubscription & Pick<EventDestination, "enabled">;

/** A row as it is stored. */
export type StoredDestination = Pick<EventDestination, "id" | "configurationSet" | "name" | "enabled"> & {
  readonly eventTypes: readonly string[];
  readonly target: unknown;
};

const columns = `d.id, d.configuration_set AS "configurationSet", d.name, d.enabled, d.event_types AS "eventTypes", d.target`;

/** The destinations of a configuration set in the order of their creation; undefined if there is no such set. */
export async function selectEventDestinations(
  database: Queryable,
  configurationSet: string,
): Promise<EventDestination[] | undefined> {
  const rows = await database.query<StoredDestination | { id: null }>(
    `SELECT ${columns} FROM configuration_sets AS s LEFT JOIN event_destinations AS d ON d.configuration_set = s.name
     WHERE s.name = $1 ORDER BY d.position`,
    [configurationSet],
  );
  if (rows.length === 0) return undefined;
  return rows.filter((row) => row.id !== null).map(readDestination);
}

/** The names of a configuration set's destinations; undefined if there is no such set. */
export async function selectEventDestinationNames(
  database: Queryable,
  configurationSet: string,
): Promise<string[] | undefined> {
  const rows = await database.query<{ name: string | null }>(
    `SELECT d.name FROM configuration_sets AS s LEFT JOIN event_destinations AS d ON d.configuration_set = s.name
     WHERE s.name = $1`,
    [configurationSet],
  );
  return rows.length === 0 ? undefined : rows.flatMap(({ name }) => name ?? []);
}

/**
 * The enabled destinations of all configuration sets. What another version of the program wrote and this one does not
 * know is left out of a destination, so that it holds up no other.
 */
export async function selectSubscriptions(database: Queryable): Promise<DestinationSubscription[]> {
  const rows = await database.query<StoredDestination>(
    `SELECT ${columns} FROM event_destinations AS d WHERE d.enabled ORDER BY d.position`,
  );
  return rows.map(readKnownParts);
}

/**
 * Adds a destination unless its name is taken or the set has `limit` already; also if several calls do so at the same
 * time. `no-set`: there is no such configuration set.
 */
export async function insertEventDestination(
  database: Database,
  destination: Omit<EventDestination, "id">,
  limit: number,
): Promise<InsertOutcome | "no-set"> {
  const { configurationSet, name, enabled, eventTypes, target } = destination;
  return database.transaction(async (transaction) => {
    // Others wait here, and then see what was added. The set can't be deleted meanwhile.
    const sets = await transaction.query("SELECT FROM configuration_sets WHERE name = $1 FOR NO KEY UPDATE", [
      configurationSet,
    ]);
    if (sets.length === 0) return "no-set";
    const existing = await transaction.query<{ name: string }>(
      "SELECT name FROM event_destinations WHERE configuration_set = $1",
      [configurationSet],
    );
    if (existing.some((one) => one.name === name)) return "exists";
    if (existing.length >= limit) return "full";
    await transaction.query(
      `INSERT INTO event_destinations (configuration_set, name, enabled, event_types, target)
       VALUES ($1, $2, $3, $4::text[], $5::text::jsonb)`,
      [configurationSet, name, enabled, eventTypes, JSON.stringify(target)],
    );
    return "created";
  });
}

/**
 * Replaces a destination and keeps its ID and its place; false if it doesn't exist. What waits for it is due: the change
 * may have mended it.
 */
export async function updateEventDestination(
  database: Database,
  { configurationSet, name, enabled, eventTypes, target }: Omit<EventDestination, "id">,
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const [updated] = await transaction.query<{ id: string }>(
      `UPDATE event_destinations SET enabled = $3, event_types = $4::text[], target = $5::text::jsonb
       WHERE configuration_set = $1 AND name = $2 RETURNING id`,
      [configurationSet, name, enabled, eventTypes, JSON.stringify(target)],
    );
    if (updated) await endWaitOfBatches(transaction, [destinationTarget(updated.id)]);
    return updated !== undefined;
  });
}

/** The targets of the destinations with this topic. */
export async function selectTargetsWithTopic(database: Queryable, topicArn: string): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    "SELECT id FROM event_destinations WHERE target->'SnsDestination'->>'TopicArn' = $1",
    [topicArn],
  );
  return rows.map(({ id }) => destinationTarget(id));
}

/** Deletes a destination; false if it doesn't exist. */
export async function deleteEventDestination(
  database: Queryable,
  { configurationSet, name }: Pick<EventDestination, "configurationSet" | "name">,
): Promise<boolean> {
  const rows = await database.query(
    "DELETE FROM event_destinations WHERE configuration_set = $1 AND name = $2 RETURNING 1",
    [configurationSet, name],
  );
  return rows.length === 1;
}

/** The parts of a row that this version of the program knows. */
export function readKnownParts(row: StoredDestination): DestinationSubscription {
  const { id, configurationSet, name, eventTypes, target } = row;
  return {
    id,
    configurationSet,
    name,
    eventTypes: eventTypes.filter((type) => is(storedEventType, type)),
    target: is(storedEventTarget, target) ? target : undefined,
  };
}

/** @throws MalformedData */
export function readDestination(row: StoredDestination): EventDestination {
  const { id, configurationSet, name, enabled } = row;
  const what = `the event destination ${name} of the configuration set ${configurationSet}`;
  return {
    id,
    configurationSet,
    name,
    enabled,
    eventTypes: parseData(array(storedEventType), row.eventTypes, `MatchingEventTypes of ${what}`),
    target: parseData(storedEventTarget, row.target, `the target of ${what}`),
  };
}
