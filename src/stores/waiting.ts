/**
 * Waits for a store's server that does not answer yet. An installation's servers are often started together, and a
 * database takes longer to be there than Mailglass does: ending at once would leave it to whoever watches the process.
 */
import { setTimeout as delay } from "node:timers/promises";
import { createBackoff } from "../common/backoff.ts";

/** A store's server that did not answer in time. Its message says what was tried and what to look at. */
export class StoreUnreachable extends Error {
  override name = "StoreUnreachable";
}

/** How long to wait, and who hears of it. */
export interface Patience {
  readonly forMs: number;
  /** Told of the first failure, and no more: the rest says the same. */
  readonly waiting: (store: string, error: unknown) => void;
  /** Ends the waiting; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** Which server. */
export interface AwaitedStore<Store> {
  /** For people, such as `PostgreSQL`. */
  readonly name: string;
  /** The setting that says where it is. */
  readonly setting: string;
  readonly open: () => Promise<Store>;
  /** Whether a failure may go away by itself. Others, such as a wrong password, are thrown at once. */
  readonly isAbsence: (error: unknown) => boolean;
}

const pauses = { firstMs: 250, longestMs: 2_000 };

/** Opens a store, again and again while its server does not answer. Throws `StoreUnreachable` where it never does. */
export async function openOnceItAnswers<Store>(store: AwaitedStore<Store>, patience: Patience): Promise<Store> {
  const deadline = performance.now() + patience.forMs;
  const backoff = createBackoff(pauses);
  for (let tries = 1; ; tries++) {
    patience.signal?.throwIfAborted();
    try {
      return await store.open();
    } catch (error) {
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

/** Node's and the operating system's words for a server that isn't there, or went away. */
const networkFaults = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  // A container's name is in the DNS once it runs.
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Whether the network says that nobody answers. */
export function isNetworkFault(error: unknown): boolean {
  return error instanceof Error && "code" in error && networkFaults.has(String(error.code));
}

/** An error of several addresses at once has no message of its own. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ("code" in error ? String(error.code) : error.name);
}
