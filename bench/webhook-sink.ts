/**
 * An HTTP server that takes and discards what is posted to it. It is minimal, on raw sockets, so that it takes little of
 * the machine. It runs in its own process, prints its port, and answers lines on standard input with a line of JSON:
 * `count`: the number of posts and the time of the last one, in milliseconds since the epoch; `bodies`: up to 1,000
 * bodies that were posted.
 */
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

let taken = 0;
let last = 0;
const bodies: string[] = [];
const keptBodies = 1_000;
const endOfHead = Buffer.from("\r\n\r\n");

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => socket.destroy());
  serve(socket);
});

function serve(socket: Socket): void {
  let rest: Buffer = Buffer.alloc(0);
  // Without an encoding a socket emits Buffers; its type also allows strings.
  socket.on("data", (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let answers = "";
    for (;;) {
      const headEnd = rest.indexOf(endOfHead);
      if (headEnd < 0) break;
      const head = rest.toString("latin1", 0, headEnd);
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      const begin = headEnd + endOfHead.length;
      if (rest.length < begin + length) break;
      if (bodies.length < keptBodies) bodies.push(rest.toString("utf8", begin, begin + length));
      rest = rest.subarray(begin + length);
      taken++;
      last = Date.now();
      answers += "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    }
    if (answers !== "") socket.write(answers);
  });
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") console.log(`port ${address.port}`);
});
createInterface({ input: process.stdin }).on("line", (line) => {
  console.log(JSON.stringify(line === "bodies" ? bodies : { taken, last }));
});
