/** Breaks the connection of a request, for a fault on demand. */
import type { FastifyReply, FastifyRequest } from "fastify";

/** The client sees a reset instead of an answer. What is sent goes nowhere, but gives the request's memory back. */
export function breakConnection({ raw }: FastifyRequest, reply: FastifyReply): FastifyReply {
  raw.socket.resetAndDestroy();
  return reply.code(500).send("");
}
