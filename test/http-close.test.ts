/** How the application closes while clients are connected. */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, it, vi } from "vitest";
import { closeSockets, listenWithoutStores as listen } from "./support/app-without-stores.ts";

afterEach(closeSockets);

const request = "GET /health HTTP/1.1\r\nHost: test\r\n\r\n";

it("finishes the answer under way, then closes its connection although the client would keep it", async () => {
  let answer = () => {};
  const { app, open } = await listen(() => new Promise((resolve) => (answer = () => resolve({ status: "ok" }))));
  const { socket, said } = await open(request);
  const idle = await open("");
  await delay(50);
  const ends = [once(socket, "close"), once(idle.socket, "close")];
  const closed = app.close();
  await delay(50);
  answer();
  await Promise.all([closed, ...ends]);
  expect(said.text).toContain('{"status":"ok"}');
});

it("sends what the client has yet to read of an answer", async () => {
  // The client reads on its own terms: what was asked just before the close is still on its way.
  const { app, open } = await listen(async () => ({ status: "ok", filler: "x".repeat(8 << 20) }));
  const { socket, said } = await open(request);
  socket.pause();
  await delay(100);
  const closed = app.close();
  await delay(100);
  socket.resume();
  await Promise.all([closed, once(socket, "close")]);
  expect(said.text.length).toBeGreaterThan(8 << 20);
});

it("does not wait for ever for a client that sends or reads no more", async () => {
  const { app, open } = await listen(async () => ({ filler: "x".repeat(32 << 20) }), { closeWithinMs: 200 });
  const reads = await open(request);
  reads.socket.pause();
  const sends = await open("POST /v2/email/outbound-emails HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n{");
  await delay(50);
  await app.close();
  expect(sends.said.text).toBe("");
});

it("ends streams that would never end by themselves", async () => {
  const { app, open } = await listen(async () => ({}));
  const { socket, said } = await open("GET /admin/live HTTP/1.1\r\nHost: test\r\n\r\n");
  await vi.waitUntil(() => said.text.includes("event: ready"));
  await Promise.all([app.close(), once(socket, "close")]);
  // The last chunk (RFC 9112, 7.1): the answer is whole, its connection was not cut.
  expect(said.text).toMatch(/\r\n0\r\n\r\n$/);
});
