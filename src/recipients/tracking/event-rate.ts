/**
 * How many events the same URL may bring: a bot that fetches one pixel all day must not fill the stores. Counted in this
 * process, in windows of a minute; a repeat beyond the limit is answered as ever, and not told of.
 */

import { tokenKey } from "./tracking-token.ts";

/** The most events of a token in a window. */
export const maxEvents = 10;
const windowMs = 60_000;

/** So many tokens are counted in a window; who brings more starts a new one, so that memory has a bound. */
const maxTokens = 100_000;

/** Whether one more event of a token is to be told. */
export type EventRate = (token: string, now: Date) => boolean;

/** Makes a rate that has counted nothing. */
export function createEventRate(): EventRate {
  const counts = new Map<string, number>();
  let windowEnd = 0;
  return (token, now) => {
    // A clock that was set back ends the window, too.
    const left = windowEnd - now.getTime();
    if (left <= 0 || left > windowMs || counts.size >= maxTokens) {
      counts.clear();
      windowEnd = now.getTime() + windowMs;
    }
    const key = tokenKey(token);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= maxEvents;
  };
}
