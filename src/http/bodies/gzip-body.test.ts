import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mountBodies } from "./bodies.ts";
import { EncodingError, readGzipBody } from "./gzip-body.ts";

const limit = 1 << 20;
const app = Fastify();

beforeAll(async () => {
  mountBodies(app, { memoryBytes: 8 * limit, discardBytes: 0, stallMs: 500 });
  await app.register(async (routes) => {
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser("*", async (request: Parameters<typeof readGzipBody>[0], payload: Readable) => {
      const { bytes, release } = await readGzipBody(request, payload, { ...app.bodyRules, limit });
      request.releaseBody = release;
      return bytes;
    });
    routes.setErrorHandler((error, _request, reply) => {
      const text = error instanceof Error ? error.message : "";
      return reply.code(error instanceof EncodingError ? 400 : 413).send(text);
    });
    routes.post("/", async (request) => (Buffer.isBuffer(request.body) ? `${request.body.length}` : "none"));
  });
});
afterAll(() => app.close());

/** Posts a body in chunks, without a Content-Length. */
const post = async (body: Buffer, chunk = 1_000) => {
  const parts = Array.from({ length: Math.ceil(body.length / chunk) }, (_, at) =>
    body.subarray(at * chunk, (at + 1) * chunk),
  );
  const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
  const { statusCode, body: text } = await app.inject({
    method: "POST",
    url: "/",
    headers,
    payload: Readable.from(parts),
  });
  return [statusCode, text];
};

describe("a gzip body", () => {
  it("is decompressed up to the limit", async () => {
    expect(await post(gzipSync(Buffer.alloc(limit)))).toEqual([200, `${limit}`]);
    expect((await post(gzipSync(Buffer.alloc(limit + 1))))[0]).toBe(413);
    expect((await post(gzipSync(Buffer.alloc(100 * limit))))[0]).toBe(413);
  });

  it("may have several members, but not endlessly many", async () => {
    expect(await post(Buffer.concat([gzipSync("a"), gzipSync("b")]))).toEqual([200, "2"]);
    const empty = gzipSync("");
    const endless = Buffer.concat(Array.from({ length: Math.ceil(limit / empty.length) + 1 }, () => empty));
    expect((await post(endless, 65_536))[0]).toBe(413);
  });

  it("that is malformed is refused, and its memory is released", async () => {
    const whole = gzipSync(Buffer.from("x".repeat(100_000)));
    expect((await post(whole.subarray(0, -9)))[0]).toBe(400);
    expect((await post(Buffer.from("no gzip")))[0]).toBe(400);
    expect(app.bodyRules.budget.held).toBe(0);
  });
});
