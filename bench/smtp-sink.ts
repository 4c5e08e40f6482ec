/**
 * An SMTP server that accepts and discards all mail. It is minimal, on raw sockets, so that it takes little of the
 * machine. It runs in its own process, prints its port, and answers `count` on standard input with the number of
 * accepted messages, how many of them had a DKIM signature, and the time of the last one, in milliseconds since the
 * epoch.
 */
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

let taken = 0;
let signed = 0;
let last = 0;
const endOfMail = Buffer.from("\r\n.\r\n");
const signature = Buffer.from("DKIM-Signature:");

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => socket.destroy());
  serve(socket);
});

function serve(socket: Socket): void {
  let inMail = false;
  let isSigned = false;
  let rest: Buffer = Buffer.alloc(0);
  socket.write("220 sink.example ESMTP\r\n");
  // Without an encoding a socket emits Buffers; its type also allows strings.
  socket.on("data", (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let answers = "";
    let at = 0;
    for (;;) {
      if (inMail) {
        const end = rest.indexOf(endOfMail, at);
        // Signers put the signature first, so the chunk that begins a message has it.
        isSigned ||= rest.subarray(at, end < 0 ? rest.length : end).includes(signature);
        // A possible start of the end-of-data sequence is scanned again with the next chunk.
        if (end < 0) {
          at = Math.max(at, rest.length - endOfMail.length);
          break;
        }
        at = end + endOfMail.length;
        inMail = false;
        taken++;
        if (isSigned) signed++;
        isSigned = false;
        last = Date.now();
        answers += "250 2.0.0 Ok: queued\r\n";
        continue;
      }
      const end = rest.indexOf("\r\n", at);
      if (end < 0) break;
      const command = rest.toString("latin1", at, Math.min(end, at + 4)).toUpperCase();
      at = end + 2;
      if (command === "DATA") {
        inMail = true;
        answers += "354 Go ahead\r\n";
      } else if (command === "EHLO") answers += "250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n";
      else if (command === "QUIT") {
        socket.end(`${answers}221 2.0.0 Bye\r\n`);
        return;
      } else answers += "250 2.0.0 Ok\r\n";
    }
    rest = at < rest.length ? rest.subarray(at) : Buffer.alloc(0);
    if (answers !== "") socket.write(answers);
  });
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") console.log(`port ${address.port}`);
});
createInterface({ input: process.stdin }).on("line", () => console.log(JSON.stringify({ taken, signed, last })));
