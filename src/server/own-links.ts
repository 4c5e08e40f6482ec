/** The links that this installation creates and verifies. Each kind is signed with its own key. */
import { createUrlSigner, type UrlSigner } from "../common/signed-url.ts";
import { createSubscriptionLinks, type SubscriptionLinks } from "../recipients/subscriptions/subscription-links.ts";
import { createTrackingLinks, type TrackingLinks } from "../recipients/tracking/tracking-links.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import { ownSecret } from "../stores/postgres/secrets.ts";

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
export async function openOwnLinks(database: Queryable, publicUrl: () => string): Promise<OwnLinks> {
  return {
    publicUrl,
    downloads: createUrlSigner(await ownSecret(database, "download-urls"), publicUrl, "/downloads/exports"),
    importDownloads: createUrlSigner(await ownSecret(database, "import-urls"), publicUrl, "/downloads/imports"),
    uploads: createUrlSigner(await ownSecret(database, "upload-urls"), publicUrl, "/uploads"),
    subscriptionLinks: createSubscriptionLinks(await ownSecret(database, "subscription-links"), publicUrl),
    trackingLinks: createTrackingLinks(await ownSecret(database, "tracking-links"), publicUrl),
  };
}
