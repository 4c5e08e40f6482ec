/**
 * Limits how many events the same URL may create, so that a bot that fetches one pixel all day can't fill the stores.
 * Each process counts in windows of a minute. Requests beyond the limit are answered as usual but not recorded. The
 * window is fixed and shared by all tokens, unlike a token bucket: it needs only one number per token, and after a
 * minute every token has its full limit again.
 */

import { BoundedMap } from "../../common/bounded-map.ts";
import { tokenKey } from "./tracking-token.ts";

/** Maximum events of a token per window. */
export const maxEvents = 10;
const windowMs = 60_000;

/** How many tokens are counted. Beyond that, the one counted longest ago is forgotten. */
const maxTokens = 100_000;

/** Counts an event of a token and returns whether to record it. */
export type EventRate = (token: string, now: Date) => boolean;

export function createEventRate(): EventRate {
  const counts = new BoundedMap<string, number>({ capacity: maxTokens, evicts: "oldest" });
  let windowEnd = 0;
  return (token, now) => {
    // If the clock was set back, the window ends, too.
    const left = windowEnd - now.getTime();
    if (left <= 0 || left > windowMs) {
      counts.clear();
      windowEnd = now.getTime() + windowMs;
    }
    const key = tokenKey(token);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= maxEvents;
  };
}
