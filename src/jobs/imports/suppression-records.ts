/** Records for the suppression list: `address,REASON` without a header, or `{"emailAddress":…,"reason":…}`. */
import { deleteSuppressions, putSuppressions } from "../../stores/postgres/bulk-suppressions.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import type { ImportAction, ImportFormat } from "../../stores/postgres/import-jobs.ts";
import { type Batch, type Reading, Removals, readAddress, readObject } from "./batch.ts";
import type { FileRecord } from "./records.ts";

/** How a job for the suppression list reads its file. */
export function suppressionReading(action: ImportAction, format: ImportFormat): Reading {
  const read = format === "CSV" ? readCsv : readJson;
  return {
    // SES's files have none. One that has is meant well, and its header is no address.
    header: format === "CSV" ? ([first = ""]) => first.trim().toLowerCase() === "emailaddress" : undefined,
    newBatch: () =>
      action === "PUT"
        ? new Puts(read)
        : new Removals(
            (record) => {
              const said = read(record);
              return typeof said === "string" ? said : readAddress(said.address);
            },
            deleteSuppressions,
            "The address is not on the list.",
          ),
  };
}

/** What a record says, as it stands there. */
interface Said {
  address: unknown;
  reason: unknown;
}

function readCsv({ fields: [address = "", reason = ""] }: FileRecord): Said {
  return { address, reason };
}

function readJson({ fields: [text = ""] }: FileRecord): Said | string {
  const members = readObject(text);
  return typeof members === "string" ? members : { address: members.emailAddress, reason: members.reason };
}

class Puts implements Batch {
  readonly #read: (record: FileRecord) => Said | string;
  readonly #reasons = new Map<string, string>();

  constructor(read: (record: FileRecord) => Said | string) {
    this.#read = read;
  }

  add(record: FileRecord): string | undefined {
    const said = this.#read(record);
    if (typeof said === "string") return said;
    const read = readAddress(said.address);
    if (typeof read === "string") return read;
    const reason = typeof said.reason === "string" ? said.reason.trim().toUpperCase() : said.reason;
    if (reason === undefined || reason === "") return "The reason is missing: it must be BOUNCE or COMPLAINT.";
    if (reason !== "BOUNCE" && reason !== "COMPLAINT") return "The reason must be BOUNCE or COMPLAINT.";
    this.#reasons.set(read.address, reason);
    return undefined;
  }

  async write(transaction: Queryable, now: Date): Promise<[]> {
    const addresses = [...this.#reasons.keys()].sort();
    const reasons = addresses.map((address) => this.#reasons.get(address) ?? "");
    await putSuppressions(transaction, addresses, reasons, now);
    return [];
  }
}
