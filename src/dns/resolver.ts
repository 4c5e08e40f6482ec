/**
 * Queries DNS servers for the records of mail domains. Uses its own client for all types, since `node:dns` doesn't
 * report whether an answer was authenticated (AD), and returns no TTLs for most types.
 */

import { getServers } from "node:dns";
import type { DecodedPacket, Answer as PacketAnswer } from "dns-packet";
import { steadyClock } from "../common/steady-clock.ts";
import { type AnswerCache, createAnswerCache, type Lasting } from "./answer-cache.ts";
import { DnsError } from "./dns-error.ts";
import { type AskedType, exchange, type Question, type Reply, responseCode } from "./exchange.ts";
import { isDomainName, localAddresses, reverseName } from "./names.ts";
import { serverAddress } from "./server-address.ts";

/** A mail server of a domain (RFC 5321, 5.1). */
export interface MxRecord {
  /** In lower case, without a trailing dot; empty if the domain accepts no mail (RFC 7505). */
  readonly exchange: string;
  /** Lower values are tried first. */
  readonly preference: number;
}

/** Constrains a server's certificate (RFC 6698, 2.1). */
export interface TlsaRecord {
  readonly usage: number;
  readonly selector: number;
  readonly matchingType: number;
  readonly certificate: Uint8Array;
}

export interface Answer<Record> {
  /** Empty if the name or the record doesn't exist. */
  readonly records: readonly Record[];
  /** Whether the resolver validated it with DNSSEC and is trusted (MAILGLASS_DNSSEC=trust). */
  readonly secure: boolean;
}

/** Names must be in ASCII. The functions reject only with DnsError. */
export interface DnsResolver {
  /** The mail servers in the order of the answer. */
  mx(name: string): Promise<Answer<MxRecord>>;
  /** IPv6 and IPv4 addresses; only one kind if the query for the other failed. */
  addresses(name: string): Promise<Answer<string>>;
  /** IPv4 addresses only. */
  ipv4(name: string): Promise<Answer<string>>;
  /** The texts, each with its parts concatenated. */
  txt(name: string): Promise<Answer<string>>;
  /** The target of the alias, which is not followed further. */
  cname(name: string): Promise<Answer<string>>;
  /** The names of an address. */
  ptr(address: string): Promise<Answer<string>>;
  /** For a name such as `_25._tcp.mx.example.com`. */
  tlsa(name: string): Promise<Answer<TlsaRecord>>;
}

export interface ResolverOptions {
  /** In the format of MAILGLASS_DNS_SERVERS; empty for the system's servers. */
  readonly servers: readonly string[];
  readonly dnssec: "off" | "trust";
  readonly clock?: () => Date;
  /** The timeout per query to a server, in milliseconds. */
  readonly timeoutMillis?: number;
  /** The maximum number of queries to a server that doesn't answer. */
  readonly attempts?: number;
}

/** In entries. Large answers (in bytes) are not cached, so this also bounds the memory. */
const cacheSize = 20_000;
const bigAnswer = 4096;
/** In seconds: a change is seen within an hour, a record that was missing (RFC 2308) within a minute. */
const longestTtl = 3600;
const longestNegativeTtl = 60;
/** The maximum number of aliases to follow. */
const longestChain = 8;

/** Creates a resolver with an empty cache. */
export function createResolver(options: ResolverOptions): DnsResolver {
  const { dnssec, clock = steadyClock, timeoutMillis = 2500, attempts = 3 } = options;
  const named = options.servers.length > 0 ? options.servers : getServers();
  const servers = named.map(serverAddress);
  const cache: AnswerCache<Found> = createAnswerCache({ size: cacheSize, clock });
  const asking = { askAuthentic: dnssec === "trust", timeoutMillis };

  /** Queries the servers in turn until one has a result. Retries only those that didn't answer, not error codes. */
  async function reply(question: Question): Promise<Reply> {
    let silent = servers;
    let last = new DnsError("no DNS servers are configured");
    for (let attempt = 0; attempt < attempts && silent.length > 0; attempt += 1) {
      const stillSilent: typeof servers = [];
      for (const server of silent) {
        try {
          const given = await exchange(server, question, asking);
          if (given.code === responseCode.noError || given.code === responseCode.noSuchName) return given;
          last = new DnsError(`${server.address} answered with response code ${given.code}`);
        } catch (error) {
          if (!(error instanceof DnsError)) throw error;
          stillSilent.push(server);
          last = error;
        }
      }
      silent = stillSilent;
    }
    throw new DnsError(`the ${question.type} query for ${question.name} failed: ${last.message}`);
  }

  async function find(question: Question): Promise<Lasting<Found>> {
    const { packet, octets } = await reply(question);
    const found = readAnswer(packet, question);
    const secure = dnssec === "trust" && packet.flag_ad;
    return { value: { ...found, secure }, ttl: octets > bigAnswer ? 0 : found.ttl };
  }

  /** The records of the name, or of the target of its alias. */
  async function records(type: AskedType, name: string): Promise<Answer<PacketAnswer>> {
    let current = name.toLowerCase();
    let secure = true;
    for (let links = 0; links < longestChain; links += 1) {
      // `localhost` is never queried (RFC 6761, 6.3).
      if (!isDomainName(current) || localAddresses(current) !== undefined) return { records: [], secure: false };
      const question = { name: current, type };
      const found = await cache.get(`${type} ${current}`, () => find(question));
      secure &&= found.secure;
      if (found.alias === undefined) return { records: found.records, secure };
      current = found.alias;
    }
    throw new DnsError(`${name} has too long a chain of aliases`);
  }

  async function addressesOf(name: string): Promise<Answer<string>> {
    const [six, four] = await Promise.allSettled([records("AAAA", name), records("A", name)]);
    const answers = [six, four].flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const addresses = answers.flatMap((answer) =>
      answer.records.flatMap((record) => (record.type === "A" || record.type === "AAAA" ? [record.data] : [])),
    );
    const failed = [six, four].find((result) => result.status === "rejected");
    if (failed !== undefined && addresses.length === 0) throw failed.reason;
    return { records: addresses, secure: failed === undefined && answers.every(({ secure }) => secure) };
  }

  return {
    async mx(name) {
      const answer = await records("MX", name);
      return pick(answer, (record) =>
        record.type === "MX"
          ? { exchange: hostName(record.data.exchange), preference: record.data.preference ?? 0 }
          : undefined,
      );
    },
    async addresses(name) {
      const local = localAddresses(name);
      return local === undefined ? await addressesOf(name) : { records: local, secure: false };
    },
    async ipv4(name) {
      return pick(await records("A", name), (record) => (record.type === "A" ? record.data : undefined));
    },
    async txt(name) {
      return pick(await records("TXT", name), (record) => (record.type === "TXT" ? joined(record.data) : undefined));
    },
    async cname(name) {
      return pick(await records("CNAME", name), (record) =>
        record.type === "CNAME" ? hostName(record.data) : undefined,
      );
    },
    async ptr(address) {
      return pick(await records("PTR", reverseName(address)), (record) =>
        record.type === "PTR" ? hostName(record.data) : undefined,
      );
    },
    async tlsa(name) {
      return pick(await records("TLSA", name), (record) => (record.type === "TLSA" ? record.data : undefined));
    },
  };
}

interface Found extends Answer<PacketAnswer> {
  /** The name to query next if the answer ends with an alias. */
  readonly alias: string | undefined;
}

/** Follows aliases within the answer; a resolver returns the whole chain (RFC 1034, 4.3.2). */
function readAnswer(packet: DecodedPacket, { name, type }: Question): Omit<Found, "secure"> & { ttl: number } {
  const answers = packet.answers ?? [];
  let current = name;
  let ttl = longestTtl;
  let links = 0;
  for (; links < longestChain; links += 1) {
    const here = answers.filter((answer) => answer.name.toLowerCase() === current);
    const records = here.filter((answer) => answer.type === type);
    if (records.length > 0) return { records, alias: undefined, ttl: Math.min(ttl, ...records.map(ttlOf)) };
    const alias = here.find((answer) => answer.type === "CNAME");
    if (alias?.type !== "CNAME") break;
    ttl = Math.min(ttl, ttlOf(alias));
    current = hostName(alias.data);
  }
  const told = (packet.authorities ?? []).some((answer) => answer.type === "SOA");
  // The answer says nothing about the alias's target, neither that it exists nor that it doesn't.
  if (links > 0 && !told && !isNoSuchName(packet)) return { records: [], alias: current, ttl };
  return { records: [], alias: undefined, ttl: Math.min(ttl, negativeTtl(packet)) };
}

function isNoSuchName(packet: DecodedPacket): boolean {
  return ((packet.flags ?? 0) & 0xf) === responseCode.noSuchName;
}

/** The TTL of a negative answer (RFC 2308, 5). */
function negativeTtl(packet: DecodedPacket): number {
  for (const answer of packet.authorities ?? []) {
    if (answer.type === "SOA") return Math.min(ttlOf(answer), answer.data.minimum ?? 0, longestNegativeTtl);
  }
  return 0;
}

function ttlOf(answer: PacketAnswer): number {
  const ttl = answer.type === "OPT" ? 0 : (answer.ttl ?? 0);
  // A TTL with the top bit set means zero (RFC 2181, 8).
  return ttl > 0x7fffffff ? 0 : ttl;
}

function hostName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function joined(parts: string | Buffer | (string | Buffer)[]): string {
  const list = Array.isArray(parts) ? parts : [parts];
  return Buffer.concat(list.map((part) => (typeof part === "string" ? Buffer.from(part) : part))).toString();
}

function pick<Record>(
  { records, secure }: Answer<PacketAnswer>,
  read: (record: PacketAnswer) => Record | undefined,
): Answer<Record> {
  return { records: records.map(read).filter((record) => record !== undefined), secure };
}
