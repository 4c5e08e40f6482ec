/** Reads bodies that are compressed with gzip. The limit applies to both the compressed and the decompressed body. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { FastifyRequest } from "fastify";
import { ServiceError } from "../../contract/errors/service-error.ts";
import { errors } from "../../contract/errors.ts";
import type { BodyBudget } from "./body-budget.ts";
import { bodyParts } from "./body-parts.ts";
import { collect, type HeldBody, statedLength } from "./read-body.ts";

/** The body is not in the format of its Content-Encoding. The message is for people. */
export class EncodingError extends Error {
  override name = "EncodingError";
}

/** Reads and decompresses a body; only the result is held. Rejects as `readBody` does, or with an `EncodingError`. */
export async function readGzipBody(
  request: FastifyRequest,
  payload: Readable,
  { budget, stallMs, limit }: { budget: BodyBudget; stallMs: number; limit: number },
): Promise<HeldBody> {
  if ((statedLength(request) ?? 0) > limit) throw errors.bodyTooLarge(limit);
  const gunzip = createGunzip();
  const source = Readable.from(bounded(bodyParts(payload, stallMs), limit), { objectMode: false });
  const fed = pipeline(source, gunzip);
  // Reading `gunzip` throws the same error.
  fed.catch(() => {});
  try {
    const held = await collect(gunzip, { limit, budget });
    await fed;
    return held;
  } catch (error) {
    gunzip.destroy();
    source.destroy();
    if (error instanceof ServiceError || !isOfZlib(error)) throw error;
    throw new EncodingError("The body is not valid gzip, as its Content-Encoding claims.");
  }
}

/** Limits the compressed bytes: gzip members that decompress to nothing would never reach the limit of the result. */
async function* bounded(parts: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer, void> {
  let length = 0;
  for await (const part of parts) {
    length += part.length;
    if (length > limit) throw errors.bodyTooLarge(limit);
    yield part;
  }
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}
