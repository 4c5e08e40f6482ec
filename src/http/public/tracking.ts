/**
 * Serves the tracking pixel and the redirects of links. Both work even if the event can't be recorded. Only links that
 * this server made redirect. See tracking-links.ts.
 */
import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { MailEvent } from "../../events/event.ts";
import { sentAtOf } from "../../events/message-id.ts";
import type { Outbox } from "../../events/outbox.ts";
import { type ClickHaste, createClickHaste } from "../../recipients/tracking/click-haste.ts";
import { createEventRate } from "../../recipients/tracking/event-rate.ts";
import { machineOf, userAgentOf } from "../../recipients/tracking/machine.ts";
import type { TrackingLinks } from "../../recipients/tracking/tracking-links.ts";
import type { Tracked } from "../../recipients/tracking/tracking-token.ts";

export interface TrackingServices {
  outbox: Outbox;
  trackingLinks: TrackingLinks;
  clock: () => Date;
  /** For the rate of events; `clock` by default. */
  steadyClock?: () => Date;
  /** Whether mail is delivered over SMTP; otherwise it counts as delivered immediately. */
  mailLeaves: boolean;
}

/** SES records opens and clicks for 60 days after sending; links redirect forever. */
const collectedMs = 60 * 24 * 3600 * 1000;

/** How long a response waits for its event to be committed, in milliseconds, so that a later query finds the event. */
const longestWaitMs = 1000;

/** How many events may wait to be committed. Further ones are lost while the store is down. */
const maxWaiting = 10_000;

/** A transparent image of one pixel. */
const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==", "base64");

/** Prevent caching, and Referer headers to other sites. */
const headers = {
  "cache-control": "private, no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex, nofollow",
};

type Request = FastifyRequest<{ Params: { token: string } }>;

/** Adds `GET /o/{token}` and `GET /c/{token}`. */
export function mountTracking(app: FastifyInstance, services: TrackingServices): void {
  const { outbox, trackingLinks, clock, steadyClock = clock } = services;
  const mayTell = createEventRate();
  const isHasty: ClickHaste = createClickHaste(services.mailLeaves);
  let waiting = 0;

  app.get("/o/:token", async (request: Request, reply) => {
    const open = trackingLinks.read("open", request.params.token);
    if (!open) return refuse(reply);
    await tell(request, open);
    // For webmail pages with a Cross-Origin-Embedder-Policy.
    return reply
      .headers({ ...headers, "cross-origin-resource-policy": "cross-origin" })
      .type("image/gif")
      .send(gif);
  });

  app.get("/c/:token", async (request: Request, reply) => {
    const click = trackingLinks.read("click", request.params.token);
    const target = click && URL.parse(click.link);
    if (!click || (target?.protocol !== "https:" && target?.protocol !== "http:")) return refuse(reply);
    await tell(request, click);
    return reply.headers(headers).redirect(target.href, 302);
  });

  /** Records the event, if it counts. Resolves once it is committed, has failed, or takes too long. */
  async function tell(request: Request, tracked: Tracked): Promise<void> {
    const at = clock();
    const event = request.method === "HEAD" ? undefined : eventOf(request, tracked, at);
    if (event === undefined || waiting >= maxWaiting) return;
    waiting++;
    const kept = outbox
      .record([event])
      .catch((err: unknown) => request.log.error({ err, messageId: event.messageId }, `${event.type} not recorded`))
      .finally(() => waiting--);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, longestWaitMs);
    await Promise.race([kept, late]);
    clearTimeout(timer);
  }

  function eventOf(request: Request, tracked: Tracked, at: Date): MailEvent | undefined {
    const { scope, messageId, recipient } = tracked;
    const { token } = request.params;
    const sentAt = sentAtOf(messageId);
    const age = at.getTime() - sentAt.getTime();
    if (!(age < collectedMs) || !mayTell(token, steadyClock())) return undefined;
    const seen = { ipAddress: request.ip, userAgent: userAgentOf(request.headers) };
    const base = { id: randomUUID(), scope, messageId, recipient, sentAt, at, ...seen };
    const machine = machineOf(request);
    if (tracked.kind === "open") return { ...base, type: "OPEN", machine };
    const hasty = isHasty({ messageId, recipient, sentAt, token, at });
    const { link, tags: linkTags } = tracked;
    return { ...base, type: "CLICK", link, linkTags, machine: machine ?? (hasty ? "scanner" : undefined) };
  }
}

function refuse(reply: FastifyReply): FastifyReply {
  return reply.headers(headers).code(404).type("text/plain; charset=utf-8").send("There is nothing here.\n");
}
