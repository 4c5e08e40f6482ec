/**
 * A connection that is ready for mail: connected, greeted, encrypted as demanded, logged in where credentials are given.
 * TLS that is not demanded and fails is left out in a second connection, since the first can't be trusted to be in step.
 */
import type { SecureContext } from "node:tls";
import type { Failure, OutgoingMail, RemoteHost } from "../transport.ts";
import { authenticate, type Credentials } from "./authenticate.ts";
import { type Channel, createChannel } from "./channel.ts";
import { DialError, dial } from "./dial.ts";
import { type Extensions, noExtensions, readExtensions } from "./extensions.ts";
import { failureOf, refusal, type Stage, senseless, unusable } from "./failure.ts";
import type { Reply } from "./reply.ts";
import type { SmtpTimeouts } from "./timeouts.ts";
import { type Security, startTls, type TlsDemand, TlsError } from "./tls.ts";
import { type Sent, type Session, transact } from "./transaction.ts";

/** Where to connect, and how. */
export interface Target {
  /** The server's name, for its certificate and for people; an address where it has none. */
  readonly name: string;
  readonly addresses: readonly [string, ...string[]];
  readonly port: number;
  readonly demand: TlsDemand;
  /** TLS from the start (RFC 8314, 3.3), not by STARTTLS. */
  readonly implicitTls: boolean;
  readonly credentials: Credentials | undefined;
}

/** What all connections have in common. */
export interface ConnectionOptions {
  /** How this side introduces itself. */
  readonly hostname: string;
  readonly context: SecureContext;
  readonly timeouts: SmtpTimeouts;
  readonly clock: () => Date;
  /** Ends all of them. */
  readonly signal: AbortSignal;
}

/** A connection. */
export interface Connection {
  readonly host: RemoteHost;
  readonly security: Security;
  /** Whether it can take another message. */
  readonly usable: boolean;
  /** Sends one message; the next only after it is done. Never rejects for what the server does. */
  send(mail: OutgoingMail): Promise<Sent>;
  /** Calls back once when it ends, whoever ends it. */
  onLost(listener: () => void): void;
  /** Ends it politely; nothing waits for the server's answer. */
  quit(): void;
}

/** It, or why there is none. */
export type Opened =
  | { readonly connection: Connection; readonly failure?: undefined }
  | { readonly failure: Failure; readonly connection?: undefined };

/** Opens one. Never rejects for what the server does. */
export async function openConnection(target: Target, options: ConnectionOptions): Promise<Opened> {
  const opened = await open(target, options, true);
  const canDoWithout = target.demand.kind === "opportunistic" && !target.implicitTls;
  return opened.failure?.stage === "tls" && canDoWithout && !options.signal.aborted
    ? await open(target, options, false)
    : opened;
}

async function open(target: Target, options: ConnectionOptions, withTls: boolean): Promise<Opened> {
  const { name, demand } = target;
  const { timeouts, context, hostname, clock, signal } = options;
  let stage: Stage = "connect";
  let host: RemoteHost = { name, address: target.addresses[0] };
  let channel: Channel | undefined;
  try {
    let socket = await dial(target.addresses, target.port, timeouts, signal);
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
      // Nothing that was said before TLS counts (RFC 3207, 4.2).
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
    return unusable({ stage, status: "4.4.1", message: error.message, host: to });
  }
  if (error instanceof TlsError) return unusable({ stage, status: error.status, message: error.message, host });
  channel?.destroy("It failed while it was opened.");
  return failureOf(stage, error, host);
}

function refused(stage: Stage, reply: Reply, host: RemoteHost, channel: Channel): Opened {
  channel.destroy("The server does not want it.");
  return { failure: reply.code >= 400 ? refusal(stage, reply, host) : senseless(stage, reply, host) };
}

/** EHLO, and HELO where that is unknown (RFC 5321, 3.2). */
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
