import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A PostgreSQL server that syncs to disk, with an empty database. */
export async function startDurablePostgres(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = fork(join(import.meta.dirname, "../test/support/postgres-server-process.ts"), ["durable"]);
  const ended = once(server, "exit");
  const [told] = await Promise.race([
    once(server, "message"),
    ended.then(([code]) => {
      throw new Error(`the process of the PostgreSQL server ended with code ${code}`);
    }),
  ]);
  return {
    url: `${told}/postgres`,
    async [Symbol.asyncDispose]() {
      if (server.connected) server.disconnect();
      await ended;
    },
  };
}
