/** Requests that wait for something: a bounded number, each until a time, its client's disconnect, or the server's stop. */
import type { FastifyInstance, FastifyReply } from "fastify";

/** A connection, a timer and little else each; more than any suite runs in parallel. */
const mostWaits = 200;

/** Why a wait ended. */
export type WaitEnd = "timeout" | "gone" | "stopping";

/** Too many requests wait. The message is for the caller. */
export class TooManyWaits extends Error {
  override name = "TooManyWaits";
}

export interface OpenWaits {
  /**
   * Runs `work` with a signal that aborts after `seconds`, when the client leaves or when the server stops; the signal's
   * reason is a `WaitEnd`.
   * @throws TooManyWaits
   */
  run<Result>(reply: FastifyReply, seconds: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

/** Creates the waits of an application, which end when it closes. */
export function createOpenWaits(app: FastifyInstance): OpenWaits {
  const open = new Set<AbortController>();
  app.addHook("preClose", async () => {
    for (const wait of open) wait.abort("stopping" satisfies WaitEnd);
  });
  return {
    async run(reply, seconds, work) {
      if (open.size >= mostWaits) {
        throw new TooManyWaits(`${mostWaits} requests wait already, the most at a time: try again later.`);
      }
      const wait = new AbortController();
      const end = (reason: WaitEnd) => wait.abort(reason);
      const timer = setTimeout(end, seconds * 1000, "timeout");
      const leave = () => end("gone");
      reply.raw.once("close", leave);
      open.add(wait);
      try {
        return await work(wait.signal);
      } finally {
        open.delete(wait);
        clearTimeout(timer);
        reply.raw.off("close", leave);
      }
    },
  };
}
