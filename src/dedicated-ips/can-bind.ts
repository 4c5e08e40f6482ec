import { createServer } from "node:net";

/** Whether this machine has the address: a port of it can be opened. */
export function canBind(address: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen({ host: address, port: 0, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}
