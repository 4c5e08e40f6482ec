/** Which of a message's opens and clicks are tracked, and under which address. */
import { domainToASCII } from "node:url";
import type { Tracking } from "../../recipients/tracking/tracking-links.ts";
import type { Account } from "../../stores/postgres/account.ts";
import type { ConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { AccountSettings } from "../account/settings.ts";
import type { PreparedMessage } from "./envelope.ts";

/** Chooses for a message, by the settings as they are now. */
export type TrackingChooser = (
  message: Pick<PreparedMessage, "tracking">,
  sender: { readonly options: TrackingSettings["configurationSet"] },
) => Promise<Tracking>;

/** Makes the chooser. `publicUrl` is where recipients reach the server. */
export function createTrackingChooser(
  settings: Pick<AccountSettings, "account">,
  publicUrl: () => string,
): TrackingChooser {
  return async ({ tracking: override }, { options: configurationSet }) =>
    chooseTracking({ account: await settings.account(), configurationSet, override, publicUrl: publicUrl() });
}

/** What has a say in it. */
export interface TrackingSettings {
  readonly account: Pick<Account, "vdm">;
  /** Undefined without one. */
  readonly configurationSet: Pick<ConfigurationSet, "trackingOptions" | "vdmOptions"> | undefined;
  /** What the request itself says (ConfigurationOverrides.Tracking). */
  readonly override: PreparedMessage["tracking"];
  /** Where recipients reach the server. */
  readonly publicUrl: string;
}

/**
 * Chooses. The request's word counts, else the engagement metrics of VDM: the configuration set's over the account's, and
 * none while VDM is disabled. (In SES an event destination for OPEN or CLICK turns tracking on, too.)
 */
export function chooseTracking({ account, configurationSet, override, publicUrl }: TrackingSettings): Tracking {
  const ofSet = configurationSet?.vdmOptions?.DashboardOptions?.EngagementMetrics;
  const wanted = ofSet === undefined ? account.vdm.engagementMetrics : ofSet === "ENABLED";
  const standard = account.vdm.enabled && wanted;
  const { OpenTrackingEnabled: opens, ClickTrackingEnabled: clicks } = override ?? {};
  return {
    opens: opens === undefined ? standard : opens === "ENABLED",
    clicks: clicks === undefined ? standard : clicks === "ENABLED",
    ...trackingBases(configurationSet?.trackingOptions, publicUrl),
  };
}

/**
 * The beginnings of tracking URLs. HttpsPolicy is about the redirect domain: unless it says REQUIRE, a link keeps its own
 * scheme, and unless it says REQUIRE or REQUIRE_OPEN_ONLY, the pixel has http.
 */
export function trackingBases(
  options: ConfigurationSet["trackingOptions"] | undefined,
  publicUrl: string,
): Pick<Tracking, "openBase" | "clickBase"> {
  const { CustomRedirectDomain: given, HttpsPolicy: policy } = options ?? {};
  if (!given) {
    const { origin } = new URL(publicUrl);
    return { openBase: origin, clickBase: origin };
  }
  const domain = domainToASCII(given);
  return {
    openBase: policy === "REQUIRE" || policy === "REQUIRE_OPEN_ONLY" ? `https://${domain}` : `http://${domain}`,
    clickBase: policy === "REQUIRE" ? `https://${domain}` : `//${domain}`,
  };
}
