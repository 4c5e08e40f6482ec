/** Whose mail a request to the admin API sees. */
import type { FastifyRequest } from "fastify";

/** The account and region whose messages, events and counts a request may see; undefined for those of all. */
export function scopesShown(_request: FastifyRequest): number | undefined {
  return undefined;
}
