import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { quantile, runLoad } from "./http-load.ts";

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

const request = (n: number) => Buffer.from(`GET /${n} HTTP/1.1\r\nhost: localhost\r\n\r\n`);

describe("runLoad", () => {
  it("sends every request once and hands on every answer", async () => {
    const port = await serve(({ url }, response) => {
      const body = `you asked for ${url} é`;
      response.statusCode = url === "/7" ? 404 : 200;
      response.setHeader("content-length", Buffer.byteLength(body));
      // In two pieces, as answers come over a network.
      response.write(body.slice(0, 4));
      setTimeout(() => response.end(body.slice(4)), 1);
    });
    const bodies = new Set<string>();
    const result = await runLoad({
      host: "127.0.0.1",
      port,
      connections: 3,
      requests: 20,
      request,
      onAnswer: (_status, body) => bodies.add(body),
    });
    expect(bodies).toEqual(new Set(Array.from({ length: 20 }, (_, n) => `you asked for /${n} é`)));
    expect(result.statuses).toEqual(
      new Map([
        [200, 19],
        [404, 1],
      ]),
    );
    expect(result.latencies).toHaveLength(20);
    expect([...result.latencies]).toEqual([...result.latencies].sort((a, b) => a - b));
  });

  it("rejects when the server closes a connection", async () => {
    const port = await serve(({ socket }) => socket.destroy());
    const load = runLoad({ host: "127.0.0.1", port, connections: 2, requests: 4, request });
    await expect(load).rejects.toThrow(/closed a connection|ECONNRESET/);
  });
});

describe("quantile", () => {
  it("takes the value at the share of a sorted list", () => {
    const sorted = Float64Array.from({ length: 100 }, (_, n) => n + 1);
    expect([quantile(sorted, 0), quantile(sorted, 0.5), quantile(sorted, 0.99), quantile(sorted, 1)]).toEqual([
      1, 51, 100, 100,
    ]);
  });
});
