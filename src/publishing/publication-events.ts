/** Reads the rows of the publications table that are about mail. */
import { readStoredText } from "../common/stored-text.ts";
import { decodePublicationLines, type PublicationLines } from "../events/publication-lines.ts";
import { recordVersion, unknownRecordVersion } from "../events/record.ts";
import type { Publication } from "../stores/postgres/publications.ts";

/**
 * The events of a row, and the header fields of the messages that it begins.
 * @throws MalformedData, also if a newer version of the program wrote the row
 */
export async function readPublication({ version, payload }: Publication): Promise<PublicationLines> {
  if (version !== recordVersion) throw unknownRecordVersion(version);
  return decodePublicationLines(await readStoredText(payload, "a row of publications"));
}
