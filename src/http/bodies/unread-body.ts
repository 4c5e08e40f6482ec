/**
 * What happens to a body that was not read when its request was answered. Clients such as Python's http.client send all
 * of it before they read the response: if the server closed the connection at once, they would get a write error (EPIPE)
 * instead. So the rest is read and discarded, up to a limit, and the connection stays usable.
 */
import type { IncomingMessage } from "node:http";
import { StallTimer } from "./stall-timer.ts";

const checkEveryMs = 1_000;

/**
 * Discards the rest of a request's body. Destroys the connection if it is longer than `mostBytes`, or stalls (see
 * `StallTimer`).
 */
export function discardRest(request: IncomingMessage, mostBytes: number, stallMs: number): void {
  const { socket } = request;
  const readBefore = socket.bytesRead;
  let seen = readBefore;
  const end = () => {
    clearInterval(check);
    stall.stop();
  };
  const cut = () => {
    end();
    socket.destroy();
  };
  const stall = new StallTimer(stallMs, cut);
  // Node discards a body that nobody has begun to read before it becomes data of the stream, so the socket is counted.
  const check = setInterval(() => {
    if (request.complete || socket.destroyed) return end();
    stall.received(socket.bytesRead - seen);
    seen = socket.bytesRead;
    if (seen - readBefore > mostBytes) cut();
  }, checkEveryMs).unref();
  stall.start();
  request.resume();
}
