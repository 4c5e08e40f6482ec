/** How an error goes out over HTTP. */
import type { FastifyReply } from "fastify";
import { encodeError } from "../contract/encode.ts";
import type { ServiceError } from "../contract/errors.ts";

/** Answers the error in restJson1's form, with the request's id. */
export function replyError(reply: FastifyReply, error: ServiceError): FastifyReply {
  const { status, headers, body } = encodeError(error);
  return reply
    .code(status)
    .headers(headers)
    .header("x-amzn-requestid", reply.request.id)
    .type("application/json")
    .send(body);
}
