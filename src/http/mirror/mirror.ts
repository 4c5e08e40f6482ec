/**
 * `POST /mirror/{source}`: SNS, Firehose and EventBridge post a mirrored account's events here. Each authenticates
 * in its own way; a header is checked before the body is read. Most treat 4xx as final, so errors that may be temporary
 * get a 503.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FailedAttempts } from "../../access/failed-attempts.ts";
import { ServiceError } from "../../contract/errors/service-error.ts";
import type { Arrivals } from "../../mirror/arrivals.ts";
import { firehoseHeaders } from "../../mirror/firehose/firehose-intake.ts";
import { headerOf, type Intake, type PushAnswer, type PushHead } from "../../mirror/intake.ts";
import { isKind, type MirrorSource } from "../../mirror/mirror-source.ts";
import type { SourceList } from "../../mirror/source-list.ts";
import type { PushKind } from "../../mirror/source-settings.ts";
import { EncodingError, readGzipBody } from "../bodies/gzip-body.ts";
import { readBody } from "../bodies/read-body.ts";
import { searchParameters } from "../query-parameters.ts";

/** The intake of each kind of source that AWS posts to. */
export type Intakes = { readonly [Kind in PushKind]: Intake<Kind> };

export interface MirrorRouteServices {
  sources: Pick<SourceList, "byId">;
  intakes: Intakes;
  arrivals: Pick<Arrivals, "note">;
  failedAttempts: FailedAttempts;
  clock: () => Date;
}

/** A request to a source, bound to the intake of its kind. */
interface Push {
  readonly source: MirrorSource;
  readonly longestBody: number;
  readonly takesGzip: boolean;
  admit(): PushAnswer | undefined;
  take(body: Buffer): Promise<PushAnswer>;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set for requests to a source of the mirror. */
    mirrorPush: Push | undefined;
  }
}

type Answer = Pick<PushAnswer, "text" | "challenge" | "requestId"> & { readonly status: number };

/** Only a hint for SNS and EventBridge, which have their own retry schedules. */
const retryAfterSeconds = "5";

/** The Fastify plugin with the route. */
export async function mirrorRoutes(app: FastifyInstance, services: MirrorRouteServices): Promise<void> {
  const { sources, intakes, arrivals, failedAttempts, clock } = services;
  app.decorateRequest("mirrorPush", undefined);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", async (request: FastifyRequest, payload: FastifyRequest["raw"]) => {
    const { longestBody: limit, takesGzip } = request.mirrorPush ?? { longestBody: 0, takesGzip: false };
    const rules = { ...request.server.bodyRules, limit };
    const encoding = headerOf(request, "content-encoding")?.trim().toLowerCase() ?? "identity";
    if (encoding !== "identity" && !(encoding === "gzip" && takesGzip)) {
      throw new EncodingError("The body's Content-Encoding is not supported.");
    }
    const { bytes, release } = await (encoding === "gzip" ? readGzipBody : readBody)(request, payload, rules);
    request.releaseBody = release;
    return bytes;
  });

  app.setErrorHandler((error, request, reply) => {
    // Errors of the body: too large, too slow, incomplete, or too many at a time.
    if (error instanceof ServiceError) return send(request, reply, { status: error.status, text: error.message });
    if (error instanceof EncodingError) return send(request, reply, { status: 400, text: error.message });
    request.log.error(
      { err: error, source: request.mirrorPush?.source.name },
      "events of the mirror were not recorded",
    );
    return send(request, reply, notRecorded);
  });

  app.addHook("onRequest", async (request: FastifyRequest<{ Params: { source: string } }>, reply) => {
    const source = await sources.byId(request.params.source.toLowerCase());
    const push = source && pushTo(source, headOf(request));
    if (!push) return send(request, reply, { status: 404, text: "There is nothing here." });
    if (!push.source.enabled) return send(request, reply, { status: 503, text: "The source is disabled." });
    request.mirrorPush = push;
    const refused = push.admit();
    if (refused) return answer(request, reply, push, refused);
  });

  app.post("/mirror/:source", async (request, reply) => {
    const push = request.mirrorPush;
    if (!push) throw new Error("a request to the mirror has no source");
    const { body } = request;
    return answer(request, reply, push, await taken(request, push, Buffer.isBuffer(body) ? body : Buffer.alloc(0)));
  });

  async function taken(request: FastifyRequest, push: Push, body: Buffer): Promise<PushAnswer> {
    try {
      return await push.take(body);
    } catch (error) {
      request.log.error({ err: error, source: push.source.name }, "events of the mirror were not recorded");
      return { ...notRecorded, isNoted: true };
    }
  }

  function pushTo(source: MirrorSource, head: PushHead): Push | undefined {
    if (isKind(source, "sns")) return pushOf(intakes.sns, source, head);
    if (isKind(source, "firehose")) return pushOf(intakes.firehose, source, head);
    if (isKind(source, "eventbridge")) return pushOf(intakes.eventbridge, source, head);
    return undefined;
  }

  function answer(request: FastifyRequest, reply: FastifyReply, push: Push, given: PushAnswer): FastifyReply {
    const { source } = push;
    if (given.isNoted) arrivals.note(source.id, { error: { text: given.text, at: clock() } });
    if (!given.isFailedAttempt) return send(request, reply, given);
    if (failedAttempts.count(request.ip))
      return send(request, reply, { status: 429, text: "Too many refused requests." });
    request.log.warn({ ip: request.ip, source: source.name }, `a request to the mirror was refused: ${given.text}`);
    return send(request, reply, given);
  }
}

const notRecorded = { status: 503, text: "The events could not be recorded now. Try again." } as const;

function pushOf<Source extends MirrorSource>(
  intake: {
    readonly longestBody: number;
    readonly takesGzip: boolean;
    admit(source: Source, head: PushHead): PushAnswer | undefined;
    take(source: Source, head: PushHead, body: Buffer): Promise<PushAnswer>;
  },
  source: Source,
  head: PushHead,
): Push {
  const { longestBody, takesGzip } = intake;
  return {
    ...{ source, longestBody, takesGzip },
    admit: () => intake.admit(source, head),
    take: (body) => intake.take(source, head, body),
  };
}

function headOf({ headers, raw, ip }: FastifyRequest): PushHead {
  return { headers, token: searchParameters(raw.url).get("token") ?? undefined, address: ip };
}

function send(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  const { status, text, challenge } = answer;
  reply.code(status).header("cache-control", "no-store");
  if (challenge !== undefined) reply.header("www-authenticate", challenge);
  if (status === 503 || status === 429) reply.header("retry-after", retryAfterSeconds);
  const requestId = headerOf(request, firehoseHeaders.requestId) ?? answer.requestId;
  const isFirehose = requestId !== undefined || request.mirrorPush?.source.settings.kind === "firehose";
  if (!isFirehose) return reply.type("text/plain; charset=utf-8").send(`${text}\n`);
  // Firehose treats any answer that is not in exactly this form as a failure.
  const form = { requestId: requestId ?? "", timestamp: Date.now(), ...(status !== 200 && { errorMessage: text }) };
  return reply.header("content-type", "application/json").send(Buffer.from(JSON.stringify(form)));
}
