/**
 * A connection that is ready for mail: connected, greeted, encrypted as required, and authenticated if there are
 * credentials. If opportunistic TLS fails, a second connection is made without TLS, because the first may be out of
 * sync.
 */
import type { SecureContext } from "node:tls";
import type { Source } from "../sources/source.ts";
import type { Failure, OutgoingMail, RemoteHost } from "../transport.ts";
import { authenticate, type Credentials } from "./authenticate.ts";
import { type Channel, createChannel } from "./channel.ts";
import { DialError, dial } from "./dial.ts";
import { type Extensions, noExtensions, readExtensions } from "./extensions.ts";
import { failureOf, refusal, type Stage, senseless, unavailableSource, unusable } from "./failure.ts";
import type { Reply } from "./reply.ts";
import type { SmtpTimeouts } from "./timeouts.ts";
import { type Security, startTls, type TlsDemand, TlsError } from "./tls.ts";
import { type Sent, type Session, transact } from "./transaction.ts";

/** Where to connect, and how. */
export interface Target {
  /** The server's name, for certificate checks and messages, or its address if it has no name. */
  readonly name: string;
  readonly addresses: readonly [string, ...string[]];
  readonly port: number;
  readonly demand: TlsDemand;
  /** TLS from the start (RFC 8314, 3.3), not by STARTTLS. */
  readonly implicitTls: boolean;
  readonly credentials: Credentials | undefined;
  /** The local address, of the family of all `addresses`; undefined for the server's own. */
  readonly source: Pick<Source, "address" | "ehloName"> | undefined;
}

/** Options that all connections share. */
export interface ConnectionOptions {
  /** The name to give in EHLO on connections from the server's own address. */
  readonly hostname: string;
  readonly context: SecureContext;
  readonly timeouts: SmtpTimeouts;
  readonly clock: () => Date;
  /** Ends all connections. */
  readonly signal: AbortSignal;
}

export interface Connection {
  readonly host: RemoteHost;
  readonly security: Security;
  /** Whether it can take another message. */
  readonly usable: boolean;
  /** Sends one message. Only one can be in progress. Never rejects because of what the server does. */
  send(mail: OutgoingMail): Promise<Sent>;
  /** Calls back once when the connection ends, whichever side ends it. */
  onLost(listener: () => void): void;
  /** Sends QUIT without waiting for the reply. */
  quit(): void;
}

/** A connection, or the reason why there is none. */
export type Opened =
  | { readonly connection: Connection; readonly failure?: undefined }
  | { readonly failure: Failure; readonly connection?: undefined };

/** Opens a connection. Never rejects because of what the server does. */
export async function openConnection(target: Target, options: ConnectionOptions): Promise<Opened> {
  const opened = await open(target, options, true);
  const canDoWithout = target.demand.kind === "opportunistic" && !target.implicitTls;
  return opened.failure?.stage === "tls" && canDoWithout && !options.signal.aborted
    ? await open(target, options, false)
    : opened;
}

async function open(target: Target, options: ConnectionOptions, withTls: boolean): Promise<Opened> {
  const { name, demand, port, source } = target;
  const { timeouts, context, clock, signal } = options;
  const hostname = source?.ehloName ?? options.hostname;
  let stage: Stage = "connect";
  let host: RemoteHost = { name, address: target.addresses[0] };
  let channel: Channel | undefined;
  try {
    let socket = await dial(target.addresses, { port, localAddress: source?.address }, timeouts, signal);
    host = { name, address: socket.remoteAddress ?? host.address };
    let security: Security = "plain";
    const encrypt = async () => {
      stage = "tls";
      const server = { name, demand, context, now: clock() };
      ({ socket, security } = await startTls(socket, server, timeouts.tls, signal));
    };
    if (target.implicitTls) await encrypt();
    channel = createChannel(socket, 1, signal);
    stage = "greeting";
    const greeting = await channel.read(timeouts.greeting);
    if (greeting.code !== 220) return refused(stage, greeting, host, channel);

    stage = "ehlo";
    let greeted = await introduce(channel, hostname, timeouts.command);
    if (greeted.refused) return refused(stage, greeted.refused, host, channel);
    if (withTls && !target.implicitTls && greeted.extensions.startTls) {
      stage = "tls";
      channel.send("STARTTLS\r\n", 1);
      const ready = await channel.read(timeouts.command);
      if (ready.code !== 220) return refused(stage, ready, host, channel);
      socket = channel.detach();
      await encrypt();
      // Discard everything received before TLS (RFC 3207, 4.2).
      channel = createChannel(socket, 0, signal);
      stage = "ehlo";
      greeted = await introduce(channel, hostname, timeouts.command);
      if (greeted.refused) return refused(stage, greeted.refused, host, channel);
    }
    if (security === "plain" && demand.kind !== "opportunistic") {
      channel.quit(timeouts.quit);
      const message = `TLS is required, and ${name} does not offer it.`;
      return { failure: unusable({ stage: "tls", status: "4.7.4", message, host }) };
    }
    if (target.credentials !== undefined) {
      stage = "auth";
      const failure = await logIn({ channel, host, ...greeted, timeouts }, target.credentials);
      if (failure !== undefined) return { failure };
    }
    return { connection: createConnection({ channel, host, ...greeted, timeouts, unfinished: false }, security) };
  } catch (error) {
    return { failure: openingFailure(stage, error, host, channel) };
  }
}

function openingFailure(stage: Stage, error: unknown, host: RemoteHost, channel: Channel | undefined): Failure {
  if (error instanceof DialError) {
    // No answer from the host (RFC 3463, 3.5).
    const to = { name: host.name, address: error.address };
    if (error.unbound) return unavailableSource(error.message);
    return unusable({ stage, status: "4.4.1", message: error.message, host: to });
  }
  if (error instanceof TlsError) return unusable({ stage, status: error.status, message: error.message, host });
  channel?.destroy("Opening the connection failed.");
  return failureOf(stage, error, host);
}

function refused(stage: Stage, reply: Reply, host: RemoteHost, channel: Channel): Opened {
  channel.destroy("The server refused the connection.");
  return { failure: reply.code >= 400 ? refusal(stage, reply, host) : senseless(stage, reply, host) };
}

/** Sends EHLO, then HELO if the server doesn't support EHLO (RFC 5321, 3.2). */
async function introduce(
  channel: Channel,
  hostname: string,
  timeoutMillis: number,
): Promise<{ extensions: Extensions; refused: Reply | undefined }> {
  channel.send(`EHLO ${hostname}\r\n`, 1);
  const reply = await channel.read(timeoutMillis);
  if (reply.code === 250) return { extensions: readExtensions(reply), refused: undefined };
  if (reply.code < 500) return { extensions: noExtensions, refused: reply };
  channel.send(`HELO ${hostname}\r\n`, 1);
  const plain = await channel.read(timeoutMillis);
  return { extensions: noExtensions, refused: plain.code === 250 ? undefined : plain };
}

async function logIn(
  { channel, extensions, host, timeouts }: Omit<Session, "unfinished">,
  credentials: Credentials,
): Promise<Failure | undefined> {
  const reply = await authenticate(channel, extensions.auth, credentials, timeouts.command);
  if (reply?.code === 235) return undefined;
  channel.quit(timeouts.quit);
  if (reply !== undefined) {
    return reply.code >= 400 ? refusal("auth", reply, host) : senseless("auth", reply, host);
  }
  const message = `${host.name} offers neither AUTH PLAIN nor AUTH LOGIN.`;
  return unusable({ stage: "auth", status: "4.7.4", message, host });
}

function createConnection(session: Session, security: Security): Connection {
  const { channel, host, timeouts } = session;
  return {
    host,
    security,
    get usable() {
      return channel.lost === undefined;
    },
    send: (mail) => transact(session, mail),
    onLost: (listener) => channel.onLost(listener),
    quit: () => channel.quit(timeouts.quit),
  };
}
