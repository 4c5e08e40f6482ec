/** Requests that wait for something: a bounded number, each until a time, its client's disconnect, or the server's stop. */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { WaitSignals } from "../../inbox/wait-for-message.ts";

/** A connection, a timer and little else each; more than any suite runs in parallel. */
const mostWaits = 200;

/** Why nobody wants the answer of a wait any more. */
export type WaitEnd = "gone" | "stopping";

/** Too many requests wait. The message is for the caller. */
export class TooManyWaits extends Error {
  override name = "TooManyWaits";
}

export interface OpenWaits {
  /**
   * Runs `work` with signals: `late` aborts after `seconds`; `gone` aborts when the client leaves or the server stops, and
   * its reason is a `WaitEnd`.
   * @throws TooManyWaits
   */
  run<Result>(reply: FastifyReply, seconds: number, work: (signals: WaitSignals) => Promise<Result>): Promise<Result>;
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
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), seconds * 1000);
      const leave = () => wait.abort("gone" satisfies WaitEnd);
      reply.raw.once("close", leave);
      open.add(wait);
      try {
        return await work({ late: late.signal, gone: wait.signal });
      } finally {
        open.delete(wait);
        clearTimeout(timer);
        reply.raw.off("close", leave);
      }
    },
  };
}
