/** The live feed as server-sent events (HTML, 9.2). See `docs/admin-api.md`. */
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { LiveEntry, LiveFeed } from "../../insights/live-feed.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";

/** More windows than any team has open; each uses a connection and a buffer. */
const mostWatchers = 100;
/** Proxies and browsers close idle connections. */
const heartbeatMs = 15_000;
/** After this time the browser must reconnect and resume, which fails if its session has ended. */
const longestMs = 15 * 60 * 1000;
/** Buffer for a slow client, in bytes; when it is full, events are skipped. */
const mostBuffered = 64 * 1024;

export interface AdminLiveServices {
  live: Pick<LiveFeed, "watch">;
  limitedTo: RequestScopes["limitedTo"];
}

export function mountAdminLive(admin: FastifyInstance, { live, limitedTo }: AdminLiveServices): void {
  const open = new Set<EventStream>();
  admin.addHook("preClose", async () => {
    for (const stream of open) stream.end();
  });

  admin.get("/admin/live", { exposeHeadRoute: false }, async (request, reply) => {
    new QueryParameters(request.raw.url ?? "").end();
    if (open.size >= mostWatchers) return refuse(reply, 503, "Too many are watching already.");
    const after = request.headers["last-event-id"];
    const scope = (await limitedTo(request))?.id;
    const stream = openStream((tell) => live.watch(scope, typeof after === "string" ? after : undefined, tell));
    open.add(stream);
    stream.bytes.once("close", () => open.delete(stream));
    // Fastify doesn't destroy the stream when the client disconnects.
    reply.raw.once("close", () => stream.bytes.destroy());
    return reply
      .headers({
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        // Without it, nginx buffers events until its buffer is full.
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff",
      })
      .send(stream.bytes);
  });
}

interface EventStream {
  readonly bytes: Readable;
  /** Ends the stream after its buffered data. */
  end(): void;
}

/** @param watch passes new entries on until the returned function is called */
function openStream(watch: (tell: (entries: readonly LiveEntry[]) => void) => () => void): EventStream {
  let full = false;
  let ended = false;
  /** ID of the last skipped entry. */
  let leftOut: string | undefined;
  const bytes = new Readable({
    highWaterMark: mostBuffered,
    read() {
      full = false;
      if (leftOut === undefined) return;
      const id = leftOut;
      leftOut = undefined;
      say(gapText(id));
    },
    destroy(error, callback) {
      stop();
      callback(error);
    },
  });
  say("retry: 2000\n\nevent: ready\ndata: {}\n\n");
  const leave = watch((entries) => {
    const last = entries.at(-1);
    if (full && last) leftOut = last.id;
    else say(entries.map(entryText).join(""));
  });
  const heartbeat = setInterval(() => {
    if (!full) say(": \n\n");
  }, heartbeatMs);
  const longest = setTimeout(end, longestMs);
  return { bytes, end };

  function say(text: string): void {
    if (!ended) full = !bytes.push(text);
  }

  function stop(): void {
    ended = true;
    leave();
    clearInterval(heartbeat);
    clearTimeout(longest);
  }

  function end(): void {
    if (ended) return;
    stop();
    bytes.push(null);
  }
}

function entryText({ id, event }: LiveEntry): string {
  return event === undefined ? gapText(id) : `id: ${id}\ndata: ${JSON.stringify(event)}\n\n`;
}

function gapText(id: string): string {
  return `id: ${id}\nevent: gap\ndata: {}\n\n`;
}
