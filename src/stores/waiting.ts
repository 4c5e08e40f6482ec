/**
 * Waits for a store's server that is not reachable yet. The servers of an installation are often started together, and
 * a database starts more slowly than Mailglass: without waiting, the process would end and rely on its supervisor.
 */
import { setTimeout as delay } from "node:timers/promises";
import { createBackoff } from "../common/backoff.ts";

/** A store's server was not reachable in time. The message says what was tried and what to check. */
export class StoreUnreachable extends Error {
  override name = "StoreUnreachable";
}

/** A store's server does not accept what the setting says. The message is one line that names the setting. */
export class StoreRefused extends Error {
  override name = "StoreRefused";
}

/** How long to wait, and how to report that. */
export interface Patience {
  readonly forMs: number;
  /** Called for the first failure only: later ones add nothing. */
  readonly waiting: (store: string, error: unknown) => void;
  /** Ends the wait; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** The server to wait for. */
export interface AwaitedStore<Store> {
  /** The name in messages, such as `PostgreSQL`. */
  readonly name: string;
  /** The setting with the server's address. */
  readonly setting: string;
  readonly open: () => Promise<Store>;
  /** Whether a failure may be temporary. Others are thrown at once. */
  readonly isAbsence: (error: unknown) => boolean;
  /** Whether a failure means that the setting is wrong: a user, a password, a missing privilege. */
  readonly isRefusal: (error: unknown) => boolean;
}

const pauses = { firstMs: 250, longestMs: 2_000 };

/**
 * Opens a store, retrying while its server is unreachable. Throws `StoreUnreachable` at the deadline, and
 * `StoreRefused` if it refuses access.
 */
export async function openOnceItAnswers<Store>(store: AwaitedStore<Store>, patience: Patience): Promise<Store> {
  const deadline = performance.now() + patience.forMs;
  const backoff = createBackoff(pauses);
  for (let tries = 1; ; tries++) {
    patience.signal?.throwIfAborted();
    try {
      return await store.open();
    } catch (error) {
      if (store.isRefusal(error)) {
        throw new StoreRefused(`${store.setting}: ${store.name} can't be used: ${reasonOf(error)}`, { cause: error });
      }
      if (!store.isAbsence(error)) throw error;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) {
        const tried = `${tries} ${tries === 1 ? "try" : "tries"} in ${Math.round(patience.forMs / 1000)} s`;
        throw new StoreUnreachable(
          `${store.name} does not answer (${tried}; the last: ${reasonOf(error)}). Is it up, and is ${store.setting} right?`,
          { cause: error },
        );
      }
      if (tries === 1) patience.waiting(store.name, error);
      const { signal } = patience;
      await delay(Math.min(backoff.next(), leftMs), undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}

/** Error codes of Node and the operating system for a server that is unreachable or has disconnected. */
const networkFaults = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  // A container's name resolves only while the container runs.
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Whether the error is a network error: the server is unreachable or has disconnected. */
export function isNetworkFault(error: unknown): boolean {
  return error instanceof Error && "code" in error && networkFaults.has(String(error.code));
}

/** The message of an error, in one line. An error for several addresses at once has no message of its own. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.split("\n")[0] || ("code" in error ? String(error.code) : error.name);
}
