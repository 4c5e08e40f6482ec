/** Delivers one message over the pooled connections of one server, from the first of its local addresses that can be used. */

import type { Opened } from "./smtp-client/connection.ts";
import { isOverloaded } from "./smtp-client/failure.ts";
import type { Lease, Pool } from "./smtp-client/pool.ts";
import type { Source } from "./sources/source.ts";
import type { Failure, Outcome, OutgoingMail } from "./transport.ts";

/** A server's pool key, and how to open a connection to it, from the server's own address if there is no source. */
export interface PooledServer {
  readonly key: string;
  open(source?: Source): Promise<Opened>;
}

/**
 * Sends a message, holds the connection until the outcome is settled, and resolves to undefined. If the server can't be
 * used now, settles nothing and resolves to the failure, so another server can be tried. If the server closed a
 * reused connection, the next connection is tried.
 *
 * A message with sources goes from the first one that this machine has, that may send today, whose family the server has,
 * and that the server does not turn away. If some of them may not send more today, it goes from the server's own address
 * instead; otherwise it waits. The failure has the source `other-family` if that is all that is wrong.
 */
export function deliverOver(
  pool: Pool,
  server: PooledServer,
  mail: OutgoingMail,
  settled: (outcome: Outcome) => Promise<void>,
): Promise<Failure | undefined> {
  return mail.sources === undefined
    ? deliverFromOne(pool, server, mail, settled)
    : deliverFromAny(mail.sources, { pool, server, mail, settled });
}

interface Delivery {
  readonly pool: Pool;
  readonly server: PooledServer;
  readonly mail: OutgoingMail;
  readonly settled: (outcome: Outcome) => Promise<void>;
}

async function deliverFromAny(
  sources: readonly Source[],
  { pool, server, mail, settled }: Delivery,
): Promise<Failure | undefined> {
  let last: Failure | undefined;
  let overflows = false;
  for (const source of sources) {
    const taken = await source.take();
    if (taken === undefined) {
      overflows = true;
      continue;
    }
    const { address, ehloName } = source;
    // A connection carries mail from one local address only.
    const from = { key: `${server.key} from ${address} ${ehloName}`, open: () => server.open(source) };
    const failure = await deliverFromOne(pool, from, mail, (outcome) => settled({ ...outcome, ehloName }));
    if (failure === undefined) return undefined;
    taken.giveBack();
    if (failure.source === "unavailable") source.unavailable(failure.message);
    else if (failure.source === undefined && !concernsSource(failure)) return failure;
    if (last === undefined || failure.source !== "other-family") last = failure;
  }
  return overflows ? deliverFromOne(pool, server, mail, settled) : last;
}

/** Whether the server turned away the client before it knew the message, as a blocklist makes it do. */
function concernsSource({ stage, reply, permanent }: Failure): boolean {
  return (stage === "greeting" || stage === "ehlo") && reply !== undefined && !permanent && !isOverloaded(reply);
}

async function deliverFromOne(
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
