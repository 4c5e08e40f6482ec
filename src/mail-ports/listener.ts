/**
 * An SMTP port: smtp-server speaks the protocol; here is what both ports want of it besides. Handlers are promises, and
 * what they throw becomes a reply; connections are bounded in number and time; closing finishes the messages under way.
 * Data ends with CRLF.CRLF and with nothing else (RFC 5321, 4.1.1.4): smtp-server takes a lone LF or CR as text.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import type { FastifyBaseLogger } from "fastify";
import { SMTPServer, type SMTPServerAddress, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";
import { clientOf } from "../common/client-address.ts";
import type { Certificate } from "./certificate.ts";
import { SmtpRefusal } from "./refusal.ts";

/** One connection's session; smtp-server's own. */
export type SmtpSession = SMTPServerSession;

/** What the port does. Each may throw an `SmtpRefusal`; anything else is logged and answers 451. */
export interface SmtpHandlers {
  /** Takes or refuses a sender; `address` is empty for `<>`. */
  sender(address: SMTPServerAddress, session: SmtpSession): Promise<void>;
  /** Takes or refuses a recipient. */
  recipient(address: string, session: SmtpSession): Promise<void>;
  /** Reads a message to its end and resolves to the text behind 250. The stream fails where the client goes away. */
  message(stream: Readable, session: SmtpSession): Promise<string>;
  /** Checks a login and resolves to who it is. Where it is left out, the port knows no AUTH. */
  login?(user: string, password: string, session: SmtpSession): Promise<string>;
}

/** How the port behaves. */
export interface SmtpListenerOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** How the server introduces itself. */
  hostname: string;
  certificate: Certificate;
  /** `immediate`: TLS comes before the greeting; `starttls`: after STARTTLS, where the client wants it. */
  tls: "immediate" | "starttls";
  /** Whether a password may come without TLS. */
  loginWithoutTls: boolean;
  /** The SIZE told to clients, in bytes (RFC 1870). */
  maxMessageBytes: number;
  /** Whether replies have enhanced codes (RFC 2034). */
  enhancedCodes: boolean;
  maxConnections: number;
  maxConnectionsOfClient: number;
  log: FastifyBaseLogger;
}

/** A port that listens. */
export interface SmtpListener {
  readonly port: number;
  /** Shows another certificate from the next handshake on. */
  renewCertificate(certificate: Certificate): void;
  /** Takes no more connections and commands, finishes the messages under way (within 10 s) and resolves. */
  close(): Promise<void>;
}

/** For how long a connection may do anything but send a message, in milliseconds; RFC 5321, 4.5.3.2, asks for 5 minutes. */
const longestPauseMs = 5 * 60_000;
/** For how long a message may take to arrive. */
const longestMessageMs = 10 * 60_000;
/** What is under way gets so long when the port closes. */
const closeWithinMs = 10_000;

/** Sendmail's jokes and what nobody needs. */
const disabledCommands = ["WIZ", "SHELL", "KILL", "XCLIENT", "XFORWARD"];

/** What is known of a connection besides its session. */
interface Connection {
  readonly client: string;
  /** Whether a message is under way. */
  busy: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Opens a port; resolves once it listens, rejects where it can't. */
export async function listenSmtp(options: SmtpListenerOptions, handlers: SmtpHandlers): Promise<SmtpListener> {
  const { log } = options;
  const connections = new Map<SmtpSession, Connection>();
  let closing = false;
  const server = new SMTPServer({
    ...libraryOptions(options, handlers),
    onConnect: (session, done) => answer(() => connect(session), done),
    onSecure: (_socket, session, done) => {
      session.disabledCommands = undefined;
      done();
    },
    onAuth: (auth, session, done) => {
      const { username = "", password } = auth;
      answerWith(() => handlers.login?.(username, password ?? "", session) ?? Promise.reject(new Error("no AUTH")), {
        done: (user) => done(null, { user }),
        failed: (refusal) => done(refusal),
      });
    },
    onMailFrom: (address, session, done) => answer(() => handlers.sender(address, session), done),
    onRcptTo: ({ address }, session, done) => answer(() => handlers.recipient(address, session), done),
    onData: (stream, session, done) => {
      begin(session);
      answerWith(() => handlers.message(stream, session), {
        done: (text) => done(null, text),
        failed: (refusal) => {
          // Nobody reads on, and a client that is to be told 421 is not to send the rest first.
          if (refusal.responseCode === 421) stream.destroy();
          done(refusal);
        },
        // The reply comes first.
        settled: () => setImmediate(() => end(session)),
      });
    },
    onClose: (session) => forget(session),
  });

  function connect(session: SmtpSession): Promise<void> {
    const client = clientOf(session.remoteAddress);
    const ofClient = [...connections.values()].filter((one) => one.client === client).length;
    if (closing) throw new SmtpRefusal(421, "Server shutting down");
    if (connections.size >= options.maxConnections || ofClient >= options.maxConnectionsOfClient) {
      throw new SmtpRefusal(421, "Too many concurrent SMTP connections");
    }
    connections.set(session, { client, busy: false, timer: deadline(session, longestPauseMs) });
    if (!session.secure && !options.loginWithoutTls) session.disabledCommands = [...disabledCommands, "AUTH"];
    return Promise.resolve();
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
    clearTimeout(connections.get(session)?.timer);
    connections.delete(session);
  }

  function hangUp(session: SmtpSession, text: string): void {
    for (const connection of server.connections) if (connection.session === session) connection.send(421, text);
  }

  /** Runs a handler and tells smtp-server what came of it. */
  function answer(work: () => Promise<void>, done: (error?: Error | null) => void): void {
    answerWith(work, { done: () => done(), failed: (refusal) => done(refusal) });
  }

  function answerWith<Result>(
    work: () => Promise<Result>,
    then: { done: (result: Result) => void; failed: (refusal: SmtpRefusal) => void; settled?: () => void },
  ): void {
    Promise.resolve()
      .then(work)
      .then(then.done, (error: unknown) => then.failed(refusalOf(error)))
      .catch((error: unknown) => log.error({ err: error }, "an SMTP reply could not be given"))
      .finally(then.settled);
  }

  function refusalOf(error: unknown): SmtpRefusal {
    if (error instanceof SmtpRefusal) return error;
    if (!isLostConnection(error)) log.error({ err: error }, "unexpected error in an SMTP session");
    return new SmtpRefusal(451, "Temporary service failure");
  }

  const listening = once(server.server, "listening");
  server.on("error", (error) => log.debug({ err: error }, "an SMTP connection failed"));
  server.listen(options.port, options.host);
  await listening;

  return {
    port: portOf(server.server.address()),
    renewCertificate: (certificate) => server.updateSecureContext(certificate),
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
    ...options.certificate,
    minVersion: "TLSv1.2",
    name: options.hostname,
    // The usual greeting is for people, and tells them the client's name.
    heloResponse: "%s",
    secure: options.tls === "immediate",
    size: options.maxMessageBytes,
    disabledCommands: handlers.login ? disabledCommands : [...disabledCommands, "AUTH"],
    authMethods: ["PLAIN", "LOGIN"],
    // Whether a login is wanted, the handler of MAIL decides: it can say what is missing.
    authOptional: true,
    allowInsecureAuth: options.loginWithoutTls,
    // Nothing is called by its PTR record here, and a lookup would hold up the greeting.
    disableReverseLookup: true,
    // As in SES, addresses are ASCII.
    hideSMTPUTF8: true,
    hideENHANCEDSTATUSCODES: !options.enhancedCodes,
    maxClients: options.maxConnections * 2,
    // RFC 5321, 4.5.3.1.4, wants 512 octets; a base64 password and extensions take more.
    maxCommandLength: 4096,
    socketTimeout: longestPauseMs,
    closeTimeout: closeWithinMs,
    logger: false,
  };
}

/** A client that went away in the middle of a message: nobody's defect. */
function isLostConnection(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && lost.has(error.code);
}

const lost = new Set(["ECONNECTION", "ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"]);

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("an SMTP port listens nowhere");
  return address.port;
}
