/**
 * Reads the bodies of GET requests, which Fastify ignores: SDKs until April 2024 send the filters of lists in them.
 */
import type { FastifyInstance } from "fastify";
import { errors } from "../contract/errors.ts";

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
  app.addHook("preParsing", async (request, _reply, payload) => {
    const { method, headers } = request;
    const isEmpty = headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
    if (method !== "GET" || isEmpty) return payload;
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of payload) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > maxBytes) throw errors.bodyTooLarge(maxBytes);
      chunks.push(bytes);
    }
    request.getBody = Buffer.concat(chunks);
    return payload;
  });
}
