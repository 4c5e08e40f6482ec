/** A receiving mail server of smtp-server, which keeps what it takes, and refuses what the test says. */
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

/** A message that was taken. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, dots undone. */
  readonly mime: Buffer;
  /** The client's address, and its name in EHLO. */
  readonly client: { readonly address: string; readonly name: string };
}

/** A running server. */
export interface ReceivingServer extends AsyncDisposable {
  readonly port: number;
  readonly taken: TakenMail[];
  /** How many connections were made. */
  connections(): number;
  /** Refuses a recipient with what it returns, such as `550 5.1.1 No such user`. May be changed at any time. */
  rcpt: (recipient: string) => string | undefined;
  /** The same of a client, by its address: its reply to the connection. */
  connect: (address: string) => string | undefined;
  /** The same of a message, once it has come. */
  data: (mail: TakenMail) => string | undefined;
}

/** Starts it on a free port of an address of this machine. */
export async function startReceivingServer(host = "127.0.0.1", port = 0): Promise<ReceivingServer> {
  const taken: TakenMail[] = [];
  const rules: Pick<ReceivingServer, "rcpt" | "data" | "connect"> = {
    rcpt: () => undefined,
    data: () => undefined,
    connect: () => undefined,
  };
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    onConnect({ remoteAddress }, done) {
      connections++;
      done(refusal(rules.connect(remoteAddress)) ?? undefined);
    },
    onRcptTo: ({ address }, _session, done) => done(refusal(rules.rcpt(address))),
    onData(stream, { envelope, remoteAddress, hostNameAppearsAs }, done) {
      const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
      buffer(stream).then((mime) => {
        const client = { address: remoteAddress, name: String(hostNameAppearsAs) };
        const mail = { from, to: envelope.rcptTo.map(({ address }) => address), mime, client };
        const refused = refusal(rules.data(mail));
        if (!refused) taken.push(mail);
        done(refused);
      }, done);
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(port, host, () => resolve()));
  const address: AddressInfo | string | null = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return Object.assign(rules, {
    port: address.port,
    taken,
    connections: () => connections,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}

function refusal(text: string | undefined): Error | null {
  if (text === undefined) return null;
  const [code, ...rest] = text.split(" ");
  return Object.assign(new Error(rest.join(" ")), { responseCode: Number(code) });
}
