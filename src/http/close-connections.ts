/** Closes the connections of an application in order: what is under way is finished first, for a while. */
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

/**
 * Makes closing the application wait for the answers under way, but no longer than `withinMs`: a client may have stopped
 * reading. Node by itself closes each connection whose answer has ended, though most of it may still be in its memory, and
 * keeps one whose answer ends after that for the whole keep-alive time.
 */
export function closeConnectionsInOrder(app: FastifyInstance, withinMs: number): void {
  /** How many answers are under way on each connection. */
  const connections = new Map<Socket, number>();
  let closing = false;
  let finished = () => {};

  app.server.on("connection", (socket: Socket) => {
    connections.set(socket, 0);
    socket.once("close", () => {
      connections.delete(socket);
      if (connections.size === 0) finished();
    });
  });
  app.server.on("request", ({ socket }, response) => {
    connections.set(socket, (connections.get(socket) ?? 0) + 1);
    // Comes when the last byte went to the system, or the connection broke.
    response.once("close", () => {
      const left = (connections.get(socket) ?? 1) - 1;
      if (connections.has(socket)) connections.set(socket, left);
      if (closing && left === 0) socket.destroySoon();
    });
  });
  app.addHook("preClose", async () => {
    closing = true;
    for (const [socket, underWay] of connections) if (underWay === 0) socket.destroy();
    if (connections.size === 0) return;
    const all = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const stopWaiting = new AbortController();
    await Promise.race([all, delay(withinMs, undefined, { signal: stopWaiting.signal }).catch(() => {})]);
    stopWaiting.abort();
    app.server.closeAllConnections();
  });
}
