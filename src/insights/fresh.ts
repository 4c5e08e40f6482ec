/** Whether an answer has what was acknowledged before it was asked for. */
import type { Recorder } from "../events/recorder.ts";

/** Somebody waits for the page: rather an answer that says that it may lack the newest than one that comes too late. */
const longestWaitMs = 3_000;

/** Waits until all that was committed is in the event database, for a while; says so where that was not enough. */
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
