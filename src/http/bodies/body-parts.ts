/** Reads a body part by part, for as long as its client keeps sending. */
import type { Readable } from "node:stream";
import { errors, ServiceError } from "../../contract/errors.ts";
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
  for (;;) {
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Buffer | string>>();
    stalled = () => reject(errors.bodyStalled());
    timer.start();
    try {
      parts.next().then(resolve, reject);
      const { done, value } = await promise;
      if (done) return;
      const part = typeof value === "string" ? Buffer.from(value) : value;
      timer.received(part.length);
      timer.stop();
      yield part;
    } catch (error) {
      throw error instanceof ServiceError ? error : errors.bodyIncomplete();
    } finally {
      timer.stop();
    }
  }
}
