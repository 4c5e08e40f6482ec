/** A way over the network that can be cut: a TCP proxy on loopback. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A link to a port of this machine. */
export interface NetworkLink extends AsyncDisposable {
  readonly port: number;
  /** How many connections are open on it. */
  open(): number;
  /** Bytes go nowhere from now on, and nobody is told: as when a cable is pulled. */
  cut(): void;
  /** What was open is gone (the other side has rebooted, say: it is reset); new connections work again. */
  mend(): void;
}

/** Makes a link to a port, on a free port unless one is given. */
export async function openLink(target: number, port = 0): Promise<NetworkLink> {
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let isCut = false;
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: "127.0.0.1", port: target, noDelay: true });
    const pair = { near, far };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on("error", end).on("close", end);
    near.on("data", (bytes) => {
      if (!isCut) far.write(bytes);
    });
    far.on("data", (bytes) => {
      if (!isCut) near.write(bytes);
    });
    if (isCut) near.pause();
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the link has no port");
  return {
    port: address.port,
    open: () => pairs.size,
    cut() {
      isCut = true;
    },
    mend() {
      isCut = false;
      for (const { near, far } of [...pairs]) {
        near.resetAndDestroy();
        far.resetAndDestroy();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { near } of [...pairs]) near.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
