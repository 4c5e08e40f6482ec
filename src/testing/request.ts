/**
 * Requests to the server. With Node's own client and not `fetch`, which tests replace, and without timers of this
 * process, which tests replace, too.
 */
import { type OutgoingHttpHeaders, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  /** How long the server may be silent, in milliseconds; 30 seconds by default. */
  readonly silenceMs?: number;
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request, on a connection of its own. Rejects if no complete answer arrives. */
export function send({ method, url, headers = {}, body = "", silenceMs = 30_000, signal }: Call): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = url.protocol === "https:" ? secureRequest : plainRequest;
  const sent = request(url, {
    method,
    headers: body === "" ? headers : { ...headers, "content-length": Buffer.byteLength(body) },
    agent: false,
    timeout: silenceMs,
    signal,
  });
  sent.on("response", (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    response.on("error", reject);
  });
  sent.on("timeout", () => sent.destroy(new Error(`no answer within ${silenceMs / 1000} s`)));
  sent.on("error", (error) => {
    if (signal?.aborted) reject(signal.reason);
    else reject(new Error(`Mailglass at ${url.origin} does not answer: ${error.message}`, { cause: error }));
  });
  sent.end(body);
  return promise;
}
