/**
 * Commands to an SMTP server and its replies, over one socket. The channel is open until either side ends it. It keeps
 * the reason, and later reads and writes fail with it.
 *
 * An unsolicited reply ends the channel, because the following replies would be matched to the wrong commands. Only a
 * 421 may arrive at any time (RFC 5321, 3.8).
 */
import type { Socket } from "node:net";
import { createReplyParser, type Reply } from "./reply.ts";

/** The connection can't be used any more. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
  /** An unsolicited 421 that the server sent before it closed the connection. */
  readonly farewell: Reply | undefined;
  constructor(message: string, farewell?: Reply) {
    super(message);
    this.farewell = farewell;
  }
}

/** The client's end of an SMTP connection. */
export interface Channel {
  /** Why the channel has ended; undefined while it is open. */
  readonly lost: ConnectionLost | undefined;
  /** Sends commands, each with its CRLF, in one write. `replies`: the number of replies to expect. */
  send(commands: string, replies: number): void;
  /** Resolves to the next reply. After the timeout, ends the connection and rejects with ConnectionLost. */
  read(timeoutMillis: number): Promise<Reply>;
  /**
   * Sends a message, including its final dot, and expects one reply. Waits while the server accepts no more data, at
   * most `timeoutMillis` per block. Stops early if the server replies before it has the whole message; the result tells
   * which.
   */
  sendMessage(parts: readonly Uint8Array[], timeoutMillis: number): Promise<"sent" | "answered early">;
  /** Calls back once when the channel ends, immediately if it has ended already. */
  onLost(listener: () => void): void;
  /**
   * Releases the socket so that TLS can start on it.
   * @throws ConnectionLost if the server has already sent more than the expected replies: it would count as encrypted.
   */
  detach(): Socket;
  /** Sends QUIT without waiting for the reply. `timeoutMillis`: when the socket is destroyed if it is still open. */
  quit(timeoutMillis: number): void;
  /** Ends the channel immediately. */
  destroy(reason: string): void;
}

/** In octets. A message up to this size is copied and sent in one write, which is cheaper than many small parts. */
const oneWrite = 65_536;
/** In octets: how much is written to the socket before checking for backpressure. */
const blockSize = 262_144;

/**
 * Creates a channel over a connected socket. `due`: the number of replies to expect before the first command, 1 for a
 * greeting. Aborting `signal` ends the channel.
 */
export function createChannel(socket: Socket, due: 0 | 1, signal: AbortSignal): Channel {
  let lost: ConnectionLost | undefined;
  let expected: number = due;
  let reader: { resolve: (reply: Reply) => void; reject: (reason: ConnectionLost) => void } | undefined;
  /** Wakes a waiting `sendMessage`. */
  let wake: (() => void) | undefined;
  let lostListener: (() => void) | undefined;
  const arrived: Reply[] = [];

  const parser = createReplyParser((reply) => {
    if (expected === 0) {
      throw new ConnectionLost("The server sent an unexpected reply.", reply.code === 421 ? reply : undefined);
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

  /** Waits until the socket drains, the server replies or the connection ends. */
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
        const reason = new ConnectionLost("The server sent data before TLS began.");
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

/** Groups the parts into blocks of about equal size. Splits large parts; copies nothing. */
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
