/** Options and parts that both transports share. */
import { setMaxListeners } from "node:events";
import { createSecureContext } from "node:tls";
import type { ConnectionOptions } from "./smtp-client/connection.ts";
import { createPool, type Pool } from "./smtp-client/pool.ts";
import { defaultTimeouts, type SmtpTimeouts } from "./smtp-client/timeouts.ts";

export interface TransportOptions {
  /** MAILGLASS_HOSTNAME. */
  readonly hostname: string;
  /** MAILGLASS_DELIVERY_CONNECTIONS. */
  readonly connections: number;
  /** MAILGLASS_MX_CONNECTIONS. */
  readonly connectionsPerServer: number;
  /** Trusted certificate authorities in PEM. Default: Node's own and those of NODE_EXTRA_CA_CERTS. */
  readonly ca?: string;
  readonly timeouts?: Partial<SmtpTimeouts>;
  /** How long a connection is kept idle, in milliseconds. Servers close idle connections after some minutes. */
  readonly idleMillis?: number;
  /** How many messages a connection carries before it is closed. Servers have such limits, too. */
  readonly messagesPerConnection?: number;
  readonly clock?: () => Date;
}

/** Creates the pool and the options for its connections. */
export function sharedParts(options: TransportOptions): { pool: Pool; connection: ConnectionOptions } {
  const { clock = () => new Date() } = options;
  const stop = new AbortController();
  // Every connection adds a listener to the signal.
  setMaxListeners(0, stop.signal);
  return {
    pool: createPool({
      connections: options.connections,
      connectionsPerKey: options.connectionsPerServer,
      idleMillis: options.idleMillis ?? 10_000,
      messages: options.messagesPerConnection ?? 500,
      abort: () => stop.abort(),
    }),
    connection: {
      hostname: options.hostname,
      // Shared, because creating a context parses all certificate authorities.
      context: createSecureContext({ ca: options.ca }),
      timeouts: { ...defaultTimeouts, ...options.timeouts },
      clock,
      signal: stop.signal,
    },
  };
}
