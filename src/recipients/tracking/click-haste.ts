/**
 * Clicks in a haste that no person has: scanners that pass for browsers follow the links of a message one after the other,
 * most often as soon as it arrives.
 */

import { BoundedMap } from "../../common/bounded-map.ts";
import { tokenKey } from "./tracking-token.ts";

/** Who follows so many different links of a message... */
const hastyLinks = 3;
/** ...within this time is a scanner, in milliseconds. */
const hastyMs = 2000;

/** A message that really goes out can't be read, let alone clicked, so soon after it was accepted. In milliseconds. */
const travelMs = 2000;

/** So many messages are remembered. */
const maxMessages = 50_000;

/** A click, as far as haste goes. */
export interface HastyClick {
  readonly messageId: string;
  readonly recipient: string;
  readonly sentAt: Date;
  /** Tells the links of a message apart. */
  readonly token: string;
  readonly at: Date;
}

/** Whether a click came too soon to be a person's. */
export type ClickHaste = (click: HastyClick) => boolean;

/**
 * Makes it. The first clicks of a haste are taken for a person's: that they were not shows only afterwards.
 * @param mailLeaves whether mail takes time to arrive: in capture mode it is there at once.
 */
export function createClickHaste(mailLeaves: boolean): ClickHaste {
  const recent = new BoundedMap<string, { since: number; links: Set<string> }>({
    capacity: maxMessages,
    evicts: "oldest",
  });
  return ({ messageId, recipient, sentAt, token, at }) => {
    const now = at.getTime();
    if (mailLeaves && now - sentAt.getTime() < travelMs) return true;
    const key = `${messageId} ${recipient}`;
    let clicks = recent.get(key);
    if (!clicks || now - clicks.since >= hastyMs || now < clicks.since) {
      clicks = { since: now, links: new Set() };
      recent.set(key, clicks);
    }
    if (clicks.links.size < hastyLinks) clicks.links.add(tokenKey(token));
    return clicks.links.size >= hastyLinks;
  };
}
