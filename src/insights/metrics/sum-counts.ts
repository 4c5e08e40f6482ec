/** SQL that counts messages: from the stored counts where they hold, the others one by one. */
import { inScopeCondition, type Shown, sesCondition } from "../../events/message-state.ts";
import { messagesColumn } from "./count-columns.ts";
import type { CountedRanges } from "./counted-ranges.ts";
import { countableMessages, countedMs } from "./definitions.ts";

/** A column of the result, as SQL over `metric_counts` and over `message_states`. */
export interface CountedColumn {
  readonly name: string;
  readonly stored: string;
  readonly live: string;
}

/** What to count. The parameters `start` and `end` are milliseconds since 1970; `end` is exclusive. */
export interface CountRequest {
  readonly groups: readonly CountedColumn[];
  /** Numbers; those of both tables are added up. */
  readonly sums: readonly CountedColumn[];
  /** The columns of `metric_counts` that the request uses. */
  readonly columns: readonly string[];
  /** SQL conditions on the columns of dimensions, which both tables have. */
  readonly conditions: readonly string[];
  /** SQL conditions that apply to one table. */
  readonly onlyStored: string;
  readonly onlyLive: string;
  readonly parameters: Readonly<Record<string, unknown>> & { readonly start: number; readonly end: number };
}

/** SQL for whether stored counts are in the interval: no end of it divides them. */
export const storedInInterval = "first_at >= {start:Int64} AND first_at < {end:Int64}";

/**
 * SQL for the stored counts that are in the interval, or that have messages that could count in it (`countableMessages`).
 * Needs the column MESSAGES.
 */
export const storedCountable = `first_at < {end:Int64}
  AND (first_at >= {start:Int64} OR (${messagesColumn} > 0 AND first_at >= {start:Int64} - ${countedMs}))`;

/** A query for the groups with their sums, not sorted; at most one row if there are no groups. */
export function sumCounts(
  request: CountRequest,
  { stored, live }: CountedRanges,
  shown: Pick<Shown, "scope" | "messages">,
): { sql: string; parameters: Record<string, unknown> } {
  const { groups, sums, conditions } = request;
  const own = inScopeCondition(shown);
  const names = groups.map(({ name }) => name);
  const groupBy = names.length === 0 ? "" : `GROUP BY ${names.join(", ")}`;
  const selected = (kind: "stored" | "live") =>
    [...groups, ...sums].map((column) => `${column[kind]} AS ${column.name}`).join(", ");
  const where = (more: readonly string[]) =>
    [...conditions, sesCondition(shown), ...more].map((condition) => `(${condition})`).join(" AND ");
  const parameters: Record<string, unknown> = { ...request.parameters, ...own.parameters };
  const parts: string[] = [];
  if (stored.length > 0) {
    // Names the counts by themselves: a range may have later ones by now.
    parameters.stored = stored.map(({ range, changes }) => `${changes} ${range}`);
    const used = new Set(["first_at", ...request.columns]);
    if (shown.scope !== undefined) used.add("scope");
    if (shown.messages === "ses") used.add("in_ses_scope");
    // Names of their own, so that no name means both an array and its element.
    const arrays = [...used].map((column) => `${column} AS array_${column}`).join(", ");
    const elements = [...used].map((column) => `array_${column} AS ${column}`).join(", ");
    parts.push(`SELECT ${selected("stored")}
      FROM (SELECT ${arrays} FROM metric_counts FINAL PREWHERE (message_range, changes) IN (
        SELECT substring(counts, position(counts, ' ') + 1), toUInt64(substring(counts, 1, position(counts, ' ') - 1))
        FROM (SELECT arrayJoin({stored:Array(String)}) AS counts)))
      ARRAY JOIN ${elements}
      WHERE ${where([own.sql, request.onlyStored])} ${groupBy}`);
  }
  if (live) {
    Object.assign(parameters, live.parameters);
    parts.push(`SELECT ${selected("live")} FROM message_states FINAL
      PREWHERE ${own.sql} AND ${live.sql}
      WHERE ${where([countableMessages(), request.onlyLive])} ${groupBy}`);
  }
  if (parts.length === 1) return { sql: parts.join(""), parameters };
  const added = sums.map(({ name }) => `sum(counted.${name}) AS ${name}`);
  const sql = `SELECT ${[...names, ...added].join(", ")} FROM (${parts.join(" UNION ALL ")}) AS counted ${groupBy}`;
  return { sql, parameters };
}
