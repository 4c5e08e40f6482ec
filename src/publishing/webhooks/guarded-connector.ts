/**
 * Connections of webhooks. Addresses are checked when a connection is opened, so that a name can't lead to another address
 * than the one that was checked (DNS rebinding).
 */
import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import { isPublicAddress } from "../../dns/public-address.ts";
import type { DnsResolver } from "../../dns/resolver.ts";
import { hostOf, refusal } from "./destination.ts";

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
