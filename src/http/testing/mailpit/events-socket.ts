/**
 * Mailpit's events over WebSocket: `GET /api/events`. The upgrade is an ordinary request to its route, so that it is
 * authenticated like any other. Other upgrades, such as to HTTP/2, are ignored as before: those requests are answered.
 */
import { type IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import { type WebSocket, WebSocketServer } from "ws";
import { errors } from "../../../contract/errors.ts";
import { isCrossSite } from "../../browser-request.ts";
import type { RequestScopes } from "../../request-scope.ts";
import { type MailboxChangeServices, tellChanges } from "./mailbox-changes.ts";
import type { MailboxEvents } from "./mailbox-events.ts";
import { MailpitRequestError } from "./request-body.ts";

export interface MailpitEventServices extends MailboxChangeServices {
  limitedTo: RequestScopes["limitedTo"];
  publicUrl: () => string;
}

const path = "/api/events";
const mostClients = 100;
/** What may wait to be sent to a client, in bytes: one that reads no more is disconnected. */
const mostWaiting = 1 << 20;
/** Clients have nothing to say, in bytes. */
const mostReceived = 1_024;
/** How often a connection is checked, in milliseconds. */
const pingEveryMs = 30_000;
/** The server stops (RFC 6455, 7.4.1). */
const goingAway = 1001;

interface Upgrade {
  readonly socket: Duplex;
  readonly head: Buffer;
}

export function mountMailpitEvents(app: FastifyInstance, services: MailpitEventServices): void {
  const { events, limitedTo, publicUrl } = services;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: mostReceived, perMessageDeflate: false });
  const upgrades = new WeakMap<IncomingMessage, Upgrade>();
  const stopListening = routeUpgrades(app, upgrades);
  /** Ends the watch of the inbox; undefined while nobody is connected, because watching costs queries. */
  let stopWatching: (() => Promise<void>) | undefined;
  /** Watches that have ended, and may still tell what they saw. */
  const ending = new Set<Promise<void>>();
  const pinging = setInterval(() => checkAll(sockets), pingEveryMs).unref();

  app.get(path, async (request, reply) => {
    // Browsers let pages of any site open a WebSocket.
    if (isCrossSite(request, publicUrl())) throw errors.crossSite();
    const scope = (await limitedTo(request))?.id;
    const upgrade = upgrades.get(request.raw);
    if (!upgrade) throw new MailpitRequestError("Bad Request: this path is a WebSocket");
    if (sockets.clients.size >= mostClients) return reply.code(503).send("too many clients are connected");
    reply.hijack();
    reply.raw.detachSocket(socketOf(upgrade));
    sockets.handleUpgrade(request.raw, upgrade.socket, upgrade.head, (socket) => {
      stopWatching ??= tellChanges(services);
      serve(socket, events, scope);
      socket.on("close", rest);
    });
    return reply;
  });

  function rest(): void {
    if (events.heard || stopWatching === undefined) return;
    const ended = stopWatching().finally(() => ending.delete(ended));
    ending.add(ended);
    stopWatching = undefined;
  }

  app.addHook("preClose", async () => {
    clearInterval(pinging);
    stopListening();
    await Promise.all([stopWatching?.(), ...ending]);
    await events.stop();
    for (const socket of sockets.clients) {
      socket.close(goingAway);
      socket.terminate();
    }
  });
}

const alive = new WeakSet<WebSocket>();

function serve(socket: WebSocket, events: MailboxEvents, scope: number | undefined): void {
  const client = {
    scope,
    send(text: string) {
      if (socket.bufferedAmount > mostWaiting) socket.terminate();
      else socket.send(text);
    },
  };
  alive.add(socket);
  socket.on("pong", () => alive.add(socket));
  socket.on("close", () => events.remove(client));
  // A broken connection or a frame that is too long; `close` follows.
  socket.on("error", () => socket.terminate());
  events.add(client);
}

function checkAll({ clients }: WebSocketServer): void {
  for (const socket of clients) {
    if (!alive.delete(socket)) socket.terminate();
    else socket.ping();
  }
}

/** Makes upgrades to this path requests that the application routes. Returns how to stop it. */
function routeUpgrades(app: FastifyInstance, upgrades: WeakMap<IncomingMessage, Upgrade>): () => void {
  const { server } = app;
  // Without it (before Node 24.9), every request that asks for any upgrade would have to be handled as one.
  if (!("shouldUpgradeCallback" in server)) return () => {};
  const before = { shouldUpgradeCallback: server.shouldUpgradeCallback };
  Object.assign(server, { shouldUpgradeCallback: isForEvents });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrades.set(request, { socket, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socketOf({ socket }));
    response.once("finish", () => socket.end());
    // The HTTP server no longer listens for errors of the connection.
    socket.on("error", () => socket.destroy());
    app.routing(request, response);
  };
  server.on("upgrade", upgrade);
  return () => {
    server.off("upgrade", upgrade);
    Object.assign(server, before);
  };
}

function isForEvents({ url = "", headers, method }: IncomingMessage): boolean {
  return method === "GET" && url.split("?", 1)[0] === path && headers.upgrade?.toLowerCase() === "websocket";
}

/** Node's servers have no other connections. */
function socketOf({ socket }: Pick<Upgrade, "socket">): Socket {
  if (socket instanceof Socket) return socket;
  throw new TypeError("The connection is no socket");
}
