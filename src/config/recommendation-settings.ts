/** Settings of recommendations and blocklists. */
import { optional, setting } from "./setting.ts";
import { dnsblZones, oneOf } from "./values.ts";

export const recommendationSettings = {
  recommendations: optional(
    "MAILGLASS_RECOMMENDATIONS",
    "Whether the DNS records of domains and the server's addresses are checked for [recommendations](recommendations.md): `on` or `off`. Unset: `off` if MAILGLASS_DELIVERY is `capture`, else `on`.",
    oneOf("on", "off"),
  ),
  dnsbls: setting(
    "MAILGLASS_DNSBLS",
    "The DNS blocklists (RFC 5782) to look up the server's addresses in, separated by commas, at most 20: `zone`, such as `zen.spamhaus.org`, or `name=zone` to show another name than the zone, such as for a zone that contains your key. Read [their terms of use](recommendations.md#blocklists) first.",
    "",
    dnsblZones,
  ),
};
