/** Reads the rows of the publications table that are about mail. */
import { readStoredText } from "../common/stored-text.ts";
import { decodeEvents, recordVersion, unknownRecordVersion } from "../events/record.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { Publication } from "../stores/postgres/publications.ts";

/**
 * The events of a row.
 * @throws MalformedData, also if a newer version of the program wrote the row
 */
export async function readPublication({ version, payload }: Publication): Promise<EventRow[]> {
  if (version !== recordVersion) throw unknownRecordVersion(version);
  return decodeEvents(await readStoredText(payload, "a row of publications"));
}
