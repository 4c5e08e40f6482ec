/** Reads a request's body into one buffer, within its limit and the budget of all bodies. */
import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { errors } from "../../contract/errors.ts";
import type { BodyBudget } from "./body-budget.ts";
import { bodyParts } from "./body-parts.ts";
import { StallTimer } from "./stall-timer.ts";

export interface BodyRules {
  readonly budget: BodyBudget;
  /** In bytes; the route's limit by default. */
  readonly limit?: number;
  /** See `StallTimer`. */
  readonly stallMs: number;
}

/** A body and the memory that it holds. */
export interface HeldBody {
  readonly bytes: Buffer;
  /** Gives the memory back. To be called once, when the request is answered. */
  release(): void;
}

/** In bytes: the first buffer of a body whose length is not stated. It doubles as often as needed. */
const firstCapacity = 64 * 1024;

/** The stated length of a body, in bytes; undefined if it comes in chunks. Node has checked that it is a number. */
export function statedLength({ headers }: Pick<FastifyRequest, "headers">): number | undefined {
  const stated = headers["content-length"];
  return stated === undefined ? undefined : Number(stated);
}

/**
 * Reads a body to its end. Rejects with the error to return: the body is too large, the client stalls or is gone, or
 * too many bodies are being read.
 * @param received called with each part as it arrives.
 */
export async function readBody(
  request: FastifyRequest,
  payload: Readable,
  rules: BodyRules & { received?: ((part: Buffer) => void) | undefined },
): Promise<HeldBody> {
  const limit = rules.limit ?? request.routeOptions.bodyLimit;
  const stated = statedLength(request);
  if (stated === undefined) return readUnknownLength(payload, limit, rules);
  if (stated > limit) throw errors.bodyTooLarge(limit);
  return readStatedLength(payload, stated, rules);
}

/** The memory is taken first, so that a body that has begun is never kept waiting. */
async function readStatedLength(
  payload: Readable,
  length: number,
  { budget, stallMs, received }: Parameters<typeof readBody>[2],
): Promise<HeldBody> {
  if (!budget.take(length, length)) await budget.wait(length, length);
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stall = new StallTimer(stallMs, () => reject(errors.bodyStalled()));
  const onData = (chunk: Buffer | string) => {
    const part = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    if (filled + part.length > length) return reject(errors.bodyLength());
    stall.received(part.length);
    received?.(part);
    bytes.set(part, filled);
    filled += part.length;
  };
  // Every body closes after its end, before this function goes on: an error made then, with its stack, would be for nothing.
  const onGone = () => {
    if (!payload.readableEnded) reject(errors.bodyIncomplete());
  };
  // With events: an iterator would cost more than the rest of a small call.
  payload.on("data", onData).on("end", resolve).on("error", onGone).on("close", onGone);
  stall.start();
  try {
    // The client may have left while its body waited.
    if (payload.destroyed) throw errors.bodyIncomplete();
    await promise;
    if (filled !== length) throw errors.bodyLength();
  } catch (error) {
    budget.giveBack(length);
    throw error;
  } finally {
    stall.stop();
    payload.off("data", onData).off("end", resolve).off("close", onGone);
  }
  return { bytes, release: () => budget.giveBack(length) };
}

/** A body in chunks takes memory as it grows. */
function readUnknownLength(
  payload: Readable,
  limit: number,
  { budget, stallMs, received }: Parameters<typeof readBody>[2],
): Promise<HeldBody> {
  return collect(bodyParts(payload, stallMs), { limit, budget, received });
}

/** Collects parts whose length is not known, as they take memory. Rejects as `readBody`, or as `parts` does. */
export async function collect(
  parts: AsyncIterable<Buffer>,
  { limit, budget, received }: { limit: number; budget: BodyBudget; received?: ((part: Buffer) => void) | undefined },
): Promise<HeldBody> {
  let bytes = Buffer.alloc(0);
  let filled = 0;
  try {
    for await (const part of parts) {
      received?.(part);
      const needed = filled + part.length;
      if (needed > limit) throw errors.bodyTooLarge(limit);
      if (needed > bytes.length) {
        let capacity = Math.max(firstCapacity, bytes.length);
        while (capacity < needed) capacity *= 2;
        capacity = Math.min(capacity, limit);
        const more = capacity - bytes.length;
        if (!budget.take(more, capacity)) await budget.wait(more, capacity);
        const larger = Buffer.allocUnsafe(capacity);
        bytes.copy(larger, 0, 0, filled);
        bytes = larger;
      }
      bytes.set(part, filled);
      filled = needed;
    }
  } catch (error) {
    budget.giveBack(bytes.length);
    throw error;
  }
  const held = bytes.length;
  return { bytes: bytes.subarray(0, filled), release: () => budget.giveBack(held) };
}
