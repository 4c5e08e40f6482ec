/** Calls of the admin API. */
import type { FastifyInstance } from "fastify";
import { expect } from "vitest";
import type { Method } from "./http-call.ts";

async function send(app: FastifyInstance, method: Method, url: string, body: unknown) {
  return app.inject({
    method,
    url,
    ...(body === undefined ? {} : { payload: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
}

/** Calls and returns the answer, which must be one of success. */
export async function callAdmin<Answer>(
  app: FastifyInstance,
  method: Method,
  url: string,
  body?: unknown,
): Promise<Answer> {
  const answer = await send(app, method, url, body);
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.json<Answer>();
}

/** Status and message of an answer that must be an error. */
export async function adminRefusal(
  app: FastifyInstance,
  method: Method,
  url: string,
  body?: unknown,
): Promise<[number, string]> {
  const answer = await send(app, method, url, body);
  expect(answer.headers["content-type"]).toMatch(/^application\/json(; charset=utf-8)?$/);
  const fault = answer.json<{ message: string }>();
  expect(Object.keys(fault)).toEqual(["message"]);
  return [answer.statusCode, fault.message];
}
