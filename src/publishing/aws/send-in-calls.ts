/** Sends events to an AWS service in as many calls as its limits need. */
import type { SendResult } from "../sender.ts";
import { type CallTarget, type Failure, failureOf } from "./failure.ts";

/** An event as the service takes it. */
export interface Entry {
  /** Counts against the service's limits. */
  readonly bytes: number;
}

export interface Calls<Item extends Entry> {
  readonly target: CallTarget;
  readonly limits: {
    /** Entries of a call. */
    readonly entries: number;
    /** Bytes of a call's entries. */
    readonly bytes: number;
    /** Bytes of one entry. */
    readonly entryBytes: number;
  };
  readonly stopping: AbortSignal;
  /**
   * Makes one call; resolves to a result for each entry in order, undefined where the answer has none. May reject with an
   * error of the SDK.
   */
  call(entries: readonly Item[]): Promise<readonly (SendResult | undefined)[]>;
}

/** Calls to one target at a time. */
const callsAtOnce = 4;

/** Resolves to a result for each entry in order. An entry larger than the service takes is not sent. */
export async function sendInCalls<Item extends Entry>(
  entries: readonly Item[],
  calls: Calls<Item>,
): Promise<SendResult[]> {
  const results: SendResult[] = entries.map(({ bytes }) =>
    bytes > calls.limits.entryBytes
      ? {
          outcome: "failed",
          permanent: true,
          error: `${calls.target.name}: the event has ${bytes} bytes, and the service takes ${calls.limits.entryBytes}`,
        }
      : { outcome: "untried" },
  );
  const waiting = inCalls(entries, calls.limits).values();
  const work = async () => {
    for (const indexes of waiting) {
      if (calls.stopping.aborted) return;
      await callWith(indexes);
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, work));
  return results;

  async function callWith(indexes: readonly number[]): Promise<void> {
    const sent = indexes.flatMap((index) => entries[index] ?? []);
    try {
      const answers = await calls.call(sent);
      for (const [at, index] of indexes.entries()) {
        results[index] = answers[at] ?? failed(`${calls.target.name}: the answer has no result for the event`);
      }
    } catch (error) {
      const failure = failureOf(error, calls.target);
      if (failure.kind === "too-large" && indexes.length > 1) {
        // Only one of them may be too large, or a proxy has a lower limit.
        const half = Math.ceil(indexes.length / 2);
        await callWith(indexes.slice(0, half));
        await callWith(indexes.slice(half));
        return;
      }
      for (const index of indexes) results[index] = resultOf(failure);
    }
  }
}

/** The result for an event that a failure is about. All but size can be mended while the event waits. */
export function resultOf(failure: Failure): SendResult {
  return { outcome: "failed", permanent: failure.kind === "too-large", error: failure.error };
}

const failed = (error: string): SendResult => ({ outcome: "failed", permanent: false, error });

/** The indexes of the entries that fit, by call. */
function inCalls<Item extends Entry>(entries: readonly Item[], limits: Calls<Item>["limits"]): number[][] {
  const calls: number[][] = [];
  let current: number[] = [];
  let size = 0;
  for (const [index, { bytes }] of entries.entries()) {
    if (bytes > limits.entryBytes) continue;
    if (current.length === limits.entries || (current.length > 0 && size + bytes > limits.bytes)) {
      calls.push(current);
      current = [];
      size = 0;
    }
    current.push(index);
    size += bytes;
  }
  if (current.length > 0) calls.push(current);
  return calls;
}
