/**
 * Prevents web pages of other sites from calling this server through the browser of an authorized user. Clients other
 * than browsers send none of these headers and are not affected.
 */
import type { FastifyRequest } from "fastify";
import ipaddr from "ipaddr.js";
import { BoundedMap } from "../common/bounded-map.ts";
import { errors } from "../contract/errors.ts";

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** The path of the SES API v1. */
export const v1Path = "/";

/** Whether a request's route is the SES API v1. */
export const isV1Call = ({ routeOptions }: FastifyRequest) => routeOptions.url === v1Path;

/** Whether a request may change state, by its method (RFC 9110, section 9.2.1). In the SES API v1, a GET may too. */
export const isUnsafe = (request: FastifyRequest) => !safeMethods.has(request.method) || isV1Call(request);

/**
 * Throws if a page of another site made an unsafe request. Browsers indicate this in Sec-Fetch-Site (W3C Fetch
 * Metadata), which pages can't set. If it is absent, as over plain HTTP, Origin is checked (RFC 6454).
 */
export function refuseCrossSite(request: FastifyRequest, publicUrl: string): void {
  if (isUnsafe(request) && isCrossSite(request, publicUrl)) throw errors.crossSite();
}

/** Whether a page of another site made the request, as far as its headers tell. */
export function isCrossSite(request: FastifyRequest, publicUrl: string): boolean {
  const { headers, host: asked } = request;
  const site = headers["sec-fetch-site"];
  // A link or an image can make a GET, without an Origin, and over plain HTTP without Sec-Fetch-Site. No page can change
  // the browser's name in it.
  if (isV1Call(request) && request.method === "GET" && site !== "same-origin") {
    return site !== undefined || headers["user-agent"]?.startsWith("Mozilla/") === true;
  }
  // `none`: initiated by the user, such as a typed address.
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin } = headers;
  if (origin === undefined) return false;
  // A reverse proxy may terminate HTTPS, or use another host name.
  const host = URL.parse(origin)?.host;
  return host === undefined || !(host === asked.toLowerCase() || host === URL.parse(publicUrl)?.host);
}

/**
 * Throws if the Host of a request is a name that somebody else may own. Such a site could become "same-origin" by
 * pointing its name to this server (DNS rebinding). Use it wherever authentication is off, since the browser of anyone
 * who can reach the server could be used. Names that nobody can register are accepted: IP addresses, names without a
 * dot (of containers, for example), those of RFC 6761, ICANN's `.internal`, and SES's own.
 */
export function refuseForeignHost({ headers }: FastifyRequest, publicUrl: string): void {
  const { host } = headers;
  // HTTP/1.0 clients may omit it; browsers never do.
  if (host === undefined) return;
  if (ownHosts.get(host)) return;
  const name = URL.parse(`http://${host}`)?.hostname.replace(/\.$/, "");
  if (name !== undefined && isOwnName(name)) ownHosts.set(host, true);
  else if (name === undefined || name !== URL.parse(publicUrl)?.hostname) throw errors.hostUnknown();
}

/** Values of Host with names of which `isOwnName` is true: nearly all calls have the same few. */
const ownHosts = new BoundedMap<string, true>({ capacity: 100, evicts: "oldest" });

function isOwnName(name: string): boolean {
  if (ipaddr.isValid(name.replace(/^\[|\]$/g, ""))) return true;
  // Clients of the SES API v1 with a fixed host keep its name when they are pointed here. Only AWS owns it.
  if (/^email\.[a-z0-9-]+\.amazonaws\.com$/.test(name)) return true;
  return !name.includes(".") || /\.(localhost|test|internal)$/.test(name);
}
