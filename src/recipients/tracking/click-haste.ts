/**
 * Detects clicks that are too fast for a person. Scanners that imitate browsers follow the links of a message one after
 * the other, usually as soon as it arrives.
 */

import { BoundedMap } from "../../common/bounded-map.ts";
import { tokenKey } from "./tracking-token.ts";

/** A client that follows this many different links of a message... */
const hastyLinks = 3;
/** ...within this time is a scanner, in milliseconds. */
const hastyMs = 2000;

/** In milliseconds: a message that leaves the server can't be read and clicked this soon after it was accepted. */
const travelMs = 2000;

/** How many messages are remembered. */
const maxMessages = 50_000;

/** The facts about a click that detection needs. */
export interface HastyClick {
  readonly messageId: string;
  readonly recipient: string;
  readonly sentAt: Date;
  /** Identifies the link within the message. */
  readonly token: string;
  readonly at: Date;
}

/** Whether a click came too fast to be a person's. */
export type ClickHaste = (click: HastyClick) => boolean;

/**
 * The first clicks of a series count as a person's, because only the later ones reveal a scanner.
 * @param mailLeaves whether mail takes time to arrive. In capture mode it is available immediately.
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
