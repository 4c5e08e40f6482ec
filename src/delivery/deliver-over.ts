/** One message over the pooled connections of one server. */

import type { Opened } from "./smtp-client/connection.ts";
import type { Lease, Pool } from "./smtp-client/pool.ts";
import type { Failure, Outcome, OutgoingMail } from "./transport.ts";

/** A server as the pool knows it. */
export interface PooledServer {
  readonly key: string;
  open(): Promise<Opened>;
}

/**
 * Sends it, and keeps the connection until the outcome is settled; undefined then. Otherwise nothing was said of this
 * message and nothing is settled: the server can't be used now, as the result tells, and another one may be tried.
 * A connection that the server closed while it was idle is no failure; the next one is taken.
 */
export async function deliverOver(
  pool: Pool,
  server: PooledServer,
  mail: OutgoingMail,
  settled: (outcome: Outcome) => Promise<void>,
): Promise<Failure | undefined> {
  for (;;) {
    const { lease, failure } = await pool.lease(server.key, () => server.open());
    if (lease === undefined) return failure;
    const result = await useLease(lease, mail, settled);
    if (result !== "again") return result;
  }
}

async function useLease(
  lease: Lease,
  mail: OutgoingMail,
  settled: (outcome: Outcome) => Promise<void>,
): Promise<Failure | undefined | "again"> {
  const { connection, reused } = lease;
  let done = false;
  try {
    const { outcome, unheard } = await connection.send(mail);
    if (unheard && !outcome.delivered) {
      if (reused) return "again";
      if (outcome.failure.reply === undefined) return { ...outcome.failure, affectsDomain: true };
    }
    await settled(outcome);
    done = true;
    return undefined;
  } finally {
    // What is not recorded could be sent again by who takes over: nothing may follow it on this connection.
    if (!done) connection.quit();
    lease.release();
  }
}
