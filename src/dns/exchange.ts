/**
 * Sends one question to one DNS server: over UDP with EDNS0, or over TCP if the answer is truncated (RFC 1035, 4.2;
 * RFC 6891; RFC 7766). An answer is accepted only if it comes from the queried address to a random port, with a random
 * ID and the same question (RFC 5452).
 */
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import { AUTHENTIC_DATA, type DecodedPacket, decode, encode, type Packet, RECURSION_DESIRED } from "dns-packet";
import { DnsError } from "./dns-error.ts";
import { hasPointerChain } from "./pointer-chain.ts";
import type { ServerAddress } from "./server-address.ts";

/** The record types that are queried. */
export type AskedType = "MX" | "A" | "AAAA" | "TXT" | "CNAME" | "TLSA" | "PTR";

export interface Question {
  /** Without a trailing dot. */
  readonly name: string;
  readonly type: AskedType;
}

export interface ExchangeOptions {
  /** Whether to ask for the server's DNSSEC validation result: with the AD bit only, no signatures (RFC 6840, 5.7). */
  readonly askAuthentic: boolean;
  readonly timeoutMillis: number;
}

/** The server's answer, whatever its response code. */
export interface Reply {
  readonly packet: DecodedPacket;
  /** RCODE (RFC 1035, 4.1.1). */
  readonly code: number;
  /** Its size on the wire. */
  readonly octets: number;
}

/** RCODEs of RFC 1035, 4.1.1. */
export const responseCode = { noError: 0, formatError: 1, noSuchName: 3, notImplemented: 4 } as const;

/** The largest payload that is not fragmented in practice (DNS flag day 2020). */
const udpPayload = 1232;
const headerLength = 12;

/**
 * Queries the server.
 * @throws DnsError if no valid answer arrives in time or the server is unreachable.
 */
export async function exchange(server: ServerAddress, question: Question, options: ExchangeOptions): Promise<Reply> {
  const reply = await ask(server, question, options, true);
  // A server without EDNS0 support (RFC 6891, 7): retry without it.
  if (reply.code === responseCode.formatError || reply.code === responseCode.notImplemented) {
    return await ask(server, question, options, false);
  }
  return reply;
}

async function ask(server: ServerAddress, question: Question, options: ExchangeOptions, edns: boolean): Promise<Reply> {
  const id = randomInt(0x10000);
  const query = encode(queryPacket(id, question, options, edns));
  const reply = await askByUdp(server, query, (octets) => readReply(octets, id, question), options.timeoutMillis);
  if (reply !== "truncated") return reply;
  const whole = await askByTcp(server, query, options.timeoutMillis);
  const read = readReply(whole, id, question);
  if (read === undefined || read === "truncated") throw new DnsError(`${server.address} sent an invalid answer`);
  return read;
}

function queryPacket(id: number, { name, type }: Question, { askAuthentic }: ExchangeOptions, edns: boolean): Packet {
  return {
    type: "query",
    id,
    flags: RECURSION_DESIRED | (askAuthentic ? AUTHENTIC_DATA : 0),
    questions: [{ type, name }],
    additionals: edns
      ? [
          {
            type: "OPT",
            name: ".",
            udpPayloadSize: udpPayload,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  };
}

/** Parses an answer; undefined if it is malformed or doesn't answer this question. */
export function readReply(octets: Buffer, id: number, question: Question): Reply | "truncated" | undefined {
  if (octets.length < headerLength || octets.readUInt16BE(0) !== id) return undefined;
  const flags = octets.readUInt16BE(2);
  if ((flags & 0x8000) === 0) return undefined;
  // Before decoding: a truncated message may end within a record.
  if ((flags & 0x0200) !== 0) return "truncated";
  if (hasPointerChain(octets)) return undefined;
  let packet: DecodedPacket;
  try {
    packet = decode(octets);
  } catch {
    return undefined;
  }
  const code = flags & 0xf;
  const [asked] = packet.questions ?? [];
  const same = asked?.type === question.type && asked.name.toLowerCase() === question.name.toLowerCase();
  // A server that could not parse the question need not repeat it.
  if (!same && !(asked === undefined && code === responseCode.formatError)) return undefined;
  return { packet, code, octets: octets.length };
}

function askByUdp(
  { address, port }: ServerAddress,
  query: Buffer,
  read: (octets: Buffer) => Reply | "truncated" | undefined,
  timeoutMillis: number,
): Promise<Reply | "truncated"> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply | "truncated">();
  let done = false;
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  const timer = setTimeout(() => reject(new DnsError(`${address} did not answer in time`)), timeoutMillis);
  socket.on("error", (error) => reject(new DnsError(`${address} can't be queried: ${error.message}`)));
  socket.on("message", (octets) => {
    const reply = read(octets);
    if (reply !== undefined) resolve(reply);
  });
  // A connected socket: the system drops packets from other addresses and reports a closed port.
  socket.connect(port, address, () => {
    // The timeout may have closed the socket before it was connected.
    if (!done) socket.send(query);
  });
  return promise.finally(() => {
    done = true;
    clearTimeout(timer);
    socket.close();
  });
}

function askByTcp({ address, port }: ServerAddress, query: Buffer, timeoutMillis: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const socket = connect({ host: address, port });
  const timer = setTimeout(() => reject(new DnsError(`${address} did not answer in time over TCP`)), timeoutMillis);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.length);
  socket.write(Buffer.concat([length, query]));
  const chunks: Buffer[] = [];
  let received = 0;
  let awaited: number | undefined;
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    received += chunk.length;
    if (received < 2) return;
    // The length may be in two chunks. All of them are joined only once, since an answer may arrive octet by octet.
    awaited ??= 2 + Buffer.concat(chunks).readUInt16BE(0);
    if (received >= awaited) resolve(Buffer.concat(chunks).subarray(2, awaited));
  });
  socket.on("error", (error) => reject(new DnsError(`${address} can't be queried over TCP: ${error.message}`)));
  socket.on("close", () => reject(new DnsError(`${address} closed the connection before it answered`)));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}
