/** The response to what is not an HTTP request, or does not become one in time. No route and no hook sees it. */
import type { Socket } from "node:net";

/** For all responses, unless their route has its own: browsers neither guess types nor give them to other sites. */
export const protectiveHeaders = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Status line and message by Node's error code; any other code is a syntax error. */
const answers: ReadonlyMap<string | undefined, readonly [string, string]> = new Map([
  ["ERR_HTTP_REQUEST_TIMEOUT", ["408 Request Timeout", "The client did not send a request in time."]],
  ["HPE_HEADER_OVERFLOW", ["431 Request Header Fields Too Large", "The request's headers are too large."]],
]);
const malformed = ["400 Bad Request", "This is not an HTTP request."] as const;

/** Answers and closes the connection: Node's `clientError` event. */
export function answerMalformedRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, message] = answers.get(error.code) ?? malformed;
  const body = JSON.stringify({ message });
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    connection: "close",
    ...protectiveHeaders,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
