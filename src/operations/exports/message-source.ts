/** Reads a standalone MessageInsightsDataSource with the checks of CreateExportJob. */
import { concerning, refuse, violations } from "../../contract/constraints.ts";
import { decode } from "../../contract/decode.ts";
import { errors } from "../../contract/errors.ts";
import type { MessageInsightsSource } from "../../jobs/exports/data-source.ts";
import { checkMessages, isLifted } from "./create-export-job.ts";

/**
 * Reads the source from JSON. Throws CreateExportJob's errors.
 * @param maxRows the maximum number of rows in an export; 0 for no limit.
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

/** Returns the same JSON if it is exactly one object, which therefore can't break out of the JSON it is embedded in. */
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
