/** How bodies are read: whose, how many at a time, how slowly, and what the client hears of a refusal. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CreatedKey } from "../src/access/access-keys.ts";
import { closeSockets, listenWithoutStores } from "./support/app-without-stores.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { simple } from "./support/sent-mail.ts";
import { signHeaders } from "./support/sign.ts";

const mib = 1 << 20;
const maxBody = 3 * mib;
const memory = 8 * mib;
const send = "/v2/email/outbound-emails";
const environment = {
  MAILGLASS_UPLOAD_MAX_BYTES: String(2 * mib),
  MAILGLASS_MAX_BODY_BYTES: String(maxBody),
  MAILGLASS_BODY_MEMORY_BYTES: String(memory),
};

let open: InProcessServer;
let locked: InProcessServer;
let key: CreatedKey;

beforeAll(async () => {
  open = await startInProcess({ environment });
  locked = await startInProcess({ environment: { ...environment, MAILGLASS_AUTH: "required" } });
  key = await createKey(locked, new Date());
});
afterAll(async () => {
  await open.close();
  await locked.close();
});

const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  closeSockets();
  for (const server of [open, locked]) await expect.poll(() => budgetOf(server).held).toBe(0);
});

const budgetOf = (server: InProcessServer) => server.app.bodyRules.budget;

/** A connection that sends a request and, in time, the given bytes of its body. */
async function begin(
  server: { url: string },
  head: { method?: string; path?: string; headers?: Record<string, string | number> },
  body: Buffer = Buffer.alloc(0),
) {
  const { hostname, port, host } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  const said = { text: "" };
  socket.setEncoding("latin1").on("data", (text: string) => {
    said.text += text;
  });
  const failures: Error[] = [];
  socket.on("error", (error) => failures.push(error));
  await once(socket, "connect");
  const lines = Object.entries({ host, ...head.headers }).map(([name, value]) => `${name}: ${value}`);
  socket.write(`${head.method ?? "POST"} ${head.path ?? send} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
  if (body.length > 0) socket.write(body);
  const status = () => Number(/^HTTP\/1\.1 (\d+)/.exec(said.text.replace("HTTP/1.1 100 Continue\r\n\r\n", ""))?.[1]);
  return { socket, said, failures, status };
}

/** Resolves when the bytes are with the operating system; rejects with the client's error, such as EPIPE. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** The connection of an answered request takes the next one. */
async function servesOn(asked: Awaited<ReturnType<typeof begin>>): Promise<void> {
  expect(asked.said.text).not.toMatch(/\r\nconnection: close/i);
  asked.said.text = "";
  asked.socket.write("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await expect.poll(asked.status).toBe(200);
}

/** A request whose client writes all of its body before it reads a byte, as Python's http.client does. */
async function writeFirst(server: { url: string }, head: Parameters<typeof begin>[1], body: Buffer) {
  const asked = await begin(server, { ...head, headers: { ...head.headers, "content-length": body.length } });
  asked.socket.pause();
  for (let at = 0; at < body.length; at += mib) {
    await write(asked.socket, body.subarray(at, at + mib));
  }
  asked.socket.resume();
  await expect.poll(asked.status).toBeGreaterThan(0);
  return asked;
}

/** Resolves when a connection is closed, also by a reset. */
const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once("close", () => resolve()));

const json = { "content-type": "application/json" };
/** A message in JSON that takes so many bytes. */
const mailOf = (bytes: number) => Buffer.from(JSON.stringify(simple()).padEnd(bytes));

describe("unfinished bodies", () => {
  const begun = { headers: { ...json, "content-length": maxBody } };
  const part = Buffer.alloc(2 * mib, " ");

  it("share the memory; what is beyond waits unread, and small calls go on", async () => {
    const budget = budgetOf(open);
    const asked = [];
    for (let count = 0; count < 20; count++) asked.push(await begin(open, begun, part));
    await expect.poll(() => budget.waiting).toBe(18);
    expect(budget.held).toBe(2 * maxBody);
    const answer = await fetch(open.url + send, { method: "POST", headers: json, body: mailOf(1_000) });
    expect(answer.status).toBe(200);
    expect(budget.held).toBe(2 * maxBody);
    // Once the first are gone the next are read, and all that are finished are answered.
    const [first, second, ...others] = asked;
    first?.socket.destroy();
    second?.socket.destroy();
    for (const { socket } of others) socket.write(Buffer.alloc(maxBody - part.length, " "));
    for (const { status } of others) await expect.poll(status).toBe(400);
  });

  it("whose length is not stated take memory as they grow, within the limit", async () => {
    const budget = budgetOf(open);
    const chunk = (bytes: Buffer) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
    const chunked = { headers: { ...json, "transfer-encoding": "chunked" } };
    const little = await begin(open, chunked, chunk(mailOf(1_000)));
    await expect.poll(() => budget.held).toBe(64 * 1024);
    const much = await begin(open, chunked, chunk(part));
    await expect.poll(() => budget.held).toBe(64 * 1024 + 2 * mib);
    much.socket.write(chunk(part));
    await expect.poll(much.status).toBe(413);
    expect(budget.held).toBe(64 * 1024);
    little.socket.write("0\r\n\r\n");
    await expect.poll(little.status).toBe(200);
    expect(budget.held).toBe(0);
  });

  it.each([
    ["POST", "/nothing"],
    ["PUT", "/v2/email/no-such-operation"],
    ["PATCH", send],
    ["POST", "/health"],
    ["DELETE", "/assets/x.js"],
  ])("of %s %s, where there is nothing, are not read", async (method, path) => {
    const { status } = await begin(open, { ...begun, method, path }, part);
    await expect.poll(status).toBe(404);
    expect([budgetOf(open).held, budgetOf(open).waiting]).toEqual([0, 0]);
  });

  it("of a signer that is not known are not read, whether their hash is stated or not", async () => {
    const body = mailOf(1_000).toString();
    const request = { method: "POST", target: send, headers: { ...json, host: new URL(locked.url).host }, body };
    const now = new Date();
    const headersOf = (changes: object) => signHeaders(request, { ...key, now, ...changes });
    const length = { "content-length": maxBody };
    const unknown = { accessKeyId: "AKIANOBODY0000000000" };
    for (const headers of [
      {},
      headersOf(unknown),
      headersOf({ ...unknown, hashUnstated: true }),
      headersOf({ sessionToken: "wrong", hashUnstated: true }),
      headersOf({ secretAccessKey: "wrong" }),
      { cookie: "mailglass_session=forged" },
    ]) {
      const { status } = await begin(locked, { headers: { ...headers, ...length } }, part);
      await expect.poll(status).toBe(403);
      expect(budgetOf(locked).held).toBe(0);
    }
    // Whoever names a known key is read within the budget: only the body proves the signature.
    await begin(locked, { headers: { ...headersOf({ hashUnstated: true }), ...length } }, part);
    await expect.poll(() => budgetOf(locked).held).toBe(maxBody);
  });

  it("leave no memory taken when their clients are gone, also of those that waited", async () => {
    for (let count = 0; count < 10; count++) await begin(open, begun, part);
    await expect.poll(() => budgetOf(open).waiting).toBe(8);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => [budgetOf(open).held, budgetOf(open).waiting]).toEqual([0, 0]);
    expect(open.logged).toEqual([]);
  });
});

describe("a refusal", () => {
  it.each([
    ["too large", maxBody + 1, {}, 413],
    ["much too large", 40 * mib, {}, 413],
    ["not for a route", 20 * mib, { path: "/nothing" }, 404],
    [
      "of a type that is not taken",
      20 * mib,
      { path: "/admin/uploads", headers: { "content-type": "text/plain" } },
      415,
    ],
    ["for a form that is small", 20 * mib, { path: "/subscriptions/x" }, 413],
  ])(
    "of a body that is %s reaches the client that writes first; its connection serves on",
    async (_what, size, head, status) => {
      const asked = await writeFirst(open, head, Buffer.alloc(size, " "));
      expect([asked.status(), asked.failures]).toEqual([status, []]);
      await servesOn(asked);
    },
  );

  it("of a body in chunks reaches the client that writes first; its connection serves on", async () => {
    const asked = await begin(open, { headers: { ...json, "transfer-encoding": "chunked" } });
    asked.socket.pause();
    const size = `${mib.toString(16)}\r\n`;
    for (let sent = 0; sent < 20; sent++) {
      await write(asked.socket, Buffer.concat([Buffer.from(size), Buffer.alloc(mib, " "), Buffer.from("\r\n")]));
    }
    await write(asked.socket, Buffer.from("0\r\n\r\n"));
    asked.socket.resume();
    await expect.poll(asked.status).toBe(413);
    await servesOn(asked);
  });

  it.each([false, true])(
    "of a file that is too large reaches the client that writes first (in chunks: %s)",
    async (chunked) => {
      const answer = await fetch(`${open.url}/admin/uploads`, {
        method: "POST",
        headers: json,
        body: '{"bucket":"lists","key":"a.csv"}',
      });
      const { url }: { url: string } = JSON.parse(await answer.text());
      const { pathname, search } = new URL(url);
      const head = { method: "PUT", path: pathname + search };
      const body = Buffer.alloc(20 * mib, "a");
      const file = chunked
        ? Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")])
        : body;
      const headers: Record<string, string | number> = chunked
        ? { "transfer-encoding": "chunked" }
        : { "content-length": body.length };
      const asked = await begin(open, { ...head, headers });
      asked.socket.pause();
      for (let at = 0; at < file.length; at += mib) await write(asked.socket, file.subarray(at, at + mib));
      asked.socket.resume();
      await expect.poll(asked.status).toBe(413);
      expect(asked.said.text).toContain("MAILGLASS_UPLOAD_MAX_BYTES");
      await servesOn(asked);
    },
  );

  it("of a call that is not signed reaches the client that writes first", async () => {
    const asked = await writeFirst(locked, {}, Buffer.alloc(20 * mib, " "));
    expect([asked.status(), asked.failures]).toEqual([403, []]);
  });

  it("does not make the server read for ever", async () => {
    const asked = await begin(open, { headers: { "content-length": 2 ** 40 } });
    let written = 0;
    const part = Buffer.alloc(mib);
    const write = () => {
      written += part.length;
      asked.socket.write(part, (error) => (error ? undefined : write()));
    };
    write();
    await closed(asked.socket);
    expect(asked.status()).toBe(413);
    expect(written).toBeGreaterThan(100 * mib);
  });
});

describe("a client that stalls", () => {
  /** In milliseconds: short, since the test waits for it. */
  const stallMs = 300;

  it.each<[string, Record<string, string | number>, string]>([
    ["before its body", { "content-length": 900 }, ""],
    ["in its body", { "content-length": 900 }, "{"],
    ["in a body in chunks", { "transfer-encoding": "chunked" }, "1\r\n{\r\n"],
  ])("%s is told so, and its connection closed", async (_where, headers, body) => {
    const { app, url } = await listenWithoutStores(async () => ({}), { stallMs });
    const { socket, said } = await begin({ url }, { headers: { ...json, ...headers } }, Buffer.from(body));
    await closed(socket);
    expect(said.text).toMatch(/^HTTP\/1\.1 408 /);
    expect(said.text).toMatch(/\r\nx-amzn-errortype: RequestTimeoutException\r\n/);
    expect(app.bodyRules.budget.held).toBe(0);
    await app.close();
  });

  it("in a body that was refused is cut off", async () => {
    const { app, url } = await listenWithoutStores(async () => ({}), { stallMs });
    const { socket, said } = await begin({ url }, { headers: { "content-length": 2_000 } }, Buffer.from("{"));
    await closed(socket);
    expect(said.text).toMatch(/^HTTP\/1\.1 413 /);
    await app.close();
  });

  it("in its headers is ended by Node; no time is set for a whole request", async () => {
    const { app } = await listenWithoutStores(async () => ({}));
    expect([app.server.headersTimeout, app.server.requestTimeout]).toEqual([60_000, 0]);
    await app.close();
  });
});
