import type { FastifyReply } from "fastify";
import { encodeError } from "../contract/encode.ts";
import type { ServiceError } from "../contract/errors/service-error.ts";

/** Sends the error in restJson1's format, with the request's ID. */
export function replyError(reply: FastifyReply, error: ServiceError): FastifyReply {
  const { status, headers, body } = encodeError(error);
  if (status === 503) reply.header("retry-after", "1");
  if (status === 408) reply.header("connection", "close");
  return reply
    .code(status)
    .headers(headers)
    .header("x-amzn-requestid", reply.request.id)
    .type("application/json")
    .send(body);
}
