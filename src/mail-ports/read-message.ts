/** Reads a message off the wire into one buffer, with a bound for itself and one for all that are read at a time. */
import type { Readable } from "node:stream";
import { SmtpRefusal } from "./refusal.ts";

/** Bytes that may be held at a time. */
export interface MemoryBudget {
  /** Takes so many; false where they aren't there. */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

/** What was read. */
export interface ReceivedMessage {
  /** The message, or its start. */
  readonly bytes: Buffer;
  /** Its whole length in bytes. */
  readonly length: number;
  /** To be called once the bytes are let go. */
  release(): void;
}

/** A budget of so many bytes. */
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
 * Most messages are no longer. Pieces are copied into one buffer that doubles, not listed: a message of lines that start
 * with dots comes in millions of pieces, each a view of a larger chunk.
 */
const firstCapacity = 64 * 1024;

/**
 * Reads to the end of the stream, keeps the first `keepBytes` and drops the rest.
 * @param limits `dropBytes`: after so many more the client is cut off.
 * @throws SmtpRefusal where memory is short (after the message was read, so that the client hears of it).
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

  /** Makes room, or gives up on the message. */
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
