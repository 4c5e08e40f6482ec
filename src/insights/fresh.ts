/** Waits until a response can include everything acknowledged before its request. */
import type { Recorder } from "../events/recorder.ts";

/** Somebody is waiting for the page: a response that may lack the newest data is better than a late one. */
const longestWaitMs = 3_000;

/** Waits until all committed events are in the event database; returns `behind` if that takes too long. */
export async function waitUntilRecorded(recorder: Pick<Recorder, "drained">): Promise<{ behind?: true }> {
  const late = AbortSignal.timeout(longestWaitMs);
  try {
    await recorder.drained(late);
    return {};
  } catch (error) {
    if (late.aborted) return { behind: true };
    throw error;
  }
}
