/** Whether a person fetched a pixel or followed a link, or a machine did. */
import { isbot } from "isbot";
import type { Machine } from "../../events/event.ts";
import { agents } from "./machine-agents.ts";

/** What is looked at of a request. */
export interface TrackingRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** As much of a User-Agent is looked at. */
const maxUserAgent = 512;

/** Headers by which browsers say that they fetch ahead, before anyone asked. */
const prefetchHeaders = ["purpose", "sec-purpose", "x-purpose", "x-moz"];

/**
 * What the request was made by: `proxy` and `prefetch` fetch mail ahead of its reader, `scanner` looks for what is
 * malicious, `bot` is any other program; undefined for a person. Browsers and mail programs name themselves, so who doesn't
 * is a bot.
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

/** The User-Agent, cut where it is longer than any real one. */
export function userAgentOf(headers: TrackingRequest["headers"]): string {
  return String(headers["user-agent"] ?? "").slice(0, maxUserAgent);
}
