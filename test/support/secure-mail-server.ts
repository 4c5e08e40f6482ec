/** A receiving mail server of smtp-server with TLS and login, which tells over what each message came. */
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import type { Certificate } from "./certificates.ts";

/** A message that was taken. */
export interface SecurelyTakenMail {
  readonly to: readonly string[];
  readonly mime: Buffer;
  /** Whether it came over TLS. */
  readonly secure: boolean;
  /** Who had logged in. */
  readonly user: string | undefined;
}

/** A running server. */
export interface SecureMailServer extends AsyncDisposable {
  readonly port: number;
  readonly taken: SecurelyTakenMail[];
  /** Names that clients asked for by SNI. */
  readonly askedFor: string[];
}

/** How it behaves. */
export interface SecureMailServerOptions {
  readonly certificate: Certificate;
  readonly host?: string;
  readonly port?: number;
  /** TLS from the start. */
  readonly implicitTls?: boolean;
  /** Who may log in, and by which mechanism; nobody has to where it is unset. */
  readonly login?: { readonly user: string; readonly password: string; readonly method: "PLAIN" | "LOGIN" };
}

/** Starts it on a free port. */
export async function startSecureMailServer(options: SecureMailServerOptions): Promise<SecureMailServer> {
  const { certificate, host = "127.0.0.1", port = 0, implicitTls = false, login } = options;
  const taken: SecurelyTakenMail[] = [];
  const askedFor: string[] = [];
  const server = new SMTPServer({
    ...certificate,
    secure: implicitTls,
    authOptional: login === undefined,
    authMethods: login === undefined ? [] : [login.method],
    // A password in clear is for tests alone.
    allowInsecureAuth: true,
    disabledCommands: login === undefined ? ["AUTH"] : [],
    disableReverseLookup: true,
    // Clients may keep idle connections.
    closeTimeout: 50,
    onAuth({ username, password }, _session, done) {
      const right = username === login?.user && password === login?.password;
      done(right ? null : new Error("Wrong login"), { user: username });
    },
    onSecure(socket, _session, done) {
      askedFor.push("servername" in socket ? String(socket.servername) : "");
      done();
    },
    onData(stream, { envelope, secure, user }, done) {
      buffer(stream).then((mime) => {
        taken.push({ to: envelope.rcptTo.map(({ address }) => address), mime, secure, user: user || undefined });
        done();
      }, done);
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(port, host, () => resolve()));
  const address: AddressInfo | string | null = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    port: address.port,
    taken,
    askedFor,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
