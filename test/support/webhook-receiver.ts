/** A receiver of webhooks: an HTTP server that records requests and answers as the test says. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./certificates.ts";

/** A request that arrived. */
export interface ReceivedPost {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Answer = (request: ReceivedPost, response: ServerResponse) => unknown;

export interface WebhookReceiver extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly received: ReceivedPost[];
  /** How it answers: with a 204 at first. */
  answer: Answer;
  /** How many connections were opened, and the most requests that were answered at a time. */
  readonly seen: { connections: number; atATime: number };
  close(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1; over TLS with a certificate. */
export async function startWebhookReceiver(certificate?: Certificate): Promise<WebhookReceiver> {
  const received: ReceivedPost[] = [];
  const state: Pick<WebhookReceiver, "answer"> = { answer: (_request, response) => response.writeHead(204).end() };
  const seen = { connections: 0, atATime: 0 };
  let open = 0;
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    open++;
    seen.atATime = Math.max(seen.atATime, open);
    response.once("close", () => open--);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const { method = "", url: path = "" } = request;
      const post = { method, path, headers, body: Buffer.concat(chunks).toString() };
      received.push(post);
      state.answer(post, response);
    });
  };
  const server = certificate ? createTlsServer({ ...certificate }, listener) : createServer(listener);
  server.on("connection", () => seen.connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return Object.assign(state, {
    url: certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    received,
    seen,
    close,
    [Symbol.asyncDispose]: close,
  });
}
