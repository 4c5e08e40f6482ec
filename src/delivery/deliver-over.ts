/** Delivers one message over the pooled connections of one server. */

import type { Opened } from "./smtp-client/connection.ts";
import type { Lease, Pool } from "./smtp-client/pool.ts";
import type { Failure, Outcome, OutgoingMail } from "./transport.ts";

/** A server's pool key, and how to open a connection to it. */
export interface PooledServer {
  readonly key: string;
  open(): Promise<Opened>;
}

/**
 * Sends a message, holds the connection until the outcome is settled, and resolves to undefined. If the server can't be
 * used now, settles nothing and resolves to the failure, so another server can be tried. If the server closed a
 * reused connection, the next connection is tried.
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
    // Another process may resend a message whose outcome is not recorded, so this connection must carry no more mail.
    if (!done) connection.quit();
    lease.release();
  }
}
