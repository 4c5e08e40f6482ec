/** What the send_queue table holds, of one scope or of all, for people. These queries read the whole table. */
import type { Queryable } from "./database.ts";

/** Numbers of rows by state. */
export interface QueuedMailCounts {
  readonly due: number;
  readonly waiting: number;
  readonly claimed: number;
  /** Sending is paused for their configuration set or account. */
  readonly paused: number;
}

/** Counts the rows of a scope, or of all scopes, by state. */
export async function countQueued(database: Queryable, scope?: number): Promise<QueuedMailCounts> {
  const rows = await database.query<{ state: string; mail: number }>(
    "SELECT state, count(*) AS mail FROM send_queue WHERE $1::integer IS NULL OR scope = $1 GROUP BY state",
    [scope ?? null],
  );
  const of = (state: string) => rows.find((row) => row.state === state)?.mail ?? 0;
  return { due: of("due"), waiting: of("waiting"), claimed: of("claimed"), paused: of("paused") };
}

/** A domain's backlog. */
export interface QueuedDomain extends QueuedMailCounts {
  readonly domain: string;
  /** When the oldest mail was accepted. */
  readonly oldest: Date;
  /** The earliest retry of a waiting row; null if none waits. */
  readonly nextTry: Date | null;
  /** A failure of one of the waiting rows; null if none waits. */
  readonly lastDiagnostic: string | null;
}

/** The domains with the largest backlogs, of a scope or of all scopes. */
export async function selectQueuedDomains(database: Queryable, limit: number, scope?: number): Promise<QueuedDomain[]> {
  return database.query<QueuedDomain>(
    `SELECT domain, count(*) FILTER (WHERE state = 'due') AS due, count(*) FILTER (WHERE state = 'waiting') AS waiting,
       count(*) FILTER (WHERE state = 'claimed') AS claimed, count(*) FILTER (WHERE state = 'paused') AS paused,
       min(sent_at) AS oldest, min(due_at) AS "nextTry",
       max(last_diagnostic) FILTER (WHERE state = 'waiting') AS "lastDiagnostic"
     FROM send_queue WHERE $2::integer IS NULL OR scope = $2 GROUP BY domain ORDER BY count(*) DESC, domain LIMIT $1`,
    [limit, scope ?? null],
  );
}
