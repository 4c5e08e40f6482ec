/**
 * Reads the bodies of GET requests, which Fastify ignores: SDKs until April 2024 send the filters of lists in them.
 */
import type { FastifyInstance, FastifyRequest, RequestPayload } from "fastify";
import { readBody, statedLength } from "./read-body.ts";

/** In bytes. A filter is much shorter. */
const maxBytes = 64 * 1024;

declare module "fastify" {
  interface FastifyRequest {
    /** The body of a GET request; undefined if it has none. */
    getBody: Uint8Array | undefined;
  }
}

/** Adds the hook. A body that is too long is a RequestEntityTooLargeException. */
export function readGetBodies(app: FastifyInstance): void {
  app.decorateRequest("getBody", undefined);
  app.addHook("preParsing", (request, _reply, payload, done) => {
    if (request.method === "GET" && hasBody(request)) read(request, payload).then(() => done(null, payload), done);
    else done(null, payload);
  });

  async function read(request: FastifyRequest, payload: RequestPayload): Promise<void> {
    const { bytes, release } = await readBody(request, payload, {
      ...app.bodyRules,
      limit: maxBytes,
      received: (part) => request.unfinishedSignature?.bodyHash.update(part),
    });
    request.releaseBody = release;
    request.getBody = bytes;
  }
}

function hasBody(request: FastifyRequest): boolean {
  return request.headers["transfer-encoding"] !== undefined || (statedLength(request) ?? 0) > 0;
}
