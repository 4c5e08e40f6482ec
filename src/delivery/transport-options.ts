/** What both ways of delivery have in common. */
import { setMaxListeners } from "node:events";
import { createSecureContext } from "node:tls";
import type { ConnectionOptions } from "./smtp-client/connection.ts";
import { createPool, type Pool } from "./smtp-client/pool.ts";
import { defaultTimeouts, type SmtpTimeouts } from "./smtp-client/timeouts.ts";

/** What a transport is made with. */
export interface TransportOptions {
  /** MAILGLASS_HOSTNAME. */
  readonly hostname: string;
  /** MAILGLASS_DELIVERY_CONNECTIONS. */
  readonly connections: number;
  /** MAILGLASS_MX_CONNECTIONS. */
  readonly connectionsPerServer: number;
  /** Authorities to trust, in PEM; unset: Node's own and those of NODE_EXTRA_CA_CERTS. */
  readonly ca?: string;
  readonly timeouts?: Partial<SmtpTimeouts>;
  /** How long a connection is kept idle, in milliseconds. Servers close them after some minutes. */
  readonly idleMillis?: number;
  /** After so many messages a connection is closed. Servers have such limits, too. */
  readonly messagesPerConnection?: number;
  readonly clock?: () => Date;
}

/** The pool and what its connections are opened with. */
export function sharedParts(options: TransportOptions): { pool: Pool; connection: ConnectionOptions } {
  const { clock = () => new Date() } = options;
  const stop = new AbortController();
  // Each connection listens to it.
  setMaxListeners(0, stop.signal);
  return {
    pool: createPool({
      connections: options.connections,
      connectionsPerKey: options.connectionsPerServer,
      idleMillis: options.idleMillis ?? 10_000,
      messages: options.messagesPerConnection ?? 500,
      clock,
      abort: () => stop.abort(),
    }),
    connection: {
      hostname: options.hostname,
      // One for all: making it reads all authorities.
      context: createSecureContext({ ca: options.ca }),
      timeouts: { ...defaultTimeouts, ...options.timeouts },
      clock,
      signal: stop.signal,
    },
  };
}
