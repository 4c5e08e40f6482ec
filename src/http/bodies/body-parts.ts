/** Reads a body part by part, for as long as its client keeps sending. */
import type { Readable } from "node:stream";
import { ServiceError } from "../../contract/errors/service-error.ts";
import { errors } from "../../contract/errors.ts";
import { StallTimer } from "./stall-timer.ts";

/**
 * The parts of a body. The client is not timed while the caller works on a part. Throws the error to return if the
 * client stalls (see `StallTimer`) or is gone. A body that is not read to its end stays readable: destroying it would
 * close the connection before the response.
 */
export async function* bodyParts(payload: Readable, stallMs: number): AsyncGenerator<Buffer, void> {
  const parts: AsyncIterator<Buffer | string> = payload.iterator({ destroyOnReturn: false });
  let stalled = () => {};
  const timer = new StallTimer(stallMs, () => stalled());
  const next = async () => {
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Buffer | string>>();
    stalled = () => reject(errors.bodyStalled());
    timer.start();
    try {
      parts.next().then(resolve, reject);
      return await promise;
    } catch (error) {
      throw error instanceof ServiceError ? error : errors.bodyIncomplete();
    } finally {
      timer.stop();
    }
  };
  try {
    for (let { done, value } = await next(); !done; { done, value } = await next()) {
      const part = typeof value === "string" ? Buffer.from(value) : value;
      timer.received(part.length);
      yield part;
    }
  } finally {
    // The iterator would keep the rest of the body from flowing. It ends only after its next part, if that is awaited.
    parts.return?.().catch(() => {});
  }
}
