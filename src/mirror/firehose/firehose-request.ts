/** Reads the body of a Firehose stream's request to an HTTP endpoint (facts 4.4). */
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { objectOf } from "../../events/recorded-details.ts";
import type { Unread } from "../read-records.ts";

export interface FirehoseBody {
  readonly requestId: string | undefined;
  readonly records: readonly unknown[];
}

/** The body is not in Firehose's format. The message is for people. */
export class FirehoseBodyError extends Error {
  override name = "FirehoseBodyError";
}

/**
 * Reads a body.
 * @throws FirehoseBodyError
 */
export function readFirehoseBody(body: Buffer): FirehoseBody {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    throw new FirehoseBodyError("The body is not JSON.");
  }
  const { requestId, records } = objectOf(parsed);
  if (!Array.isArray(records)) throw new FirehoseBodyError("The body has no list of records.");
  return { requestId: typeof requestId === "string" ? requestId : undefined, records };
}

/** The most bytes that one record may decompress to; `mostExpanded` is the limit for all records of a request. */
const longestExpanded = 8 << 20;
export const mostExpanded = 64 << 20;

const expand = promisify(gunzip);

/**
 * The data of a record, decompressed if it was compressed before it was put into the stream.
 * @param room how many bytes the request's records may still decompress to
 */
export async function dataOf(record: unknown, room: number): Promise<Buffer | Unread> {
  const { data } = objectOf(record);
  if (typeof data !== "string") {
    return { text: JSON.stringify(record) ?? "", reason: "It is a Firehose record without data." };
  }
  const bytes = Buffer.from(data, "base64");
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await expand(bytes, { maxOutputLength: Math.max(1, Math.min(room, longestExpanded)) });
  } catch {
    return { text: data, reason: "It is compressed with gzip and can't be decompressed. This is its base64." };
  }
}
