/** The URLs by which opens and clicks are told: `/o/{token}` is the pixel, `/c/{token}` leads to a link's target. */
import type { MessageLinks } from "../../mail/tracking/track-message.ts";
import type { QueuedTracking } from "../../stores/postgres/send-queue.ts";
import { createTokenSealer, type Tracked } from "./tracking-token.ts";

/** The router takes no longer parameter; far below it, mail programs start to cut URLs. */
const maxToken = 4000;

/**
 * What is tracked of a message, and where its recipients reach the server: both bases are origins, such as
 * `https://mail.example.com`; that of clicks may lack its scheme (`//links.example.com`), and each link then keeps its own.
 */
export type Tracking = QueuedTracking;

/** A message to one recipient. */
export interface TrackedMessage {
  readonly messageId: string;
  /** The recipient as their events name them. */
  readonly recipient: string;
}

/** Makes and reads tracking URLs. */
export interface TrackingLinks {
  /** The URLs of a message to a recipient. */
  of(message: TrackedMessage, tracking: Pick<Tracking, "openBase" | "clickBase">): MessageLinks;
  /** Whether a link may be tracked: not where recipients choose what they get, and not one that is tracked already. */
  tracks(url: string): boolean;
  /** What a URL's token tells; undefined where it is none of that kind, or was not made here. */
  read<Kind extends Tracked["kind"]>(kind: Kind, token: string): Extract<Tracked, { kind: Kind }> | undefined;
}

/** URLs with the installation's own secret. `publicUrl` is where recipients reach the server. */
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

/** The paths of the pages behind subscription-links.ts, and of clicks. */
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
