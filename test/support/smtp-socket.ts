/** A bare SMTP client, where bytes matter. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Talks to an SMTP port. */
export interface SmtpSocket extends AsyncDisposable {
  readonly socket: Socket;
  /** Sends bytes as they are (a string as Latin-1) and reads the next reply: all of its lines, joined by LF. */
  ask(bytes: string | Uint8Array): Promise<string>;
  /** Sends without waiting. */
  write(bytes: string | Uint8Array): void;
  /** The next reply. Rejects where the server hangs up first. */
  reply(): Promise<string>;
  /** Resolves once the server hung up, to what it said that no `reply` had read. */
  closed(): Promise<string>;
}

/** Connects and reads the greeting; with `hello` says EHLO, too. */
export async function openSmtp(port: number, { hello = true } = {}): Promise<SmtpSocket> {
  const socket = connect({ port, host: "127.0.0.1" });
  let received = "";
  let ended = false;
  let wake = () => {};
  socket.setEncoding("latin1");
  socket.on("data", (text) => {
    received += text;
    wake();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    ended = true;
    wake();
  });
  await once(socket, "connect");

  async function reply(): Promise<string> {
    for (;;) {
      const match = /^(?:\d{3}-[^\n]*\r\n)*\d{3}(?: [^\n]*)?\r\n/.exec(received);
      if (match) {
        received = received.slice(match[0].length);
        return match[0].trimEnd().replaceAll("\r\n", "\n");
      }
      if (ended) throw new Error(`the server hung up; left: ${JSON.stringify(received)}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  const client: SmtpSocket = {
    socket,
    reply,
    write(bytes) {
      socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
    },
    ask(bytes) {
      client.write(bytes);
      return reply();
    },
    async closed() {
      while (!ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return received;
    },
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
  await reply();
  if (hello) await client.ask("EHLO client.example.org\r\n");
  return client;
}
