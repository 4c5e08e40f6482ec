/**
 * Request bodies: how they are read, and what becomes of those that are not. `authentication.ts` has run before, so a
 * body is read only if its request has a route and its signer is known.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { BodyBudget } from "./body-budget.ts";
import { type BodyRules, readBody } from "./read-body.ts";
import { usualStallMs } from "./stall-timer.ts";
import { discardRest } from "./unread-body.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Gives the memory of the request's body back; undefined if it holds none. */
    releaseBody: (() => void) | undefined;
  }
  interface FastifyInstance {
    bodyRules: BodyRules;
  }
}

const leastDiscarded = 128 << 20;

/** Headers of requests without a response yet: Node's own default, which a `requestTimeout` of 0 would switch off. */
const headersWithinMs = 60_000;

export interface BodySettings {
  /** The memory for all bodies, in bytes. */
  memoryBytes: number;
  /** How much of an unread body is discarded before its connection is closed, in bytes; 128 MiB at least. */
  discardBytes: number;
  /** See `StallTimer`; 30 seconds by default. */
  stallMs?: number | undefined;
}

/** Adds the parser of bodies of any type, which yields a Buffer, and the handling of unread bodies. */
export function mountBodies(app: FastifyInstance, settings: BodySettings): void {
  const { memoryBytes, stallMs = usualStallMs } = settings;
  const mostDiscarded = Math.max(leastDiscarded, settings.discardBytes);
  app.server.headersTimeout = headersWithinMs;
  app.decorate("bodyRules", { budget: new BodyBudget(memoryBytes), stallMs });
  app.decorateRequest("releaseBody", undefined);
  // The contract parses bodies itself, since SES's parse errors are part of it.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest, payload: IncomingMessage) => readBuffer(request, payload));

  app.addHook("onSend", (request, reply, _payload, done) => {
    if (request.releaseBody) {
      request.releaseBody();
      request.releaseBody = undefined;
      request.body = undefined;
    }
    // Node would close the connection right after the response.
    if (request.raw.complete === false && reply.statusCode !== 408) reply.removeHeader("connection");
    done();
  });
  app.server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    response.once("finish", () => {
      if (!request.complete && !request.socket.destroyed) discardRest(request, mostDiscarded, stallMs);
    });
  });
}

/** Adds a parser of bodies of the type application/json, which yields their value. */
export function addJsonParser(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser("error", "error");
  scope.addContentTypeParser("application/json", async (request: FastifyRequest, payload: IncomingMessage) => {
    const text = (await readBuffer(request, payload)).toString();
    return new Promise<unknown>((resolve, reject) => {
      void parse(request, text, (error, value) => (error ? reject(error) : resolve(value)));
    });
  });
}

async function readBuffer(request: FastifyRequest, payload: IncomingMessage): Promise<Buffer> {
  const { bytes, release } = await readBody(request, payload, {
    ...request.server.bodyRules,
    received: (part) => request.unfinishedSignature?.bodyHash.update(part),
  });
  request.releaseBody = release;
  return bytes;
}
