/** The tables of the inbox: their migration describes them. Operators see the inboxes of all scopes. */
import { type Database, type Queryable, queryableInScope, type ScopedQueryable } from "./database.ts";

/** IDs of messages of one scope that may have been taken out. */
export interface ScopedIds {
  readonly scope: number;
  readonly ids: readonly string[];
}

/** The floor of each scope that has one: messages with a smaller ID were taken out of the inbox. */
export async function selectInboxFloors(
  database: Queryable,
  scope: number | undefined,
): Promise<ReadonlyMap<number, string>> {
  const rows = await database.query<{ scope: number; floor: string }>(
    `SELECT scope, message_id AS floor FROM inbox_floors WHERE $1::integer IS NULL OR scope = $1::integer`,
    [scope ?? null],
  );
  return new Map(rows.map(({ scope, floor }) => [scope, floor]));
}

/** Which of the messages were taken out, besides those below a floor. */
export async function selectInboxRemovals(
  database: Queryable,
  scope: number | undefined,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await database.query<{ id: string }>(
    `SELECT message_id AS id FROM inbox_removals
     WHERE message_id = ANY($2::text[]) AND ($1::integer IS NULL OR scope = $1::integer)`,
    [scope ?? null, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Takes messages out; those that were taken out before stay so. */
export async function insertInboxRemovals(database: ScopedQueryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await database.query(
    `INSERT INTO inbox_removals (scope, message_id) SELECT $1, id FROM unnest($2::text[]) AS id ON CONFLICT DO NOTHING`,
    [database.scope, ids],
  );
}

/**
 * Takes out all messages with an ID below `floor`, unless the floor is higher already, and of the others those in
 * `removed`.
 */
export async function raiseInboxFloor(
  database: Database,
  { scope, floor, removed }: { scope: number; floor: string; removed: readonly string[] },
): Promise<void> {
  await database.transaction(async (transaction) => {
    const scoped = queryableInScope(transaction, scope);
    await transaction.query(
      `INSERT INTO inbox_floors (scope, message_id) VALUES ($1, $2)
       ON CONFLICT (scope) DO UPDATE SET message_id = greatest(inbox_floors.message_id, excluded.message_id)`,
      [scope, floor],
    );
    await transaction.query("DELETE FROM inbox_removals WHERE scope = $1 AND message_id < $2", [scope, floor]);
    await insertInboxRemovals(
      scoped,
      removed.filter((id) => id >= floor),
    );
  });
}

/** Lowers the floor of a scope, and takes the messages out one by one that were below it. */
export async function lowerInboxFloor(
  database: Database,
  { scope, floor, removed }: { scope: number; floor: string; removed: readonly string[] },
): Promise<void> {
  await database.transaction(async (transaction) => {
    await insertInboxRemovals(queryableInScope(transaction, scope), removed);
    await transaction.query("UPDATE inbox_floors SET message_id = $2 WHERE scope = $1 AND message_id > $2", [
      scope,
      floor,
    ]);
  });
}

/** Forgets messages whose events are deleted, which were sent before `floor`. */
export async function deleteInboxRemovals(database: Queryable, floor: string): Promise<void> {
  await database.query("DELETE FROM inbox_removals WHERE message_id < $1", [floor]);
}
