/**
 * smtp-server with four changes:
 * - The greeting goes out after one turn of the event loop. The library waits 100 ms for clients that talk before it, so
 *   most clients, which open a connection for each message, could send 10 messages a second one after the other. In the
 *   turn, what a client sent with its connection is read: such clients (RFC 5321, 4.3.1) still get 421.
 * - Quoted local parts are accepted in MAIL and RCPT (RFC 5321, 4.1.2).
 * - A guard can refuse EHLO, HELO and DATA, for which the library has no handler.
 * - The certificate can be made when STARTTLS first needs it.
 */
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { SMTPConnection } from "smtp-server/lib/smtp-connection.js";
import { SmtpRefusal } from "./refusal.ts";

type SocketOptions = ConstructorParameters<typeof SMTPConnection>[2];
type ParsedPath = ReturnType<SMTPConnection["_parseAddressCommand"]>;

/** `NAME:<"quoted local part"@domain> parameters`. Quoted text is printable ASCII. */
const quotedPath = /^([^:<"]*:\s*<)("(?:[ !#-[\]-~]|\\[ -~])*")(@[^<>"\s]+>.*)$/s;
/** Quotes that enclose no whole local part. */
const misquotedPath = /^[^:]*:\s*<[^>]*"/;
/** An atom in place of the quoted local part while the library parses the command. */
const standIn = "quoted-local-part";
/** RFC 5321, 4.5.3.1.1, in octets. */
const maxLocalPart = 64;
const dotAtom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

export type GuardedCommand = "EHLO" | "DATA";

/** Rejects with an `SmtpRefusal` to refuse a command; undefined to accept it. */
type Guard = (command: GuardedCommand, session: SMTPServerSession) => Promise<void> | undefined;

export class PortServer extends SMTPServer {
  guard: Guard = () => undefined;
  /** Called before STARTTLS. Until it has resolved, the library has a certificate of its own, whose key is public. */
  prepareTls: () => Promise<void> = async () => {};

  override connect(socket: Socket | TLSSocket, options?: SocketOptions): void {
    const connection = new PortConnection(this, socket, options);
    connection.guard = (command, session) => this.guard(command, session);
    connection.prepareTls = () => this.prepareTls();
    this.connections.add(connection);
    connection.on("error", (error) => this._onError(error));
    connection.on("connect", (client) => this._onClientConnect(client));
    connection.init();
  }
}

/** Breaks a connection without a reply: with a reset, or over TLS by closing it. */
export function breakOff({ _socket: socket }: SMTPConnection): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

class PortConnection extends SMTPConnection {
  guard: Guard = () => undefined;
  prepareTls: () => Promise<void> = async () => {};

  /** The library runs one command at a time, so that nothing is read before the answer. */
  override handler_STARTTLS(command: Buffer, callback: () => void): void {
    this.prepareTls().then(
      () => super.handler_STARTTLS(command, callback),
      () => {
        this.send(454, "TLS not available due to temporary reason", false);
        callback();
      },
    );
  }

  override handler_EHLO(command: Buffer, callback: () => void): void {
    this.#guarded("EHLO", callback, () => super.handler_EHLO(command, callback));
  }

  override handler_HELO(command: Buffer, callback: () => void): void {
    this.#guarded("EHLO", callback, () => super.handler_HELO(command, callback));
  }

  override handler_DATA(command: Buffer, callback: () => void): void {
    this.#guarded("DATA", callback, () => super.handler_DATA(command, callback));
  }

  #guarded(command: GuardedCommand, callback: () => void, run: () => void): void {
    const checked = this.guard(command, this.session);
    if (!checked) {
      run();
      return;
    }
    checked.then(run, (error: unknown) => {
      if (error instanceof SmtpRefusal) this.send(error.responseCode, error.message, false);
      callback();
    });
  }

  override init(): void {
    this._setListeners(() => {
      const { maxClients = 0 } = this._server.options;
      if (maxClients > 0 && this._server.connections.size > maxClients) {
        this.send(421, `${this.name} Too many connected clients, try again in a moment`);
        return;
      }
      setImmediate(() => {
        if (!this._closing && !this._closed) this.connectionReady();
      });
    });
  }

  override _parseAddressCommand(name: string, command: Buffer | string): ParsedPath {
    const text = command.toString();
    const [, before, quoted = "", after] = quotedPath.exec(text) ?? [];
    if (before === undefined || after === undefined) {
      return misquotedPath.test(text) ? false : super._parseAddressCommand(name, text);
    }
    const localPart = plainest(quoted);
    if (localPart.length > maxLocalPart) return false;
    const parsed = super._parseAddressCommand(name, `${before}${standIn}${after}`);
    if (parsed === false) return false;
    return { ...parsed, address: localPart + parsed.address.slice(standIn.length) };
  }
}

/** Quoting has no meaning of its own (RFC 5321, 4.1.2): the local part without quotes where it needs none. */
function plainest(quoted: string): string {
  const content = quoted.slice(1, -1).replaceAll(/\\(.)/g, "$1");
  return dotAtom.test(content) ? content : `"${content.replaceAll(/["\\]/g, "\\$&")}"`;
}
