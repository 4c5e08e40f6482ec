/** What the routes behind signed URLs share: the checks of a URL, and how a file is answered. */
import type { FastifyReply } from "fastify";
import type { UrlSigner } from "../../common/signed-url.ts";

/** Where a URL was asked for, as its parts were found in a request. */
export interface SignedRequest {
  params: { folder: string; file: string };
  query: { expires?: string; signature?: string };
}

/**
 * Why a URL is not good: it is not as it was signed, or it has expired; undefined where it is good.
 * @param kind what the URL is called, `download`.
 * @param source who answers another.
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

/** The headers of a file that is downloaded. */
export function attachment(fileName: string, mediaType: string): Record<string, string> {
  return {
    "content-type": mediaType,
    "content-disposition": `attachment; filename="${fileName}"`,
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
  };
}

/** Answers that nothing is done, and why. */
export function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).type("application/json").send({ message });
}
