/**
 * Ends the wait for a client that has stopped sending, however slow it may be. A limit on the whole time would also end
 * uploads over slow connections.
 */

/** In bytes: a client that sends less than this in a window has stalled. About 500 bytes a second. */
const leastBytes = 16 * 1024;

/** The window if none is given, in milliseconds. */
export const usualStallMs = 30_000;

/** Measures only the time in which it is the client's turn to send. */
export class StallTimer {
  readonly #windowMs: number;
  readonly #stalled: () => void;
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  /** What is left of the window, in milliseconds. */
  #leftMs: number;
  /** Received in this window. */
  #bytes = 0;

  /** @param stalled called once, when the client has sent less than `leastBytes` in `windowMs`. */
  constructor(windowMs: number, stalled: () => void) {
    this.#windowMs = windowMs;
    this.#leftMs = windowMs;
    this.#stalled = stalled;
  }

  /** It is the client's turn to send. */
  start(): void {
    this.#startedAt = performance.now();
    this.#timer = setTimeout(this.#stalled, this.#leftMs);
  }

  /** The client has sent bytes. */
  received(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < leastBytes) return;
    const running = this.#timer !== undefined;
    this.stop();
    this.#bytes = 0;
    this.#leftMs = this.#windowMs;
    if (running) this.start();
  }

  /** It is the server's turn, or the body has ended. */
  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#startedAt));
  }
}
