/** The tracking URLs of opens and clicks: `/o/{token}` is the pixel, `/c/{token}` redirects to a link's target. */
import type { MessageLinks } from "../../mail/tracking/track-message.ts";
import type { QueuedTracking } from "../../stores/postgres/send-queue.ts";
import { createTokenSealer, type Tracked } from "./tracking-token.ts";

/** In characters: the router's limit for a parameter. Some mail clients truncate URLs that are much shorter. */
const maxToken = 4000;

/**
 * What is tracked of a message, and the base URLs. Both bases are origins, such as `https://mail.example.com`. The
 * click base may lack a scheme (`//links.example.com`); then each link keeps its own.
 */
export type Tracking = QueuedTracking;

/** A message to one recipient. */
export interface TrackedMessage {
  /** The account and region. */
  readonly scope: number;
  readonly messageId: string;
  /** The recipient, as in the events. */
  readonly recipient: string;
}

export interface TrackingLinks {
  /** Creates the URLs of a message to a recipient. */
  of(message: TrackedMessage, tracking: Pick<Tracking, "openBase" | "clickBase">): MessageLinks;
  /** Whether a link may be tracked. Subscription links and links that are already tracked may not. */
  tracks(url: string): boolean;
  /** Decodes the token of a URL; undefined if it is of another kind or not from this installation. */
  read<Kind extends Tracked["kind"]>(kind: Kind, token: string): Extract<Tracked, { kind: Kind }> | undefined;
}

/** `secret` is the installation's own. `publicUrl` is the URL at which recipients reach the server. */
export function createTrackingLinks(secret: Uint8Array, publicUrl: () => string): TrackingLinks {
  const sealer = createTokenSealer(secret);
  const tracks = (url: string) => !ownPath.test(url) || !isOwn(url, publicUrl());
  return {
    tracks,
    of(message, { openBase, clickBase }) {
      return {
        tracks,
        openUrl: () => `${openBase}/o/${sealer.seal({ ...message, kind: "open" })}`,
        clickUrl(link, tags) {
          const base = clickBase.startsWith("//")
            ? link.slice(0, link.indexOf("/")).toLowerCase() + clickBase
            : clickBase;
          const token = sealer.seal({ ...message, kind: "click", link, tags });
          return token.length > maxToken ? undefined : `${base}/c/${token}`;
        },
      };
    },
    read(kind, token) {
      const tracked = sealer.open(token);
      return tracked && isOfKind(tracked, kind) ? tracked : undefined;
    },
  };
}

/** The paths of subscription links (subscription-links.ts) and of clicks. */
const ownPath = /^https?:\/\/[^/]+\/(?:subscriptions|c)\//i;

function isOwn(url: string, publicUrl: string): boolean {
  return URL.parse(url)?.origin === new URL(publicUrl).origin;
}

function isOfKind<Kind extends Tracked["kind"]>(
  tracked: Tracked,
  kind: Kind,
): tracked is Extract<Tracked, { kind: Kind }> {
  return tracked.kind === kind;
}
