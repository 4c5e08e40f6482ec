/**
 * Connects to the first of a server's addresses that answers, alternating between IPv6 and IPv4 (RFC 8305, without its
 * cache of past results). Each address gets a head start before the next one is tried in parallel.
 */
import { connect, isIPv6, type Socket } from "node:net";
import type { SmtpTimeouts } from "./timeouts.ts";

/** No address accepted the connection. */
export class DialError extends Error {
  override readonly name = "DialError";
  /** The address that was tried last. */
  readonly address: string;
  /** Whether the local address can't be bound. */
  readonly unbound: boolean;
  constructor(message: string, address: string, unbound = false) {
    super(message);
    this.address = address;
    this.unbound = unbound;
  }
}

/** How many of a server's addresses are tried at most. */
const mostAddresses = 6;

/** Where the servers listen, and the local address to connect from; undefined to let the system choose. */
export interface Endpoints {
  readonly port: number;
  readonly localAddress: string | undefined;
}

/**
 * Connects to a server. With a local address, all `addresses` must be of its family.
 * @throws DialError if no address accepts the connection in time, or if `signal` is aborted first.
 */
export function dial(
  addresses: readonly [string, ...string[]],
  { port, localAddress }: Endpoints,
  timeouts: Pick<SmtpTimeouts, "connect" | "nextAddress">,
  signal: AbortSignal,
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const waiting = inTurns(addresses).slice(0, mostAddresses);
  const trying = new Set<Socket>();
  let headStart: NodeJS.Timeout | undefined;
  let last = new DialError("There is no address.", addresses[0]);
  let done = false;

  function finish(winner: Socket | undefined): void {
    done = true;
    clearTimeout(headStart);
    clearTimeout(limit);
    signal.removeEventListener("abort", onAbort);
    for (const socket of trying) {
      if (socket !== winner) socket.destroy();
    }
    if (winner === undefined) reject(last);
    else resolve(winner);
  }

  function tryNext(): void {
    clearTimeout(headStart);
    const address = waiting.shift();
    if (address === undefined) {
      if (trying.size === 0) finish(undefined);
      return;
    }
    const socket = connect({
      ...(localAddress === undefined ? {} : { localAddress }),
      host: address,
      port,
      noDelay: true,
      keepAlive: true,
    });
    trying.add(socket);
    const onError = (error: Error) => {
      trying.delete(socket);
      const unbound = "syscall" in error && error.syscall === "bind";
      last = new DialError(`${address} can't be connected to: ${error.message}.`, address, unbound);
      if (!done) tryNext();
    };
    socket.on("error", onError);
    socket.once("connect", () => {
      if (done) return;
      socket.off("error", onError);
      finish(socket);
    });
    if (waiting.length > 0) headStart = setTimeout(tryNext, timeouts.nextAddress);
  }

  function giveUp(reason: string): void {
    const [address = addresses[0]] = inTurns(addresses);
    last = new DialError(`${address} ${reason}.`, address);
    finish(undefined);
  }

  const onAbort = () => giveUp("was not connected to, since delivery stops");
  const limit = setTimeout(() => giveUp("did not take the connection in time"), timeouts.connect);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  else tryNext();
  return promise;
}

/** Alternates between IPv6 and IPv4, IPv6 first. Each family keeps the given order. */
function inTurns(addresses: readonly string[]): string[] {
  const six = addresses.filter((address) => isIPv6(address));
  const four = addresses.filter((address) => !isIPv6(address));
  const turns = Math.max(six.length, four.length);
  return Array.from({ length: turns }, (_, turn) => [six[turn], four[turn]])
    .flat()
    .filter((address) => address !== undefined);
}
