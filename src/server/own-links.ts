/** The links that this installation creates and verifies. Each kind is signed with its own key. */
import { ownSecret } from "../access/sealing/own-secrets.ts";
import { createUrlSigner, type UrlSigner } from "../common/signed-url.ts";
import { createSubscriptionLinks, type SubscriptionLinks } from "../recipients/subscriptions/subscription-links.ts";
import { createTrackingLinks, type TrackingLinks } from "../recipients/tracking/tracking-links.ts";
import type { Stores } from "./open-stores.ts";

export interface OwnLinks {
  /** The URL at which people reach the server. */
  readonly publicUrl: () => string;
  readonly downloads: UrlSigner;
  readonly importDownloads: UrlSigner;
  readonly uploads: UrlSigner;
  readonly subscriptionLinks: SubscriptionLinks;
  readonly trackingLinks: TrackingLinks;
}

/** Creates the links with the keys stored in a database. */
export async function openOwnLinks(
  stores: Pick<Stores, "database" | "sealer">,
  publicUrl: () => string,
): Promise<OwnLinks> {
  return {
    publicUrl,
    downloads: createUrlSigner(await ownSecret(stores, "download-urls"), publicUrl, "/downloads/exports"),
    importDownloads: createUrlSigner(await ownSecret(stores, "import-urls"), publicUrl, "/downloads/imports"),
    uploads: createUrlSigner(await ownSecret(stores, "upload-urls"), publicUrl, "/uploads"),
    subscriptionLinks: createSubscriptionLinks(await ownSecret(stores, "subscription-links"), publicUrl),
    trackingLinks: createTrackingLinks(await ownSecret(stores, "tracking-links"), publicUrl),
  };
}
