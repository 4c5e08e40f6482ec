import { once } from "node:events";
import { createServer } from "node:net";

// Linux gives outgoing connections, and servers that ask for port 0, a port of 32768 and above
// (net.ipv4.ip_local_port_range): a port from there can be taken between the probe and its use. Those below are ours.
const first = 12_000;
const perWorker = 1_000;
const workers = 20;

let next = Math.floor(Math.random() * perWorker);

/** A port of 127.0.0.1 that nobody listens on, and that the system gives to nobody: for servers that must be told their port. */
export async function freePort(): Promise<number> {
  const worker = Number(process.env.VITEST_POOL_ID ?? 0) % workers;
  for (let tries = 0; tries < perWorker; tries++) {
    const port = first + worker * perWorker + (next++ % perWorker);
    if (await isFree(port)) return port;
  }
  throw new Error("all ports for tests are taken");
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch {
    return false;
  }
  probe.close();
  await once(probe, "close");
  return true;
}
