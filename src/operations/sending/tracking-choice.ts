/** Decides which opens and clicks of a message are tracked, and the base URLs of the tracking links. */
import { domainToASCII } from "node:url";
import type { Tracking } from "../../recipients/tracking/tracking-links.ts";
import type { Account } from "../../stores/postgres/account.ts";
import type { ConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { DestinationSubscription } from "../../stores/postgres/event-destinations.ts";
import type { AccountSettings } from "../account/settings.ts";
import type { PreparedMessage } from "./envelope.ts";

/** Decides for a message, with the current settings. */
export type TrackingChooser = (
  message: Pick<PreparedMessage, "tracking">,
  sender: { readonly options: TrackingSettings["configurationSet"] },
) => Promise<Tracking>;

/** `publicUrl` is the URL at which recipients reach the server. */
export function createTrackingChooser(
  settings: Pick<AccountSettings, "account" | "eventDestinations">,
  publicUrl: () => string,
): TrackingChooser {
  let known: { destinations: readonly DestinationSubscription[]; bySet: ReadonlyMap<string, Tracked> } | undefined;
  return async ({ tracking: override }, { options: configurationSet }) => {
    const account = await settings.account();
    const published = configurationSet && (await publishedFor(configurationSet.name));
    return chooseTracking({ account, configurationSet, published, override, publicUrl: publicUrl() });
  };

  async function publishedFor(set: string): Promise<Tracked | undefined> {
    const destinations = await settings.eventDestinations();
    // The same list until the settings are read again.
    if (known?.destinations !== destinations) known = { destinations, bySet: publishedBySet(destinations) };
    return known.bySet.get(set);
  }
}

/** Whether opens and clicks are tracked. */
type Tracked = Pick<Tracking, "opens" | "clicks">;

/** Whether the event destinations of each configuration set publish opens and clicks. */
function publishedBySet(destinations: readonly DestinationSubscription[]): Map<string, Tracked> {
  const bySet = new Map<string, Tracked>();
  for (const { configurationSet, eventTypes } of destinations) {
    const { opens = false, clicks = false } = bySet.get(configurationSet) ?? {};
    bySet.set(configurationSet, {
      opens: opens || eventTypes.includes("OPEN"),
      clicks: clicks || eventTypes.includes("CLICK"),
    });
  }
  return bySet;
}

/** The settings that affect tracking. */
export interface TrackingSettings {
  readonly account: Pick<Account, "vdm">;
  /** Undefined without one. */
  readonly configurationSet: Pick<ConfigurationSet, "name" | "trackingOptions" | "vdmOptions"> | undefined;
  /** What the enabled event destinations of the configuration set publish; undefined without one. */
  readonly published: Tracked | undefined;
  /** The request's own options (ConfigurationOverrides.Tracking). */
  readonly override: PreparedMessage["tracking"];
  /** The URL at which recipients reach the server. */
  readonly publicUrl: string;
}

/**
 * Decides on tracking. The request's options take precedence. Otherwise an event destination for OPEN or CLICK enables
 * it, and so do VDM's engagement metrics. Of the latter, the configuration set's take precedence over the account's;
 * they are off while VDM is disabled.
 */
export function chooseTracking(choice: TrackingSettings): Tracking {
  const { account, configurationSet, published, override, publicUrl } = choice;
  const ofSet = configurationSet?.vdmOptions?.DashboardOptions?.EngagementMetrics;
  const wanted = ofSet === undefined ? account.vdm.engagementMetrics : ofSet === "ENABLED";
  const standard = account.vdm.enabled && wanted;
  const { OpenTrackingEnabled: opens, ClickTrackingEnabled: clicks } = override ?? {};
  return {
    opens: opens === undefined ? standard || published?.opens === true : opens === "ENABLED",
    clicks: clicks === undefined ? standard || published?.clicks === true : clicks === "ENABLED",
    ...trackingBases(configurationSet?.trackingOptions, publicUrl),
  };
}

/**
 * The base URLs of tracking links. HttpsPolicy applies to the redirect domain: links keep their own scheme unless it is
 * REQUIRE, and the pixel uses http unless it is REQUIRE or REQUIRE_OPEN_ONLY.
 */
export function trackingBases(
  options: ConfigurationSet["trackingOptions"] | undefined,
  publicUrl: string,
): Pick<Tracking, "openBase" | "clickBase"> {
  const { CustomRedirectDomain: given, HttpsPolicy: policy } = options ?? {};
  if (!given) {
    const origin = originOf(publicUrl);
    return { openBase: origin, clickBase: origin };
  }
  const domain = domainToASCII(given);
  return {
    openBase: policy === "REQUIRE" || policy === "REQUIRE_OPEN_ONLY" ? `https://${domain}` : `http://${domain}`,
    clickBase: policy === "REQUIRE" ? `https://${domain}` : `//${domain}`,
  };
}

let lastRead: { url: string; origin: string } | undefined;

/** A server has one public URL, and this runs for each message. */
function originOf(url: string): string {
  if (lastRead?.url !== url) lastRead = { url, origin: new URL(url).origin };
  return lastRead.origin;
}
