/** Fetches MTA-STS policy files (RFC 8461, 3.3). */
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "../../dns/public-address.ts";
import type { DnsResolver } from "../../dns/resolver.ts";

export interface FetchOptions {
  readonly resolver: DnsResolver;
  readonly privateDestinations: "refuse" | "allow";
  /** 443, except in tests. */
  readonly port: number;
  /** Trusted certificate authorities in PEM; undefined for Node's own. */
  readonly ca: string | undefined;
  readonly timeoutMillis: number;
}

/** In octets. */
const longestFile = 65_536;

/**
 * Fetches the text at `https://mta-sts.DOMAIN/.well-known/mta-sts.txt`. As the RFC requires, redirects are not followed
 * and the certificate must be valid.
 * @throws Error if the file can't be fetched.
 */
export async function fetchPolicy(domain: string, options: FetchOptions): Promise<string> {
  const signal = AbortSignal.timeout(options.timeoutMillis);
  const asked = request({
    host: `mta-sts.${domain}`,
    port: options.port,
    path: "/.well-known/mta-sts.txt",
    headers: { accept: "text/plain", "user-agent": "Mailglass" },
    lookup: lookupOf(options),
    ca: options.ca,
    agent: false,
    signal,
  });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  asked.once("response", resolve);
  asked.on("error", reject);
  asked.end();
  try {
    const response = await promise;
    if (response.statusCode !== 200) throw new Error(`it answered with status ${response.statusCode}`);
    const type = response.headers["content-type"] ?? "";
    if (!/^text\/plain(?:[ \t]*;|$)/i.test(type)) throw new Error("it is not text/plain");
    const chunks: Buffer[] = [];
    let octets = 0;
    for await (const chunk of response) {
      octets += chunk.length;
      if (octets > longestFile) throw new Error("it is too long");
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  } finally {
    asked.destroy();
  }
}

function lookupOf({ resolver, privateDestinations }: FetchOptions): LookupFunction {
  return (hostname, options, callback) => {
    resolver.addresses(hostname).then(
      ({ records }) => {
        const addresses = records
          .filter((address) => privateDestinations === "allow" || isPublicAddress(address))
          .map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
        const [first] = addresses;
        if (first === undefined) callback(new Error(`${hostname} has no usable address`), []);
        else if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, []),
    );
  };
}
