/** Where webhooks may post to: checks of URLs, when they are set and before each post. */
import { isIP } from "node:net";
import { isPublicAddress } from "../../dns/public-address.ts";

/** In characters. */
const longestUrl = 2048;
/** Below are the ports of other protocols, such as mail. */
const firstUnreservedPort = 1024;

/** Why a webhook can't have this URL: a sentence for people; undefined if it can. */
export function urlFault(text: string, privateDestinations: "refuse" | "allow"): string | undefined {
  if (text.length > longestUrl) return `The url may have ${longestUrl} characters at the most.`;
  const url = URL.parse(text);
  if (!url || !/^https?:\/\//i.test(text)) {
    return "The url must be absolute and start with https:// or http://, such as https://example.com/events.";
  }
  if (url.username !== "" || url.password !== "") return "The url must not have a user name or password.";
  if (url.hash !== "") return "The url must not have a fragment (#).";
  if (url.port === "0") return "The url must have a port from 1 to 65535.";
  if (privateDestinations === "allow") return undefined;
  if (url.port !== "" && !["80", "443"].includes(url.port) && Number(url.port) < firstUnreservedPort) {
    return `The url may have the ports 80, 443 and those from ${firstUnreservedPort} on.`;
  }
  const host = hostOf(url.hostname);
  if ((isIP(host) !== 0 && !isPublicAddress(host)) || /(^|\.)localhost$/i.test(host)) return refusal(host);
  return undefined;
}

/** Without the brackets of an IPv6 address, and without the dot that ends an absolute name. */
export function hostOf(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

/** Why this host is refused, for people. */
export function refusal(host: string): string {
  return `${host} is not a public address, and MAILGLASS_WEBHOOK_PRIVATE_DESTINATIONS is refuse`;
}
