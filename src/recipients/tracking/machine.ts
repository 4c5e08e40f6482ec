/** Decides whether a person or a machine fetched a pixel or followed a link. */
import { isbot } from "isbot";
import type { Machine } from "../../events/event.ts";
import { agents } from "./machine-agents.ts";

/** The part of a request that is examined. */
export interface TrackingRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** In characters: how much of a User-Agent is examined. */
const maxUserAgent = 512;

/** Headers with which browsers mark prefetch requests. */
const prefetchHeaders = ["purpose", "sec-purpose", "x-purpose", "x-moz"];

/**
 * The kind of machine that made the request; undefined for a person. `proxy` and `prefetch` load mail before its reader
 * does, `scanner` looks for malicious content, `bot` is any other program. Browsers and mail clients send a User-Agent,
 * so a client without one is a bot.
 */
export function machineOf({ headers }: TrackingRequest): Machine | undefined {
  for (const name of prefetchHeaders) {
    if (/\b(?:prefetch|prerender|preview)\b/i.test(String(headers[name] ?? ""))) return "prefetch";
  }
  const userAgent = userAgentOf(headers);
  if (userAgent === "") return "bot";
  const known = agents.find(({ pattern }) => pattern.test(userAgent));
  if (known) return known.is === "person" ? undefined : known.is;
  return isbot(userAgent) ? "bot" : undefined;
}

/** The User-Agent, truncated if it is longer than any real one. */
export function userAgentOf(headers: TrackingRequest["headers"]): string {
  return String(headers["user-agent"] ?? "").slice(0, maxUserAgent);
}
