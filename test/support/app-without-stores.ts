/** An application that listens and has no stores, and raw connections to it. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import Fastify from "fastify";
import { expect } from "vitest";
import { createSealer } from "../../src/access/sealing/sealer.ts";
import type { UrlSigner } from "../../src/common/signed-url.ts";
import type { Outbox } from "../../src/events/outbox.ts";
import { createApp, type HttpSettings } from "../../src/http/app.ts";
import { createTopics } from "../../src/publishing/webhooks/topic.ts";
import type { ScopedWebhookServices } from "../../src/publishing/webhooks/webhook-services.ts";
import type { TrackingLinks } from "../../src/recipients/tracking/tracking-links.ts";
import type { ObjectStore } from "../../src/stores/objects/object-store.ts";
import { defaultScope, type ScopedDatabase } from "../../src/stores/postgres/database.ts";

const sockets: Socket[] = [];

/** Closes all connections to applications: to be called after each test. */
export function closeSockets(): void {
  for (const socket of sockets.splice(0)) socket.destroy();
}

/** Starts one. Only its routes without stores can be asked, such as `/health`. It has no SES operations. The test closes it. */
export async function listenWithoutStores(
  health: () => Promise<object>,
  http: Partial<HttpSettings> & { ready?: () => boolean } = {},
) {
  const unused = () => Promise.reject(new Error("not asked for in this test"));
  const fail = () => expect.fail("not asked for in this test");
  const clock = () => new Date();
  const publicUrl = () => "";
  const database: ScopedDatabase = {
    scope: defaultScope,
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
    erase: unused,
    list: async function* () {},
    downloadUrl: () => undefined,
    close: unused,
  };
  const outbox: Outbox = { submit: unused, record: unused, settle: unused, idle: unused };
  const signer: UrlSigner = { sign: () => "", verify: () => false };
  const trackingLinks: TrackingLinks = { of: fail, tracks: () => false, read: () => undefined };
  const sealer = createSealer(new Uint8Array(32));
  const webhooks: ScopedWebhookServices = {
    ...{ database, sealer, clock, machineClock: clock, log: Fastify({ logger: false }).log },
    client: { post: unused, close: unused },
    topics: createTopics({ key: new Uint8Array(32), publicUrl }),
    certificate: unused,
    privateDestinations: "refuse",
    connections: 1,
    disableDays: 0,
    changed: fail,
  };
  const intake = { longestBody: 0, takesGzip: false, admit: fail, take: unused };
  const scope = { id: defaultScope, accountId: "000000000000", region: "us-east-1" };
  const operations = { scopeOf: async () => scope, operationsOf: () => ({ handlers: {} }), clock };
  const app = createApp({
    http: { maxBodyBytes: 1_000, bodyMemoryBytes: 1_000_000, trustedProxies: [], ...http },
    log: Fastify({ logger: false }).log,
    access: {
      authentication: "off",
      authenticator: { read: fail, checkKey: unused, verify: unused },
      failedAttempts: { count: () => false },
      sessions: { begin: unused, find: unused, end: unused },
      publicUrl,
    },
    ready: http.ready ?? (() => true),
    health,
    ...{ api: operations, v1Api: operations },
    admin: {
      stores: { database, objects, sealer },
      outbox,
      forget: unused,
      sealer: createSealer(new Uint8Array(32)),
      recorder: { wake: () => {}, drained: unused, stop: unused },
      insights: {
        reader: { isUnused: () => false, rows: unused },
        live: { watch: () => () => {} },
        prefixes: { all: async () => ["0100"] },
        shown: { messages: "all", machines: "apart" },
        exportMaxRows: 0,
        history: unused,
      },
      recipientMail: { trackingLinks, publicUrl, signSmime: unused },
      imports: {
        worker: { cancelled: () => {} },
        uploads: signer,
        urlSeconds: 1,
        buckets: { buckets: [], ownBucket: undefined },
        uploadPrefix: () => "",
      },
      identityDns: {
        database,
        sealer,
        clock,
        resolver: {
          mx: unused,
          addresses: unused,
          ipv4: unused,
          txt: unused,
          cname: unused,
          tlsa: unused,
          ptr: unused,
        },
        hostname: "",
        returnPathDomain: "",
        sendingHost: "",
        proving: "assumed",
      },
      notificationsOf: fail,
      accounts: { create: unused, list: unused, delete: unused },
      dedicatedIps: { register: unused, list: unused, remove: unused },
      regions: { named: [], serves: () => true },
      scopeById: unused,
      requestScopes: { adminScope: unused, limitedTo: async () => undefined },
      accessKeys: { create: unused, list: unused, delete: unused, setActive: unused },
      publishing: { webhooks, targets: unused, archive: { find: unused, resend: unused, replay: unused } },
      mirror: {
        ...{ sealer, publicUrl, sources: { changed: fail }, queueEndpoint: () => undefined },
        reader: { read: unused },
        ingest: { record: unused },
        scopes: { byId: unused, find: unused },
        aws: { cloudWatch: unused, ses: unused, call: unused },
      },
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
      ...{ database, outbox, trackingLinks, clock, webhooks },
      subscriptionLinks: { url: () => "", read: () => undefined },
      interest: async () => undefined,
      mailLeaves: false,
    },
    mirror: {
      sources: { byId: unused },
      intakes: { sns: intake, firehose: intake, eventbridge: intake },
      arrivals: { note: fail },
      failedAttempts: { count: fail },
      clock,
    },
    testing: undefined,
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
  return { app, url: `http://127.0.0.1:${port}`, open };
}
