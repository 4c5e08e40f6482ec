/** Mail as each recipient gets it, with the tracking URLs of this server. */
import { trackMessage } from "../../mail/tracking/track-message.ts";
import type { TrackedMessage, Tracking, TrackingLinks } from "./tracking-links.ts";

/**
 * The message as the recipient gets it: each time the same bytes, and the same buffer where nothing is to be changed.
 * What speaks to SES alone is removed even where nothing is tracked.
 */
export type MailTracker = (mime: Buffer, tracking: Tracking, message: TrackedMessage) => Buffer;

/** Makes it. */
export function createMailTracker(links: Pick<TrackingLinks, "of">): MailTracker {
  return (mime, { opens, clicks, ...bases }, message) =>
    trackMessage(mime, { opens, clicks, links: links.of(message, bases) });
}
