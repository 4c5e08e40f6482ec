/** The ended_sessions table: its migration describes the columns. */
import type { Queryable } from "./database.ts";

/** Records that a session has ended before its token expires. Deletes the records of tokens that expired before `now`. */
export async function insertEndedSession(
  database: Queryable,
  { id, expiresAt }: { id: string; expiresAt: Date },
  now: Date,
): Promise<void> {
  await database.query(
    `WITH expired AS (DELETE FROM ended_sessions WHERE expires_at < $3::timestamptz)
     INSERT INTO ended_sessions (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`,
    [id, expiresAt, now],
  );
}

/** Whether a session was recorded as ended. */
export async function isEndedSession(database: Queryable, id: string): Promise<boolean> {
  return (await database.query("SELECT id FROM ended_sessions WHERE id = $1", [id])).length > 0;
}
