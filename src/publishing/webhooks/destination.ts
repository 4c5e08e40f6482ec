/**
 * Where webhooks may post to. The URL is checked when it is set and before each post; addresses are checked when a
 * connection is opened, so that a name can't lead to another address than the one that was checked (DNS rebinding).
 */
import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import { isPublicAddress } from "../../dns/public-address.ts";
import type { DnsResolver } from "../../dns/resolver.ts";

export interface DestinationOptions {
  readonly resolver: Pick<DnsResolver, "addresses">;
  readonly privateDestinations: "refuse" | "allow";
  /** How long opening a connection may take, in milliseconds. */
  readonly timeoutMillis: number;
  /** Trusted certificate authorities in PEM; Node's own by default. */
  readonly ca?: string | undefined;
}

/** Posting to this address is not allowed. The message is for people. */
export class RefusedDestination extends Error {
  override name = "RefusedDestination";
}

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

/** Opens connections to allowed addresses only. It rejects others with a `RefusedDestination`. */
export function createGuardedConnector(options: DestinationOptions): buildConnector.connector {
  const { privateDestinations, timeoutMillis, ca } = options;
  const connect = buildConnector({
    timeout: timeoutMillis,
    // One request at a time on a connection, so that a slow answer delays no other post.
    allowH2: false,
    rejectUnauthorized: true,
    lookup: lookupOf(options),
    ...(ca !== undefined && { ca }),
  });
  return (target, callback) => {
    const host = hostOf(target.hostname);
    // Node looks up names only.
    if (privateDestinations === "refuse" && isIP(host) !== 0 && !isPublicAddress(host)) {
      queueMicrotask(() => callback(new RefusedDestination(refusal(host)), null));
    } else {
      connect(target, callback);
    }
  };
}

function lookupOf({ resolver, privateDestinations }: DestinationOptions): LookupFunction {
  return (hostname, options, callback) => {
    resolver.addresses(hostOf(hostname)).then(
      ({ records }) => answer(records, undefined),
      (error: Error) => answer([], error),
    );

    function answer(records: readonly string[], failure: Error | undefined): void {
      const allowed = privateDestinations === "allow" ? records : records.filter(isPublicAddress);
      const addresses = allowed.map((address) => ({ address, family: isIP(address) }));
      const [first] = addresses;
      if (first !== undefined) {
        if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      } else if (records.length > 0) {
        callback(new RefusedDestination(refusal(hostname)), []);
      } else if (privateDestinations === "allow") {
        // The machine may know names that DNS does not, such as those of other containers.
        systemLookup(hostname, options, callback);
      } else {
        callback(failure ?? new Error(`${hostname} has no address`), []);
      }
    }
  };
}

/** Without the brackets of an IPv6 address, and without the dot that ends an absolute name. */
function hostOf(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

function refusal(host: string): string {
  return `${host} is not a public address, and MAILGLASS_WEBHOOK_PRIVATE_DESTINATIONS is refuse`;
}
