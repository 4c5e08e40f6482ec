/**
 * The memory that all request bodies share. A body takes its whole length before it is read, so that bodies in progress
 * can always be completed. A body that does not fit waits unread in its connection. From its arrival until its response,
 * a body counts.
 */
import { errors } from "../../contract/errors.ts";

/** In bytes: small bodies have memory of their own, so that a few large ones don't hold up all other calls. */
const smallBody = 1 << 20;
const forSmallBodies = 16 << 20;

/** In milliseconds: how long a body waits for memory. */
const longestWaitMs = 45_000;

/** How many bodies may wait. Each keeps a connection, and what has arrived of it in Node's buffers. */
const mostWaiting = 200;

interface Waiting {
  readonly bytes: number;
  readonly bodyLength: number;
  readonly admit: () => void;
}

export class BodyBudget {
  readonly #capacity: number;
  readonly #waitMs: number;
  #held = 0;
  /** In order of arrival. */
  readonly #waiting = new Set<Waiting>();

  /** @param capacity in bytes. A single body may be larger: it is then read alone. */
  constructor(capacity: number, waitMs = longestWaitMs) {
    this.#capacity = capacity;
    this.#waitMs = waitMs;
  }

  /** The bytes in use. */
  get held(): number {
    return this.#held;
  }

  /** The number of bodies that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Takes memory if there is some, and no earlier body waits for it.
   * @param bytes how much more the body needs.
   * @param bodyLength how much it then has in all.
   */
  take(bytes: number, bodyLength: number): boolean {
    if (this.#waiting.size > 0 && bodyLength > smallBody) return false;
    return this.#takeNow(bytes, bodyLength);
  }

  /**
   * Waits for memory that `take` refused, and takes it. Rejects with a ServiceUnavailableException if none becomes
   * free in time, or too many wait already.
   */
  async wait(bytes: number, bodyLength: number): Promise<void> {
    if (this.#waiting.size >= mostWaiting) throw errors.tooManyBodies();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { bytes, bodyLength, admit: resolve };
    this.#waiting.add(waiting);
    const timer = setTimeout(() => {
      this.#waiting.delete(waiting);
      // It may have kept smaller ones waiting.
      this.#admit();
      reject(errors.tooManyBodies());
    }, this.#waitMs);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
    this.#admit();
  }

  #takeNow(bytes: number, bodyLength: number): boolean {
    const capacity = bodyLength > smallBody ? this.#capacity : this.#capacity + forSmallBodies;
    const alone = this.#held + bytes === bodyLength;
    if (this.#held + bytes > capacity && !alone) return false;
    this.#held += bytes;
    return true;
  }

  #admit(): void {
    for (const waiting of this.#waiting) {
      if (!this.#takeNow(waiting.bytes, waiting.bodyLength)) return;
      this.#waiting.delete(waiting);
      waiting.admit();
    }
  }
}
