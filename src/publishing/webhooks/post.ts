/**
 * Posts to webhooks. Connections stay open, one post at a time on each. Redirects are not followed. An answer is read
 * to 4 KB and then canceled, and all together takes 10 seconds at the most.
 */
import { type Dispatcher, Pool } from "undici";
import { BoundedMap } from "../../common/bounded-map.ts";
import { createDeadlines, type Deadlines } from "./deadlines.ts";
import { urlFault } from "./destination.ts";
import { createGuardedConnector, type DestinationOptions, RefusedDestination } from "./guarded-connector.ts";

/** What to post. */
export interface WebhookRequest {
  /** The ID of the webhook. Each has connections of its own, so that none waits for the receiver of another. */
  readonly webhook: string;
  readonly url: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string;
}

export interface PostResult {
  /** The status of the answer; undefined without one. */
  readonly status: number | undefined;
  /** The first 1 KB of the answer's body, as UTF-8. */
  readonly answer: string;
  /** Why the post failed; undefined for a status from 200 to 299. */
  readonly error: string | undefined;
  /** Whether another try makes no sense. */
  readonly permanent: boolean;
}

export interface WebhookClient {
  /** Posts once. Never rejects. */
  post(request: WebhookRequest): Promise<PostResult>;
  /** Ends the posts in progress, and closes all connections. */
  close(): Promise<void>;
}

export type WebhookClientOptions = Omit<DestinationOptions, "timeoutMillis"> & {
  /** The most connections per webhook. */
  readonly connections: number;
  /** The time for a post, in milliseconds; 10 seconds by default. */
  readonly timeoutMillis?: number;
};

const standardTimeoutMillis = 10_000;
/** More than there are webhooks; the rest is left from earlier URLs. */
const mostPools = 200;
/** In bytes. */
const longestRead = 4096;
const longestKept = 1024;
/** In characters. */
const longestError = 500;

/** A URL, in the parts that a request needs. */
interface Destination {
  /** Why nothing may be posted there. */
  readonly fault: string | undefined;
  readonly origin: string;
  readonly path: string;
}

export function createWebhookClient(options: WebhookClientOptions): WebhookClient {
  const { privateDestinations, connections, timeoutMillis = standardTimeoutMillis } = options;
  const deadlines = createDeadlines(timeoutMillis);
  const connect = createGuardedConnector({ ...options, timeoutMillis });
  const destinations = new BoundedMap<string, Destination>({ capacity: mostPools, evicts: "oldest" });
  const pools = new BoundedMap<string, Pool>({
    capacity: mostPools,
    evicts: "least-recently-used",
    evicted: (_key, pool) => void pool.close(),
  });

  /** A stored URL may be from before the setting changed. */
  function destinationOf(text: string): Destination {
    const known = destinations.get(text);
    if (known) return known;
    const fault = urlFault(text, privateDestinations);
    const { origin = "", pathname = "", search = "" } = URL.parse(text) ?? {};
    const destination = { fault, origin, path: pathname + search };
    destinations.set(text, destination);
    return destination;
  }

  function poolOf(webhook: string, origin: string): Pool {
    const key = `${webhook} ${origin}`;
    const known = pools.get(key);
    if (known) return known;
    // The deadline covers both timeouts.
    const pool = new Pool(origin, { connect, connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
    pools.set(key, pool);
    return pool;
  }

  return {
    post(request) {
      const { promise, resolve } = Promise.withResolvers<PostResult>();
      const { fault, origin, path } = destinationOf(request.url);
      if (fault !== undefined) return Promise.resolve({ status: undefined, answer: "", error: fault, permanent: true });
      const handler = new PostHandler(resolve, deadlines, timeoutMillis);
      try {
        const { webhook, body, headers } = request;
        poolOf(webhook, origin).dispatch({ path, method: "POST", headers: [...headers], body }, handler);
      } catch (error) {
        handler.fail(error);
      }
      return promise;
    },
    async close() {
      await Promise.all([...pools].map(([, pool]) => pool.destroy()));
    },
  };
}

class PostHandler implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  readonly #resolve: (result: PostResult) => void;
  readonly #deadline: { done(): void };
  readonly #timeoutMillis: number;
  #ended = false;
  #status: number | undefined;
  #location = "";
  readonly #chunks: Buffer[] = [];
  #read = 0;

  constructor(resolve: (result: PostResult) => void, deadlines: Deadlines, timeoutMillis: number) {
    this.#resolve = resolve;
    this.#timeoutMillis = timeoutMillis;
    this.#deadline = deadlines.begin(() => this.#expire());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(new Canceled("the deadline has passed"));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: { location?: unknown }): void {
    // Interim answers, such as 103.
    if (status < 200) return;
    this.#status = status;
    if (typeof headers.location === "string") this.#location = headers.location;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#read < longestKept) this.#chunks.push(chunk.subarray(0, longestKept - this.#read));
    this.#read += chunk.length;
    if (this.#read <= longestRead) return;
    this.#end();
    controller.abort(new Canceled("the answer is longer than is read"));
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  /** The post has failed, unless a status has already told how it went. */
  fail(error: unknown): void {
    this.#end(textOf(error), error instanceof RefusedDestination);
  }

  #expire(): void {
    const error = `no answer within ${this.#timeoutMillis / 1000} seconds`;
    this.#end(error);
    this.#controller?.abort(new Canceled(error));
  }

  /** Once there is a status, it decides: the receiver has the event, whatever becomes of the answer's body. */
  #end(error = "the receiver did not answer", permanent = false): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deadline.done();
    const status = this.#status;
    const answer = Buffer.concat(this.#chunks).toString();
    this.#resolve(
      status === undefined
        ? { status, answer, error, permanent }
        : { status, answer, error: statusFault(status, this.#location), permanent: isPermanent(status) },
    );
  }
}

/** This side ends the post. */
class Canceled extends Error {
  override name = "Canceled";
}

function statusFault(status: number, location: string): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 400) return `the receiver answered with status ${status}`;
  const to = location === "" ? "" : ` to ${location.slice(0, 300)}`;
  return `the receiver answered with status ${status}, a redirect${to}: redirects are not followed`;
}

/** As documented in docs/webhooks.md. */
function isPermanent(status: number): boolean {
  return status >= 300 && status < 500 && status !== 408 && status !== 429;
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, longestError);
  if (error instanceof RefusedDestination) return error.message;
  // Node tried several addresses.
  if (error instanceof AggregateError && error.errors.length > 0) return textOf(error.errors[0]);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const known = knownErrors.get(code);
  if (known !== undefined) return known;
  return `${error.message || error.name}${code === "" || error.message.includes(code) ? "" : ` (${code})`}`.slice(
    0,
    longestError,
  );
}

const closed = "the receiver closed the connection before it answered";
const knownErrors = new Map([
  ["UND_ERR_SOCKET", closed],
  ["ECONNRESET", closed],
  ["EPIPE", closed],
  ["UND_ERR_CONNECT_TIMEOUT", "the connection could not be opened in time"],
  ["UND_ERR_HEADERS_OVERFLOW", "the headers of the answer are too long"],
  ["HPE_HEADER_OVERFLOW", "the headers of the answer are too long"],
  ["UND_ERR_DESTROYED", "the server is stopping"],
]);
