/** Closes the connections of an application gracefully: finishes responses in progress first, within a time limit. */
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

/**
 * Makes closing the application wait for responses in progress, but no longer than `withinMs`, since a client may have
 * stopped reading. Node itself would close connections whose response has ended but is still mostly in memory, and
 * would keep connections whose response ends later open for the whole keep-alive time.
 */
export function closeConnectionsInOrder(app: FastifyInstance, withinMs: number): void {
  /** The number of responses in progress on each connection. */
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
    // Emitted when the last byte was passed to the operating system, or the connection broke.
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
