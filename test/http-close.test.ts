/** How the application closes while clients are connected. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import Fastify from "fastify";
import { afterEach, expect, it, vi } from "vitest";
import { createSealer } from "../src/access/sealing/sealer.ts";
import type { UrlSigner } from "../src/common/signed-url.ts";
import type { Outbox } from "../src/events/outbox.ts";
import { createApp } from "../src/http/app.ts";
import type { TrackingLinks } from "../src/recipients/tracking/tracking-links.ts";
import type { ObjectStore } from "../src/stores/objects/object-store.ts";
import type { Database } from "../src/stores/postgres/database.ts";

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** An application that listens and has no store: `/health` is all that is asked of it. */
async function listen(health: () => Promise<object>, closeWithinMs?: number) {
  const unused = () => Promise.reject(new Error("not asked for in this test"));
  const fail = () => expect.fail("not asked for in this test");
  const clock = () => new Date();
  const publicUrl = () => "";
  const database: Database = {
    kind: "embedded",
    query: unused,
    run: unused,
    texts: unused,
    transaction: unused,
    close: unused,
  };
  const objects: ObjectStore = {
    appendToPack: unused,
    write: unused,
    read: unused,
    info: unused,
    delete: unused,
    deleteAll: unused,
    list: async function* () {},
    downloadUrl: () => undefined,
    close: unused,
  };
  const outbox: Outbox = { submit: unused, record: unused, settle: unused, idle: unused };
  const signer: UrlSigner = { sign: () => "", verify: () => false };
  const trackingLinks: TrackingLinks = { of: fail, tracks: () => false, read: () => undefined };
  const app = createApp({
    http: { maxBodyBytes: 1_000, trustedProxies: [], ...(closeWithinMs === undefined ? {} : { closeWithinMs }) },
    log: Fastify({ logger: false }).log,
    access: {
      authentication: "off",
      authenticator: { read: fail, verify: unused },
      failedAttempts: { count: () => false },
      sessions: { begin: unused, find: unused },
      local: true,
      publicUrl,
    },
    health,
    api: { handlers: {}, clock },
    admin: {
      stores: { database, objects },
      outbox,
      recorder: { wake: () => {}, drained: unused, stop: unused },
      insights: {
        reader: { rows: unused },
        live: { watch: () => () => {} },
        shown: { scope: "all", machines: "apart" },
        exportMaxRows: 0,
        history: unused,
      },
      tracking: { trackingLinks, publicUrl },
      imports: {
        worker: { cancelled: () => {} },
        uploads: signer,
        urlSeconds: 1,
        buckets: { buckets: [], ownBucket: undefined },
      },
      identityDns: {
        database,
        sealer: createSealer(new Uint8Array(32)),
        clock,
        resolver: { mx: unused, addresses: unused, txt: unused, cname: unused, tlsa: unused },
        hostname: "",
        returnPathDomain: "",
        sendingHost: "",
        proving: "assumed",
      },
      accessKeys: { create: unused, list: unused, delete: unused, setActive: unused },
      clock,
    },
    files: {
      ...{ database, objects, clock },
      downloads: signer,
      importDownloads: signer,
      uploads: signer,
      openBucket: unused,
      uploadMaxBytes: 1_000,
    },
    recipients: {
      ...{ database, outbox, trackingLinks, clock },
      subscriptionLinks: { url: () => "", read: () => undefined },
      mailLeaves: false,
    },
  });
  const { port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const open = async (text: string) => {
    const socket = connect(Number(port), "127.0.0.1");
    sockets.push(socket);
    const said = { text: "" };
    socket.setEncoding("utf8").on("data", (chunk) => {
      said.text += chunk;
    });
    await once(socket, "connect");
    socket.write(text);
    return { socket, said };
  };
  return { app, open };
}

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
  const { app, open } = await listen(async () => ({ filler: "x".repeat(32 << 20) }), 200);
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
