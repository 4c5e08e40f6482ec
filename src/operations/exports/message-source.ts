/** A MessageInsightsDataSource by itself, checked as CreateExportJob checks one. */
import { concerning, refuse, violations } from "../../contract/constraints.ts";
import { decode } from "../../contract/decode.ts";
import { errors } from "../../contract/errors.ts";
import type { MessageInsightsSource } from "../../jobs/exports/data-source.ts";
import { checkMessages, isLifted } from "./create-export-job.ts";

/**
 * Reads it from JSON. Throws CreateExportJob's errors.
 * @param maxRows the most rows of an export; 0 for no limit.
 */
export function readMessageSource(json: Uint8Array, maxRows: number): MessageInsightsSource {
  const body = Buffer.concat([
    Buffer.from('{"ExportDataSource":{"MessageInsightsDataSource":'),
    parsed(json),
    Buffer.from('},"ExportDestination":{"DataFormat":"CSV"}}'),
  ]);
  const input = decode("CreateExportJob", { labels: {}, query: "", body });
  const source = input.ExportDataSource?.MessageInsightsDataSource;
  if (!source) throw errors.serialization();
  const found = concerning(violations("CreateExportJob", input), "exportDataSource");
  refuse(found.filter((one) => !isLifted(one, maxRows)));
  checkMessages(source);
  const { StartDate: start, EndDate: end, Include: include, Exclude: exclude, MaxResults: maxResults } = source;
  if (!start || !end) throw errors.invalidDateRange();
  return { type: "MESSAGE_INSIGHTS", start, end, include, exclude, maxResults };
}

/** The same JSON, which is one object and no more: it can't reach out of the place that it is put into. */
function parsed(json: Uint8Array): Uint8Array {
  if (!isObject(json)) throw errors.serialization("The body must be a MessageInsightsDataSource as a JSON object.");
  return json;
}

function isObject(json: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(json).toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
