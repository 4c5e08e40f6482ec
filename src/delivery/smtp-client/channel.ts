/**
 * Commands to an SMTP server and its replies, over one socket. It is open until the server or this side ends it; the
 * reason is kept, and whatever is read or sent from then on rejects with it.
 *
 * A reply that nothing asked for ends it: the next reply would be taken for the answer to another command. Only a 421 may
 * come at any time (RFC 5321, 3.8).
 */
import type { Socket } from "node:net";
import { createReplyParser, type Reply } from "./reply.ts";

/** The connection is of no use any more. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
  /** What the server said before it closed: a 421 that nothing asked for. */
  readonly farewell: Reply | undefined;
  constructor(message: string, farewell?: Reply) {
    super(message);
    this.farewell = farewell;
  }
}

/** Its end of the connection. */
export interface Channel {
  /** Why it has ended; undefined while it is open. */
  readonly lost: ConnectionLost | undefined;
  /** Sends commands, each with its CRLF, in one write. `replies`: how many they have. */
  send(commands: string, replies: number): void;
  /** The next reply. Rejects with ConnectionLost where none comes in that time; then the connection has ended. */
  read(timeoutMillis: number): Promise<Reply>;
  /**
   * Sends a message, its final dot included; it has one reply. Waits while the server takes no more, for that time at
   * the most for each part. Ends early where the server answers before it has all: whether it did is the result.
   */
  sendMessage(parts: readonly Uint8Array[], timeoutMillis: number): Promise<"sent" | "answered early">;
  /** Calls back once when it ends, at once if it has. */
  onLost(listener: () => void): void;
  /**
   * Gives the socket away, for TLS to begin on it.
   * @throws ConnectionLost where the server has already sent more than it was asked for: it would count as encrypted.
   */
  detach(): Socket;
  /** Says QUIT, and does not wait for the answer. */
  quit(timeoutMillis: number): void;
  /** Ends it at once. */
  destroy(reason: string): void;
}

/** Up to this many octets a message is one write, made of one copy: cheaper than many small parts. */
const oneWrite = 65_536;
/** In octets: how much is handed to the socket before it is asked whether it can take more. */
const blockSize = 262_144;

/**
 * Makes it over a connected socket. `due`: how many replies come by themselves, which is one where a greeting does.
 * `signal` ends it.
 */
export function createChannel(socket: Socket, due: 0 | 1, signal: AbortSignal): Channel {
  let lost: ConnectionLost | undefined;
  let expected: number = due;
  let reader: { resolve: (reply: Reply) => void; reject: (reason: ConnectionLost) => void } | undefined;
  /** Wakes `sendMessage` where it waits. */
  let wake: (() => void) | undefined;
  let lostListener: (() => void) | undefined;
  const arrived: Reply[] = [];

  const parser = createReplyParser((reply) => {
    if (expected === 0) {
      throw new ConnectionLost("The server spoke without being asked.", reply.code === 421 ? reply : undefined);
    }
    expected -= 1;
    if (reader === undefined) {
      arrived.push(reply);
      wake?.();
    } else {
      const { resolve } = reader;
      reader = undefined;
      resolve(reply);
    }
  });

  function end(reason: ConnectionLost): void {
    if (lost !== undefined) return;
    lost = reason;
    signal.removeEventListener("abort", onAbort);
    socket.destroy();
    reader?.reject(reason);
    reader = undefined;
    wake?.();
    lostListener?.();
  }

  const onData = (chunk: Buffer) => {
    if (lost !== undefined) return;
    try {
      parser.push(chunk);
    } catch (error) {
      end(error instanceof ConnectionLost ? error : new ConnectionLost(messageOf(error)));
    }
  };
  const onError = (error: Error) => end(new ConnectionLost(`The connection broke: ${error.message}.`));
  const onClose = () => end(new ConnectionLost("The server closed the connection."));
  const onDrain = () => wake?.();
  const onAbort = () => end(new ConnectionLost("Delivery stops."));
  socket.on("data", onData);
  socket.on("error", onError);
  socket.on("end", onClose);
  socket.on("close", onClose);
  socket.on("drain", onDrain);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();

  /** Until the socket can take more, the server answers or the connection ends. */
  async function roomToWrite(timeoutMillis: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => end(new ConnectionLost("The server takes no more of the message.")), timeoutMillis);
    wake = resolve;
    await promise;
    wake = undefined;
    clearTimeout(timer);
  }

  return {
    get lost() {
      return lost;
    },
    send(commands, replies) {
      if (lost !== undefined) throw lost;
      expected += replies;
      socket.write(commands, "utf8");
    },
    read(timeoutMillis) {
      const reply = arrived.shift();
      if (reply !== undefined) return Promise.resolve(reply);
      if (lost !== undefined) return Promise.reject(lost);
      const { promise, resolve, reject } = Promise.withResolvers<Reply>();
      const timer = setTimeout(() => end(new ConnectionLost("The server did not answer in time.")), timeoutMillis);
      reader = {
        resolve(reply) {
          clearTimeout(timer);
          resolve(reply);
        },
        reject(reason) {
          clearTimeout(timer);
          reject(reason);
        },
      };
      return promise;
    },
    async sendMessage(parts, timeoutMillis) {
      if (lost !== undefined) throw lost;
      expected += 1;
      if (octetsOf(parts) <= oneWrite) {
        socket.write(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));
        return "sent";
      }
      for (const block of blocks(parts)) {
        socket.cork();
        for (const part of block) socket.write(part);
        socket.uncork();
        if (socket.writableNeedDrain) await roomToWrite(timeoutMillis);
        if (arrived.length > 0) return "answered early";
        if (lost !== undefined) throw lost;
      }
      return "sent";
    },
    onLost(listener) {
      if (lost === undefined) lostListener = listener;
      else listener();
    },
    detach() {
      if (lost !== undefined) throw lost;
      if (expected > 0 || arrived.length > 0 || parser.midway) {
        const reason = new ConnectionLost("The server spoke before TLS began.");
        end(reason);
        throw reason;
      }
      socket.off("data", onData);
      socket.off("end", onClose);
      socket.off("close", onClose);
      socket.off("drain", onDrain);
      signal.removeEventListener("abort", onAbort);
      return socket;
    },
    quit(timeoutMillis) {
      if (lost !== undefined) return;
      lost = new ConnectionLost("The connection was closed on this side.");
      signal.removeEventListener("abort", onAbort);
      socket.end("QUIT\r\n");
      const timer = setTimeout(() => socket.destroy(), timeoutMillis);
      socket.once("close", () => clearTimeout(timer));
      lostListener?.();
    },
    destroy(reason) {
      end(new ConnectionLost(reason));
    },
  };
}

function octetsOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** The parts in blocks of about equal size; big parts are divided, none is copied. */
function* blocks(parts: readonly Uint8Array[]): Generator<Uint8Array[]> {
  let block: Uint8Array[] = [];
  let room = blockSize;
  for (const part of parts) {
    for (let start = 0; start < part.length; ) {
      const slice = part.subarray(start, start + room);
      block.push(slice);
      start += slice.length;
      room -= slice.length;
      if (room === 0) {
        yield block;
        block = [];
        room = blockSize;
      }
    }
  }
  if (block.length > 0) yield block;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
