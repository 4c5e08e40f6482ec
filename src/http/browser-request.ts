/**
 * Keeps web pages of other sites from calling this server through the browser of somebody who may. What is no browser sends
 * none of these headers, and passes.
 */
import type { FastifyRequest } from "fastify";
import ipaddr from "ipaddr.js";
import { errors } from "../contract/errors.ts";

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether a request may change something, by its method (RFC 9110, section 9.2.1). */
export const isUnsafe = ({ method }: FastifyRequest) => !safeMethods.has(method);

/**
 * Throws where the request is unsafe and a page of another site made it. Browsers say so in Sec-Fetch-Site (W3C Fetch
 * Metadata), which pages can't set; where they don't send it, as over plain HTTP, Origin tells (RFC 6454).
 */
export function refuseCrossSite(request: FastifyRequest, publicUrl: string): void {
  if (isUnsafe(request) && isCrossSite(request, publicUrl)) throw errors.crossSite();
}

function isCrossSite({ headers, host: asked }: FastifyRequest, publicUrl: string): boolean {
  const site = headers["sec-fetch-site"];
  // `none`: the user's own doing, such as an address typed in.
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin } = headers;
  if (origin === undefined) return false;
  // What stands before the server may talk HTTPS, or name it otherwise.
  const host = URL.parse(origin)?.host;
  return host === undefined || !(host === asked.toLowerCase() || host === URL.parse(publicUrl)?.host);
}

/**
 * Throws where a request names this server by a host that somebody else may own: a page there becomes "the same site" by
 * letting its name point to this machine (DNS rebinding). To be asked where the server listens on a loopback address and
 * lets everybody in. Names that nobody can own pass: addresses, names without a dot, and those of RFC 6761 and ICANN's
 * `.internal`.
 */
export function refuseForeignHost({ headers }: FastifyRequest, publicUrl: string): void {
  const { host } = headers;
  // HTTP/1.0 names none; browsers always do.
  if (host === undefined) return;
  const name = URL.parse(`http://${host}`)?.hostname.replace(/\.$/, "");
  if (name !== undefined && (isOwnName(name) || name === URL.parse(publicUrl)?.hostname)) return;
  throw errors.hostUnknown();
}

function isOwnName(name: string): boolean {
  if (ipaddr.isValid(name.replace(/^\[|\]$/g, ""))) return true;
  return !name.includes(".") || /\.(localhost|test|internal)$/.test(name);
}
