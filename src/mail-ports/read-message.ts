/** Reads a message from an SMTP client into one buffer, with a size limit and a memory budget for all messages. */
import type { Readable } from "node:stream";
import { SmtpRefusal } from "./refusal.ts";

/** Limits how many bytes are held in memory at a time. */
export interface MemoryBudget {
  /** Reserves bytes; returns false if not enough are left. */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

export interface ReceivedMessage {
  /** The message, or its first `keepBytes`. */
  readonly bytes: Buffer;
  /** The length of the whole message in bytes. */
  readonly length: number;
  /** Returns the memory to the budget. Must be called when the bytes are no longer used. */
  release(): void;
}

export function createMemoryBudget(bytes: number): MemoryBudget {
  let left = bytes;
  return {
    take(wanted) {
      if (wanted > left) return false;
      left -= wanted;
      return true;
    },
    giveBack(taken) {
      left += taken;
    },
  };
}

/**
 * In bytes: most messages fit. Chunks are copied into one buffer that doubles instead of being collected in a list: a
 * message of lines that start with dots arrives in millions of chunks, each a view of a larger one.
 */
const firstCapacity = 64 * 1024;

/**
 * Reads to the end of the stream, keeps the first `keepBytes` and discards the rest.
 * @param limits `dropBytes`: how many bytes are discarded before the client is disconnected.
 * @throws SmtpRefusal if the message is longer, or if the budget is exhausted (only after the whole message has been
 * read, so that the client receives the reply).
 */
export async function readMessage(
  stream: Readable,
  { keepBytes, dropBytes, budget }: { keepBytes: number; dropBytes: number; budget: MemoryBudget },
): Promise<ReceivedMessage> {
  let held = Buffer.alloc(0);
  let filled = 0;
  let length = 0;
  let short = false;
  const release = () => {
    budget.giveBack(held.length);
    held = Buffer.alloc(0);
  };

  /** Grows the buffer, or discards the message if the budget is exhausted. */
  function grow(needed: number): void {
    let capacity = Math.max(firstCapacity, held.length);
    while (capacity < needed) capacity *= 2;
    capacity = Math.min(capacity, Math.max(keepBytes, 1));
    if (budget.take(capacity - held.length)) {
      const larger = Buffer.allocUnsafeSlow(capacity);
      held.copy(larger, 0, 0, filled);
      held = larger;
    } else {
      short = true;
      release();
    }
  }

  try {
    for await (const piece of stream) {
      const chunk: Uint8Array = piece;
      length += chunk.length;
      if (length > keepBytes + dropBytes) throw new SmtpRefusal(421, "Message is too long.");
      const kept = Math.min(chunk.length, keepBytes - filled);
      if (short || kept <= 0) continue;
      if (filled + kept > held.length) grow(filled + kept);
      if (short) continue;
      held.set(kept === chunk.length ? chunk : chunk.subarray(0, kept), filled);
      filled += kept;
    }
    if (short) throw new SmtpRefusal(451, "Temporary service failure");
  } catch (error) {
    release();
    throw error;
  }
  return { bytes: held.subarray(0, filled), length, release };
}
