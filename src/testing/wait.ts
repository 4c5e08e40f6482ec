/** Waits that the server makes: a request is answered when what it waits for is there. */
import { type ApiClient, MailglassError, messageOf, type Parameters } from "./api-client.ts";

/** A message that arrived while another was awaited. */
export interface Arrived {
  readonly id: string;
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
}

/** What was awaited did not happen in time. The message says what did. */
export class MailglassTimeout extends Error {
  override name = "MailglassTimeout";
  /** The messages that arrived, at most 20; none for a wait for an event. */
  readonly arrived: readonly Arrived[];

  constructor(message: string, arrived: readonly Arrived[]) {
    super(message);
    this.arrived = arrived;
  }
}

export interface WaitOptions {
  readonly parameters: Parameters;
  /** In milliseconds; 10 seconds by default. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const standardTimeout = 10_000;
/** The limits of the server, in milliseconds. */
const leastWait = 100;
const longestWait = 60_000;
/** How much longer than the wait itself the answer may take. */
const graceMs = 30_000;

/** Waits; resolves to the JSON of the answer. Rejects with a `MailglassTimeout` after the time. */
export async function waitOnServer<Result>(api: ApiClient, path: string, options: WaitOptions): Promise<Result> {
  const { parameters, timeout = standardTimeout, signal } = options;
  if (!(timeout >= 0 && timeout < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`timeout must be a number of milliseconds, not ${timeout}`);
  }
  for (let left = timeout; ; left -= longestWait) {
    const waitMs = Math.min(Math.max(left, leastWait), longestWait);
    const { status, body } = await api.ask("GET", path, {
      parameters: { ...parameters, timeout: waitMs / 1000 },
      silenceMs: waitMs + graceMs,
      signal,
    });
    if (status < 300) return JSON.parse(body.toString());
    if (status !== 404) throw new MailglassError(messageOf(body, status), status);
    const answer: { message: string; arrived?: readonly Arrived[]; events?: unknown } = JSON.parse(body.toString());
    // An unknown message, or a server without the testing API.
    if (answer.arrived === undefined && answer.events === undefined) throw new MailglassError(answer.message, status);
    if (left > longestWait) continue;
    // The server knows of the last part of a long wait only.
    const message = answer.message.replace(`within ${waitMs / 1000} s`, `within ${Math.max(timeout, waitMs) / 1000} s`);
    throw new MailglassTimeout(message, answer.arrived ?? []);
  }
}
