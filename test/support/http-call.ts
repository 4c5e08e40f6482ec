/** Requests to the application as a client without an SDK makes them, and what every answer of the API must have. */
import type { FastifyInstance } from "fastify";
import { expect } from "vitest";

/** Methods that requests are tried with. */
export type Method = "DELETE" | "GET" | "HEAD" | "PATCH" | "POST" | "PUT" | "OPTIONS";

/** Asks; a body that is no text goes as JSON. Fails where the answer is not restJson1's. */
export async function ask(
  app: FastifyInstance,
  method: Method,
  url: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> | undefined } = {},
) {
  const payload = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const answer = await app.inject({
    method,
    url,
    ...(payload === undefined ? {} : { payload, headers: { "content-type": "application/json", ...headers } }),
  });
  expect(answer.headers["x-amzn-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer.headers["content-type"]).toMatch(/^application\/json(; charset=utf-8)?$/);
  return answer;
}

/** Status, type and message of an answer that must be an error. */
export async function refusal(...request: Parameters<typeof ask>): Promise<[number, unknown, unknown]> {
  const answer = await ask(...request);
  const body = answer.json<{ message?: string }>();
  expect(Object.keys(body).filter((key) => key !== "message")).toEqual([]);
  return [answer.statusCode, answer.headers["x-amzn-errortype"], body.message];
}
