/** Shared by the routes of signed URLs: validation of a URL, and responses. */
import type { FastifyReply } from "fastify";
import type { UrlSigner } from "../../common/signed-url.ts";

/** The parts of a signed URL in a request. */
export interface SignedRequest {
  params: { folder: string; file: string };
  query: { expires?: string; signature?: string };
}

/**
 * Why a URL is invalid: its signature doesn't match, or it has expired; undefined if it is valid.
 * @param kind the kind of URL for the message, such as `download`.
 * @param source the operation that returns a new URL.
 */
export function urlFault(
  signer: UrlSigner,
  { params, query }: SignedRequest,
  { kind, source, now }: { kind: string; source: string; now: Date },
): string | undefined {
  const { expires = "", signature = "" } = query;
  if (!signer.verify(params.folder, params.file, expires, signature)) {
    return `This ${kind} URL is not as it was signed. Ask ${source} for one.`;
  }
  if (Number(expires) * 1000 <= now.getTime()) return `This ${kind} URL has expired. Ask ${source} for another.`;
  return undefined;
}

/** The headers of a download. */
export function attachment(fileName: string, mediaType: string): Record<string, string> {
  return {
    "content-type": mediaType,
    "content-disposition": `attachment; filename="${fileName}"`,
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
  };
}

/** Rejects a request with a message. */
export function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).type("application/json").send({ message });
}
