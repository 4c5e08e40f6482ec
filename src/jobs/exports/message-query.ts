/** The query of a MESSAGE_INSIGHTS file: one row per message and recipient, formatted as the bytes of the file. */

import { formulaPattern } from "../../common/spreadsheet-formula.ts";
import {
  bounceElement,
  deliveryKinds,
  engagementColumn,
  engagementKinds,
  exportTime,
  inScopeCondition,
  kindName,
  kindTime,
  type MachineEngagement,
  type Shown,
  sesCondition,
} from "../../events/message-state.ts";
import type { MessageInsightsSource } from "./data-source.ts";
import { filterCondition } from "./message-filters.ts";

/** SQL with its parameters. */
export interface Query {
  sql: string;
  parameters: Record<string, unknown>;
}

/** The file's columns in order, with the SQL for each; '' for missing values. */
const columnsOf = (machines: MachineEngagement): readonly (readonly [name: string, sql: string])[] => [
  ["messageid", "message_id"],
  ["sendtimestamp", exportTime("sent_at")],
  ["isp", "toString(isp)"],
  ["fromaddress", "source"],
  ["destination", "recipient"],
  ["subject", "subject"],
  ["last_delivery_event", kindName("last_delivery", deliveryKinds)],
  ["last_engagement_event", kindName(engagementColumn("last_engagement", machines), engagementKinds)],
  ["last_delivery_event_timestamp", kindTime("last_delivery")],
  ["last_engagement_event_timestamp", kindTime(engagementColumn("last_engagement", machines))],
  ["bounce_sub_type", `upper(replaceRegexpAll(${bounceElement("sub_type")}, '([a-z])([A-Z])', '\\\\1_\\\\2'))`],
  ["diagnostic_code", bounceElement("diagnostic")],
];

/** The column names in order. */
export const columnNames: readonly string[] = columnsOf("count").map(([name]) => name);

/** Columns with content from outside: a spreadsheet must not interpret it as a formula. */
const foreign = new Set(["fromaddress", "destination", "subject", "diagnostic_code"]);

/** The first line of a CSV file. Each line ends with a comma, as in SES's files. */
export const csvHeader = `${columnNames.map((name) => `"${name}",`).join("")}\n`;

/**
 * JSON doesn't require escaped slashes. Sorting the aggregated rows is faster than aggregating in the table's order,
 * which merges all parts row by row even if they share no key: 0.15 s instead of 0.52 for 500,000 rows on one thread.
 */
const settings = "output_format_json_escape_forward_slashes = 0, optimize_read_in_order = 0";

/** A query for two numbers: the messages in the interval (`examined`) and those that pass the filters (`matched`). */
export function countMessages(source: MessageInsightsSource, shown: Shown): Query {
  const { own, interval, filters, parameters } = conditions(source, shown);
  return {
    sql: `SELECT count() AS examined, countIf(${filters}) AS matched FROM message_states FINAL
      PREWHERE ${own} WHERE ${interval}`,
    parameters,
  };
}

/** The form of rows: lines of text (in `JSON` preceded by a comma), or objects with the columns. */
export type RowForm = "CSV" | "JSON" | "NDJSON" | "values";

/** Whether a source excludes anything in its interval. */
export function isFiltered(source: MessageInsightsSource): boolean {
  return conditions(source, { scope: undefined, messages: "all", machines: "count" }).filters !== "1";
}

/**
 * The rows of the file, at most `limit` even if more match by now than were counted. With a `seed` they are a random
 * sample, as SES returns if more match than the limit; without one they are the oldest. Without a limit they come in
 * storage order, roughly oldest first: sorting would take memory and time that grow with the number of rows.
 */
export function selectMessages(
  source: MessageInsightsSource,
  options: Shown & { form: RowForm; limit: number; seed: string | undefined },
): Query {
  const { own, interval, filters, parameters } = conditions(source, options);
  const { form, limit, seed } = options;
  // Not by the IDs alone: those of mirrored accounts begin with other digits.
  const order =
    seed === undefined ? "sent_at, message_id, recipient" : "sipHash64(message_id, recipient, {seed:String})";
  const ordered = limit === Number.MAX_SAFE_INTEGER ? "" : `ORDER BY ${order} LIMIT {limit:UInt64}`;
  const selected = rowForms[form](columnsOf(options.machines));
  return {
    sql: `SELECT ${selected} FROM message_states FINAL
      PREWHERE ${own} WHERE ${interval} AND ${filters} ${ordered} SETTINGS ${settings}`,
    parameters: { ...parameters, ...(ordered && { limit }), ...(seed === undefined ? {} : { seed }) },
  };
}

function conditions(source: MessageInsightsSource, shown: Shown) {
  const { machines } = shown;
  const own = inScopeCondition(shown);
  const include = filterCondition(source.include, "include", machines);
  const exclude = filterCondition(source.exclude, "exclude", machines);
  const filters =
    [include && `(${include.sql})`, exclude && `NOT (${exclude.sql})`].filter(Boolean).join(" AND ") || "1";
  return {
    own: own.sql,
    interval: `sent_at BETWEEN fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND fromUnixTimestamp64Milli({end:Int64}, 'UTC')
      AND ${sesCondition(shown)}`,
    filters,
    parameters: {
      start: source.start.getTime(),
      end: source.end.getTime(),
      ...own.parameters,
      ...include?.parameters,
      ...exclude?.parameters,
    },
  };
}

type Columns = ReturnType<typeof columnsOf>;

const formulaSql = `'${formulaPattern.replaceAll("\\", "\\\\")}'`;

/** Quotes every field, doubles quotes, and puts an apostrophe before what a spreadsheet may take for a formula. */
function csvLine(columns: Columns): string {
  const fields = columns.map(([name, sql]) => {
    const safe = foreign.has(name) ? `concat(if(match(${sql}, ${formulaSql}), '''', ''), ${sql})` : sql;
    return foreign.has(name) ? `replaceAll(${safe}, '"', '""')` : safe;
  });
  return `concat('"', ${fields.join(`, '","', `)}, '",\\n')`;
}

/**
 * An object with the fields that have a value, on its own line. Concatenating the parts takes half the time of
 * converting a tuple to JSON.
 */
function jsonLine(start: string, columns: Columns): string {
  const members = columns.map(([name, sql], index) => {
    const text = foreign.has(name) ? `toJSONString(${sql})` : `'"', ${sql}, '"'`;
    // The first field, the message ID, is always present.
    return index === 0 ? `'${start}{"${name}":', ${text}` : `if(${sql} = '', '', concat(',"${name}":', ${text}))`;
  });
  return `concat(${members.join(", ")}, '}\\n')`;
}

function namedColumns(columns: Columns): string {
  return columns.map(([name, sql]) => `${sql} AS ${name}`).join(", ");
}

const rowForms: Record<RowForm, (columns: Columns) => string> = {
  CSV: csvLine,
  JSON: (columns) => jsonLine(",", columns),
  NDJSON: (columns) => jsonLine("", columns),
  values: namedColumns,
};
