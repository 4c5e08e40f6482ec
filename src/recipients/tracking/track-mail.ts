/** Adds the tracking URLs of this server to each recipient's mail. */
import { trackMessage } from "../../mail/tracking/track-message.ts";
import type { TrackedMessage, Tracking, TrackingLinks } from "./tracking-links.ts";

/**
 * The message as one recipient gets it. The result is deterministic, and the same buffer if nothing changes. Markup
 * that only SES interprets is removed even if nothing is tracked.
 */
export type MailTracker = (mime: Buffer, tracking: Tracking, message: TrackedMessage) => Buffer;

export function createMailTracker(links: Pick<TrackingLinks, "of">): MailTracker {
  return (mime, { opens, clicks, ...bases }, message) =>
    trackMessage(mime, { opens, clicks, links: links.of(message, bases) });
}
