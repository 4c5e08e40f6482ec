import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Authority, createAuthority } from "../../../test/support/certificates.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../../../test/support/webhook-receiver.ts";
import { createWebhookClient, type WebhookClient, type WebhookClientOptions } from "./post.ts";

/** Names of this test; every other name is unknown. */
const names: Readonly<Record<string, readonly string[]>> = {
  "private.example": ["10.1.2.3", "::1"],
  "mapped.example": ["::ffff:127.0.0.1"],
  "local.example": ["127.0.0.1"],
};
const resolver: WebhookClientOptions["resolver"] = {
  addresses: async (name) => ({ records: names[name] ?? [], secure: false }),
};

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function clientOf(options: Partial<WebhookClientOptions> = {}): WebhookClient {
  const client = createWebhookClient({ resolver, privateDestinations: "allow", connections: 5, ...options });
  closers.push(() => client.close());
  return client;
}

async function receiver(answer?: WebhookReceiver["answer"], ...certificate: Parameters<typeof startWebhookReceiver>) {
  const started = await startWebhookReceiver(...certificate);
  if (answer) started.answer = answer;
  closers.push(() => started.close());
  return started;
}

/** A server below HTTP. */
async function rawServer(connected: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    connected(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const request = (url: string) => ({
  webhook: "1",
  url,
  headers: ["content-type", "application/json", "x-one", "1"],
  body: '{"a":"ü"}',
});

describe("a post", () => {
  it("arrives as it is, and all use the same connections", async () => {
    const { url, received, seen } = await receiver((_post, response) => response.writeHead(202).end("thanks"));
    const client = clientOf({ connections: 1 });
    for (let count = 0; count < 5; count++) {
      expect(await client.post(request(`${url}/hook?a=b`))).toEqual({
        status: 202,
        answer: "thanks",
        error: undefined,
        permanent: false,
      });
    }
    expect(received).toHaveLength(5);
    expect(received[0]).toMatchObject({ method: "POST", path: "/hook?a=b", body: '{"a":"ü"}' });
    expect(received[0]?.headers).toMatchObject({ "content-type": "application/json", "x-one": "1" });
    expect(seen.connections).toBe(1);
  });

  it.each([
    [200, undefined, false],
    [299, undefined, false],
    [400, "the receiver answered with status 400", true],
    [404, "the receiver answered with status 404", true],
    [408, "the receiver answered with status 408", false],
    [410, "the receiver answered with status 410", true],
    [429, "the receiver answered with status 429", false],
    [500, "the receiver answered with status 500", false],
    [503, "the receiver answered with status 503", false],
    [304, "the receiver answered with status 304, a redirect: redirects are not followed", true],
  ])("with the answer %i", async (status, error, permanent) => {
    const { url } = await receiver((_post, response) => response.writeHead(status).end());
    expect(await clientOf().post(request(url))).toEqual({ status, answer: "", error, permanent });
  });

  it.each([301, 302, 303, 307, 308])("does not follow a redirect (%i)", async (status) => {
    const other = await receiver();
    const { url } = await receiver((_post, response) =>
      response.writeHead(status, { location: other.url }).end("gone"),
    );
    expect(await clientOf().post(request(url))).toEqual({
      status,
      answer: "gone",
      error: `the receiver answered with status ${status}, a redirect to ${other.url}: redirects are not followed`,
      permanent: true,
    });
    expect(other.received).toEqual([]);
  });

  it("keeps 1 KB of an answer, and ends one of 10 MB", async () => {
    let sent = 0;
    const closed = Promise.withResolvers<void>();
    const { url } = await receiver((_post, response) => {
      response.writeHead(200);
      const piece = Buffer.alloc(64 * 1024, "x");
      const more = () => {
        while (sent < 10 * 1024 * 1024 && response.write(piece)) sent += piece.length;
      };
      response.on("drain", more).on("close", closed.resolve);
      more();
    });
    const { status, answer, error } = await clientOf().post(request(url));
    expect({ status, answer, error }).toEqual({ status: 200, answer: "x".repeat(1024), error: undefined });
    await closed.promise;
    expect(sent).toBeLessThan(10 * 1024 * 1024);
  });

  it("shows an answer that is no text as text", async () => {
    const { url } = await receiver((_post, response) => response.end(Buffer.from([0, 255, 65])));
    expect(await clientOf().post(request(url))).toMatchObject({ status: 200, answer: "\0\ufffdA" });
  });
});

describe("a receiver that", () => {
  const timeoutMillis = 300;
  const noAnswer = { status: undefined, answer: "", error: "no answer within 0.3 seconds", permanent: false };
  const closed = { status: undefined, answer: "", permanent: false };

  it("accepts and says nothing fails at the deadline, and gets no more connections than posts", async () => {
    let connections = 0;
    const url = await rawServer(() => connections++);
    const client = clientOf({ timeoutMillis });
    const results = await Promise.all(Array.from({ length: 5 }, () => client.post(request(url))));
    expect(results).toEqual(Array.from({ length: 5 }, () => noAnswer));
    expect(connections).toBe(5);
  });

  it("sends its headers byte by byte fails at the deadline", async () => {
    const url = await rawServer((socket) => {
      const bytes = Buffer.from(`HTTP/1.1 200 OK\r\nX-Slow: ${"x".repeat(10_000)}`);
      let at = 0;
      const timer = setInterval(() => socket.write(bytes.subarray(at, ++at)), 5);
      socket.on("close", () => clearInterval(timer));
    });
    expect(await clientOf({ timeoutMillis }).post(request(url))).toEqual(noAnswer);
  });

  it("sends interim answers for ever fails at the deadline", async () => {
    const url = await rawServer((socket) => {
      const timer = setInterval(() => socket.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), 5);
      socket.on("close", () => clearInterval(timer));
    });
    expect(await clientOf({ timeoutMillis }).post(request(url))).toEqual(noAnswer);
  });

  it("does not end its answer has answered with its status", async () => {
    const ended = Promise.withResolvers<void>();
    const url = await rawServer((socket) => {
      socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsl"));
      const timer = setInterval(() => socket.write("o"), 20);
      socket.on("close", () => {
        clearInterval(timer);
        ended.resolve();
      });
    });
    const result = await clientOf({ timeoutMillis }).post(request(url));
    expect(result).toMatchObject({ status: 200, error: undefined });
    expect(result.answer).toMatch(/^slo*$/);
    await ended.promise;
  });

  it.each([
    ["at once", (socket: Socket) => socket.end()],
    ["with a reset", (socket: Socket) => socket.once("data", () => socket.resetAndDestroy())],
    ["after the request", (socket: Socket) => socket.once("data", () => socket.end())],
    ["within its headers", (socket: Socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nX"))],
  ])("closes %s has not answered", async (_when, connected) => {
    const url = await rawServer(connected);
    expect(await clientOf({ timeoutMillis: 5_000 }).post(request(url))).toEqual({
      ...closed,
      error: "the receiver closed the connection before it answered",
    });
  });

  it("closes within its answer has answered with its status", async () => {
    const url = await rawServer((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\nbroken"));
    });
    expect(await clientOf().post(request(url))).toMatchObject({ status: 500, answer: "broken" });
  });

  it("does not speak HTTP has not answered", async () => {
    const url = await rawServer((socket) => socket.write("220 mail.example.com ESMTP\r\n"));
    const { status, error, permanent } = await clientOf().post(request(url));
    expect({ status, permanent }).toEqual({ status: undefined, permanent: false });
    expect(error).not.toBe("");
  });

  it("has headers without end has not answered", async () => {
    const url = await rawServer((socket) =>
      socket.once("data", () => socket.write(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}`)),
    );
    expect(await clientOf().post(request(url))).toEqual({
      ...closed,
      error: "the headers of the answer are too long",
    });
  });

  it("does not listen is tried again", async () => {
    const { url, close } = await startWebhookReceiver();
    await close();
    const { status, error, permanent } = await clientOf().post(request(url));
    expect({ status, permanent }).toEqual({ status: undefined, permanent: false });
    expect(error).toContain("ECONNREFUSED");
  });
});

describe("addresses", () => {
  it.each([
    ["http://private.example/", "private.example"],
    ["http://mapped.example:8080/", "mapped.example"],
    ["http://127.0.0.1/", "127.0.0.1"],
    ["http://[::ffff:127.0.0.1]/", "::ffff:7f00:1"],
    ["http://localhost/", "localhost"],
  ])("%s is refused for good", async (url, host) => {
    expect(await clientOf({ privateDestinations: "refuse" }).post(request(url))).toEqual({
      status: undefined,
      answer: "",
      error: `${host} is not a public address, and MAILGLASS_WEBHOOK_PRIVATE_DESTINATIONS is refuse`,
      permanent: true,
    });
  });

  it("of a name come from the server's resolver", async () => {
    const { port, received } = await receiver();
    const refusing = await clientOf({ privateDestinations: "refuse" }).post(request(`http://local.example:${port}/`));
    expect(refusing).toMatchObject({ status: undefined, permanent: true });
    expect(received).toEqual([]);
    expect(await clientOf().post(request(`http://local.example.:${port}/`))).toMatchObject({ status: 204 });
    expect(received[0]?.headers.host).toBe(`local.example.:${port}`);
  });

  it("are asked for again: a name without one is tried again", async () => {
    expect(await clientOf({ privateDestinations: "refuse" }).post(request("http://none.example/"))).toEqual({
      status: undefined,
      answer: "",
      error: "none.example has no address",
      permanent: false,
    });
  });
});

describe("over TLS", () => {
  let authority: Authority;
  beforeAll(async () => {
    authority = await createAuthority();
  });

  it("a receiver must have a valid certificate for its name", async () => {
    const good = await receiver(undefined, await authority.issue(["localhost"]));
    const other = await receiver(undefined, await authority.issue(["elsewhere.example"]));
    const localhost = async () => ({ records: ["127.0.0.1"], secure: false });
    const trusting = clientOf({ ca: authority.cert, resolver: { addresses: localhost } });
    expect(await trusting.post(request(good.url))).toMatchObject({ status: 204, error: undefined });
    const strange = clientOf({ resolver: { addresses: localhost } });
    for (const [client, { url, received }] of [
      [strange, good],
      [trusting, other],
    ] as const) {
      const before = received.length;
      const { status, error, permanent } = await client.post(request(url));
      expect({ status, permanent }).toEqual({ status: undefined, permanent: false });
      expect(error).toMatch(/certificate|altnames/i);
      expect(received).toHaveLength(before);
    }
  });
});
