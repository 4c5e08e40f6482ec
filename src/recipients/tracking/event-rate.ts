/**
 * How many events the same URL may bring: a bot that fetches one pixel all day must not fill the stores. Counted in this
 * process, in windows of a minute; a repeat beyond the limit is answered as ever, and not told of. This is a
 * fixed window for all tokens together and not a token bucket for each: it keeps one number for each token, and after a
 * minute every token has its full limit again.
 */

import { BoundedMap } from "../../common/bounded-map.ts";
import { tokenKey } from "./tracking-token.ts";

/** The most events of a token in a window. */
export const maxEvents = 10;
const windowMs = 60_000;

/** So many tokens are counted; beyond that, the one that was counted longest ago is forgotten. */
const maxTokens = 100_000;

/** Whether one more event of a token is to be told. */
export type EventRate = (token: string, now: Date) => boolean;

/** Makes a rate that has counted nothing. */
export function createEventRate(): EventRate {
  const counts = new BoundedMap<string, number>({ capacity: maxTokens, evicts: "oldest" });
  let windowEnd = 0;
  return (token, now) => {
    // A clock that was set back ends the window, too.
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
