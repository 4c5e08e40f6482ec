/**
 * Generates closed-loop SMTP load on one port: each loop sends its next message after the reply to the previous one, over
 * a connection of its own for each message, or over one that it keeps. It uses raw sockets, because an ordinary client
 * takes as much processor time as the server under test. It runs in its own process: `node smtp-load.ts PORT LOOPS MESSAGES
 * connect|keep`, with the content of the message on standard input. It prints the seconds.
 */
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";

const [port = Number.NaN, loops = Number.NaN, messages = Number.NaN] = process.argv.slice(2, 5).map(Number);
const keep = process.argv[5] === "keep";
const content = Buffer.from(`${await text(process.stdin)}\r\n.\r\n`);
let next = 0;

/** A connection after EHLO. */
interface Session {
  /** Sends bytes and resolves once the last line of the reply is there; rejects if its code is another. */
  say(bytes: Buffer | string, code: string): Promise<void>;
  end(): Promise<void>;
}

function open(): Promise<Session> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host: "127.0.0.1", port, noDelay: true });
    let expected: { code: string; resolve: () => void; reject: (error: Error) => void } | undefined;
    let received = "";
    const fail = (error: Error) => {
      reject(error);
      expected?.reject(error);
    };
    socket.setEncoding("latin1");
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("the server closed a connection")));
    socket.on("data", (chunk: string) => {
      received += chunk;
      // The last line of a reply has a space after its code.
      const last = /^(\d{3}) .*\r\n$/m.exec(received);
      if (!last) return;
      const was = expected;
      const reply = received;
      expected = undefined;
      received = "";
      if (was && last[1] === was.code) was.resolve();
      else fail(new Error(`the server replied ${reply}`));
    });
    const reply = (code: string) =>
      new Promise<void>((done, failed) => {
        expected = { code, resolve: done, reject: failed };
      });
    const session: Session = {
      say(bytes, code) {
        socket.write(bytes);
        return reply(code);
      },
      async end() {
        await session.say("QUIT\r\n", "221");
        socket.end();
      },
    };
    reply("220")
      .then(() => session.say("EHLO client.example\r\n", "250"))
      .then(() => resolve(session), reject);
  });
}

async function send(session: Session): Promise<void> {
  await session.say("MAIL FROM:<news@sender.example>\r\n", "250");
  await session.say(`RCPT TO:<user-${next % 500}@example.com>\r\n`, "250");
  await session.say("DATA\r\n", "354");
  await session.say(content, "250");
}

async function loop(): Promise<void> {
  let session: Session | undefined;
  while (next < messages) {
    next++;
    session ??= await open();
    await send(session);
    if (keep) continue;
    await session.end();
    session = undefined;
  }
  await session?.end();
}

const begun = performance.now();
await Promise.all(Array.from({ length: Math.min(loops, messages) }, loop));
console.log(String((performance.now() - begun) / 1000));
