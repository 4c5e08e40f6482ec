/**
 * An SMTP port. The package smtp-server implements the protocol; this adds what both kinds of ports need. Handlers
 * return promises, and their errors become replies. Connections are limited in number and time. Closing finishes
 * messages in progress. Only CRLF.CRLF ends the data (RFC 5321, 4.1.1.4): smtp-server treats a lone LF or CR as text.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import type { FastifyBaseLogger } from "fastify";
import type { SMTPServerAddress, SMTPServerOptions, SMTPServerSession } from "smtp-server";
import { clientOf } from "../common/client-address.ts";
import { ConnectionBreak } from "../faults/injected.ts";
import type { Certificate, CertificateSupply } from "./certificate.ts";
import { breakOff, type GuardedCommand, PortServer } from "./port-server.ts";
import { SmtpRefusal } from "./refusal.ts";

/** The session of a connection, as smtp-server defines it. */
export type SmtpSession = SMTPServerSession;

/**
 * The port's handlers. Each may reject with an `SmtpRefusal`, or with a `ConnectionBreak` to break the connection without
 * a reply; any other error is logged, and the reply is 451.
 */
export interface SmtpHandlers {
  /** Accepts or refuses a sender. `address` is empty for `<>`. */
  sender(address: SMTPServerAddress, session: SmtpSession): Promise<void>;
  /** Accepts or refuses a recipient. */
  recipient(address: string, session: SmtpSession): Promise<void>;
  /** Reads a message to its end and resolves to the text after 250. The stream fails if the client disconnects. */
  message(stream: Readable, session: SmtpSession): Promise<string>;
  /** Checks a login and resolves to the user. If omitted, the port does not support AUTH. */
  login?(user: string, password: string, session: SmtpSession): Promise<string>;
  /** Accepts or refuses a connection; undefined to accept it. */
  connection?(session: SmtpSession): Promise<void> | undefined;
  /** Accepts or refuses EHLO, HELO or DATA before anything else happens; undefined to accept it. */
  command?(command: GuardedCommand, session: SmtpSession): Promise<void> | undefined;
}

export interface SmtpListenerOptions {
  host: string;
  /** 0 selects a free port. */
  port: number;
  /** The server's name in the greeting. */
  hostname: string;
  certificate: CertificateSupply;
  /** `immediate`: TLS starts before the greeting. `starttls`: it starts when the client sends STARTTLS. */
  tls: "immediate" | "starttls";
  /** Whether clients may log in without TLS. */
  loginWithoutTls: boolean;
  /** The SIZE that clients see, in bytes (RFC 1870). */
  maxMessageBytes: number;
  /** Whether replies have enhanced codes (RFC 2034). */
  enhancedCodes: boolean;
  maxConnections: number;
  /** A client may also have no more than are left for others. */
  maxConnectionsOfClient: number;
  log: FastifyBaseLogger;
}

export interface SmtpListener {
  readonly port: number;
  /** Uses another certificate from the next handshake on. */
  renewCertificate(certificate: Certificate): void;
  /** Stops accepting connections and commands, finishes messages in progress (within 10 s) and resolves. */
  close(): Promise<void>;
}

/** In milliseconds: how long a connection may last without sending a message (RFC 5321, 4.5.3.2: 5 minutes). */
const longestPauseMs = 5 * 60_000;
/** In milliseconds: how long a message may take to arrive. */
const longestMessageMs = 10 * 60_000;
/** In milliseconds: how long messages in progress may take when the port closes. */
const closeWithinMs = 10_000;

/** Joke commands from Sendmail, and commands that no client needs. */
const disabledCommands = ["WIZ", "SHELL", "KILL", "XCLIENT", "XFORWARD"];

/** The state of a connection besides its session. */
interface Connection {
  readonly client: string;
  /** Whether a message is in progress. */
  busy: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Opens a port. Resolves once it listens; rejects if it can't. */
export async function listenSmtp(options: SmtpListenerOptions, handlers: SmtpHandlers): Promise<SmtpListener> {
  const { log } = options;
  const connections = new Map<SmtpSession, Connection>();
  /** How many connections each client has. Counting them at each new one would take time that grows with their number. */
  const ofClients = new Map<string, number>();
  let closing = false;
  const server = new PortServer({
    ...libraryOptions(options, handlers),
    onConnect: (session, done) => answer(() => connect(session), done, session),
    onSecure: (_socket, session, done) => {
      session.disabledCommands = undefined;
      done();
    },
    onAuth: (auth, session, done) => {
      const { username = "", password } = auth;
      answerWith(() => handlers.login?.(username, password ?? "", session) ?? Promise.reject(new Error("no AUTH")), {
        session,
        done: (user) => done(null, { user }),
        failed: (refusal) => done(refusal),
      });
    },
    onMailFrom: (address, session, done) => answer(() => handlers.sender(address, session), done, session),
    onRcptTo: ({ address }, session, done) => answer(() => handlers.recipient(address, session), done, session),
    onData: (stream, session, done) => {
      begin(session);
      answerWith(() => handlers.message(stream, session), {
        session,
        done: (text) => done(null, text),
        failed: (refusal) => {
          // Nothing reads the rest of the stream, and the client should get the 421 without sending it first.
          if (refusal.responseCode === 421) stream.destroy();
          done(refusal);
        },
        // Let the reply go out first.
        settled: () => setImmediate(() => end(session)),
      });
    },
    onClose: (session) => forget(session),
  });
  server.guard = (command, session) => handlers.command?.(command, session)?.catch(refuseWith(session));

  function connect(session: SmtpSession): Promise<void> {
    const client = clientOf(session.remoteAddress);
    const ofClient = ofClients.get(client) ?? 0;
    if (closing) throw new SmtpRefusal(421, "Server shutting down");
    // At most half of those that are left, so that a few clients can't take all of them.
    const left = options.maxConnections - connections.size;
    if (left <= 0 || ofClient >= Math.min(options.maxConnectionsOfClient, left)) {
      throw new SmtpRefusal(421, "Too many concurrent SMTP connections");
    }
    ofClients.set(client, ofClient + 1);
    connections.set(session, { client, busy: false, timer: deadline(session, longestPauseMs) });
    if (!session.secure && !options.loginWithoutTls) session.disabledCommands = [...disabledCommands, "AUTH"];
    return handlers.connection?.(session) ?? Promise.resolve();
  }

  function begin(session: SmtpSession): void {
    change(session, true, longestMessageMs);
  }

  function end(session: SmtpSession): void {
    change(session, false, longestPauseMs);
    if (closing) hangUp(session, "Server shutting down");
  }

  function change(session: SmtpSession, busy: boolean, withinMs: number): void {
    const connection = connections.get(session);
    if (!connection) return;
    clearTimeout(connection.timer);
    connection.busy = busy;
    connection.timer = deadline(session, withinMs);
  }

  function deadline(session: SmtpSession, withinMs: number): NodeJS.Timeout {
    return setTimeout(() => hangUp(session, "Timeout waiting for data from client"), withinMs).unref();
  }

  function forget(session: SmtpSession): void {
    const connection = connections.get(session);
    if (!connection) return;
    clearTimeout(connection.timer);
    connections.delete(session);
    const others = (ofClients.get(connection.client) ?? 0) - 1;
    if (others > 0) ofClients.set(connection.client, others);
    else ofClients.delete(connection.client);
  }

  function hangUp(session: SmtpSession, text: string): void {
    for (const connection of server.connections) if (connection.session === session) connection.send(421, text);
  }

  /** Runs a handler and passes its result to smtp-server. */
  function answer(work: () => Promise<void>, done: (error?: Error | null) => void, session: SmtpSession): void {
    answerWith(work, { session, done: () => done(), failed: (refusal) => done(refusal) });
  }

  function answerWith<Result>(
    work: () => Promise<Result>,
    then: {
      session: SmtpSession;
      done: (result: Result) => void;
      failed: (refusal: SmtpRefusal) => void;
      settled?: () => void;
    },
  ): void {
    Promise.resolve()
      .then(work)
      .then(then.done, (error: unknown) => {
        breakIfAsked(error, then.session);
        then.failed(refusalOf(error));
      })
      .catch((error: unknown) => log.error({ err: error }, "sending an SMTP reply failed"))
      .finally(then.settled);
  }

  function refuseWith(session: SmtpSession): (error: unknown) => never {
    return (error) => {
      breakIfAsked(error, session);
      throw refusalOf(error);
    };
  }

  function breakIfAsked(error: unknown, session: SmtpSession): void {
    if (!(error instanceof ConnectionBreak)) return;
    for (const connection of server.connections) if (connection.session === session) breakOff(connection);
  }

  function refusalOf(error: unknown): SmtpRefusal {
    if (error instanceof SmtpRefusal) return error;
    if (!isLostConnection(error) && !(error instanceof ConnectionBreak))
      log.error({ err: error }, "unexpected error in an SMTP session");
    return new SmtpRefusal(451, "Temporary service failure");
  }

  let secured: Promise<void> | undefined;
  const secure = async () => server.updateSecureContext(await options.certificate());
  server.prepareTls = () => {
    secured ??= secure().catch((error: unknown) => {
      secured = undefined;
      log.error({ err: error }, "the SMTP ports have no certificate");
      throw error;
    });
    return secured;
  };
  if (options.tls === "immediate") await server.prepareTls();
  const listening = once(server.server, "listening");
  server.on("error", (error) => log.debug({ err: error }, "an SMTP connection failed"));
  server.listen(options.port, options.host);
  await listening;

  return {
    port: portOf(server.server.address()),
    renewCertificate: (certificate) => {
      secured = Promise.resolve();
      server.updateSecureContext(certificate);
    },
    close() {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(resolve));
      for (const connection of server.connections) {
        if (!connections.get(connection.session)?.busy) connection.send(421, "Server shutting down");
      }
      return closed;
    },
  };
}

function libraryOptions(options: SmtpListenerOptions, handlers: SmtpHandlers): SMTPServerOptions {
  return {
    minVersion: "TLSv1.2",
    name: options.hostname,
    // The default greeting is text for people that repeats the client's name.
    heloResponse: "%s",
    secure: options.tls === "immediate",
    size: options.maxMessageBytes,
    disabledCommands: handlers.login ? disabledCommands : [...disabledCommands, "AUTH"],
    authMethods: ["PLAIN", "LOGIN"],
    // The MAIL handler decides whether a login is required, because its reply can say what is missing.
    authOptional: true,
    allowInsecureAuth: options.loginWithoutTls,
    // PTR records are not used, and a lookup would delay the greeting.
    disableReverseLookup: true,
    // As in SES, addresses must be ASCII.
    hideSMTPUTF8: true,
    hideENHANCEDSTATUSCODES: !options.enhancedCodes,
    maxClients: options.maxConnections * 2,
    // RFC 5321, 4.5.3.1.4, requires 512 octets; base64 passwords and extensions need more.
    maxCommandLength: 4096,
    socketTimeout: longestPauseMs,
    closeTimeout: closeWithinMs,
    logger: false,
  };
}

/** Whether a client disconnected during a message, which is not an error of the server. */
function isLostConnection(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && lost.has(error.code);
}

const lost = new Set(["ECONNECTION", "ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"]);

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("an SMTP port has no address");
  return address.port;
}
