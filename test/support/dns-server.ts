/**
 * A DNS server on loopback, over UDP and TCP, that knows one table of names. It answers as a recursive resolver does:
 * whole chains of aliases, an SOA record where there is nothing, and the AD bit to those who ask for it.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import {
  type Answer,
  AUTHENTIC_DATA,
  type DecodedPacket,
  decode,
  encode,
  type Question,
  RECURSION_AVAILABLE,
  streamEncode,
  type TlsaData,
  TRUNCATED_RESPONSE,
} from "dns-packet";

/** What there is at a name. */
export interface ZoneEntry {
  MX?: readonly { exchange: string; preference: number }[];
  A?: readonly string[];
  AAAA?: readonly string[];
  /** A text in parts is an array. */
  TXT?: readonly (string | string[])[];
  CNAME?: string;
  PTR?: readonly string[];
  TLSA?: readonly TlsaData[];
  /** In seconds; 300 by default. */
  ttl?: number;
  /** Whether the answer is authenticated by DNSSEC. */
  secure?: boolean;
  /** Whether it fits into no UDP packet. */
  big?: boolean;
  /** Another answer than the records: a failure, or none at all. */
  failure?: "SERVFAIL" | "REFUSED" | "silence";
}

/** Names in lower case. Tests may change it while the server runs. A name that is not in it does not exist. */
export type Zone = Map<string, ZoneEntry>;

/** Puts a record into a zone as Mailglass tells to publish it, beside what else there is at its name. */
export function publishRecord(zone: Zone, record: { type: "MX" | "TXT"; name: string; value: string }): void {
  const { type, name, value } = record;
  const [preference = "", exchange = ""] = value.split(" ");
  const entry: ZoneEntry =
    type === "MX" ? { MX: [{ exchange, preference: Number(preference) }] } : { TXT: [value.match(/.{1,255}/g) ?? []] };
  zone.set(name, { ...zone.get(name), ...entry });
}

/** A running server. */
export interface DnsServer {
  /** As MAILGLASS_DNS_SERVERS wants it. */
  readonly address: string;
  readonly zone: Zone;
  /** What was asked, such as `udp MX example.com`, oldest first. */
  readonly questions: string[];
  close(): Promise<void>;
}

const longestChain = 5;
const codes = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

/** Starts it on a free port. */
export async function startDnsServer(entries: Readonly<Record<string, ZoneEntry>> = {}): Promise<DnsServer> {
  const zone: Zone = new Map(Object.entries(entries));
  const questions: string[] = [];
  const tcp = createServer((socket) => {
    let waiting = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
        const end = 2 + waiting.readUInt16BE(0);
        const answer = respond(decode(waiting.subarray(2, end)), "tcp");
        if (answer !== undefined) socket.write(streamEncode(answer));
        waiting = waiting.subarray(end);
      }
    });
  });
  tcp.listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket("udp4");
  udp.on("message", (octets, from) => {
    const answer = respond(decode(octets), "udp");
    if (answer !== undefined) udp.send(encode(answer), from.port, from.address);
  });
  udp.bind(port, "127.0.0.1");
  await once(udp, "listening");

  function respond(query: DecodedPacket, way: "udp" | "tcp") {
    const [question] = query.questions ?? [];
    if (question === undefined) return undefined;
    questions.push(`${way} ${question.type} ${question.name}`);
    return answerTo(zone, query, question, way);
  }

  return {
    address: `127.0.0.1:${port}`,
    zone,
    questions,
    async close() {
      udp.close();
      tcp.close();
      await once(tcp, "close");
    },
  };
}

function answerTo(zone: Zone, query: DecodedPacket, question: Question, way: "udp" | "tcp") {
  const { answers, entries } = chain(zone, question);
  const failure = entries.map((entry) => entry?.failure).find((failure) => failure !== undefined);
  if (failure === "silence") return undefined;
  const secure = query.flag_ad && entries.every((entry) => entry?.secure === true);
  const truncated = way === "udp" && entries.some((entry) => entry?.big === true);
  const code = failure !== undefined ? codes[failure] : entries.includes(undefined) ? codes.NXDOMAIN : 0;
  // Of aliases in a circle it says nothing more.
  const nothing = answers.length < longestChain && !answers.some((answer) => answer.type === question.type);
  return {
    type: "response" as const,
    id: query.id,
    flags: RECURSION_AVAILABLE | (secure ? AUTHENTIC_DATA : 0) | (truncated ? TRUNCATED_RESPONSE : 0) | code,
    questions: [question],
    answers: truncated || failure !== undefined ? [] : answers,
    authorities: nothing && failure === undefined ? [soa(question.name)] : [],
  };
}

/** The records, and the entries that were passed on the way; undefined for a name that does not exist. */
function chain(zone: Zone, { name, type }: Question): { answers: Answer[]; entries: (ZoneEntry | undefined)[] } {
  const answers: Answer[] = [];
  const entries: (ZoneEntry | undefined)[] = [];
  for (let current = name.toLowerCase(); entries.length < longestChain; ) {
    const entry = zone.get(current);
    entries.push(entry);
    const ttl = entry?.ttl ?? 300;
    if (entry?.CNAME === undefined) {
      if (entry !== undefined) answers.push(...recordsOf(current, type, entry, ttl));
      break;
    }
    answers.push({ name: current, type: "CNAME", ttl, data: entry.CNAME });
    if (type === "CNAME") break;
    current = entry.CNAME;
  }
  return { answers, entries };
}

function recordsOf(name: string, type: Question["type"], entry: ZoneEntry, ttl: number): Answer[] {
  switch (type) {
    case "MX":
      return (entry.MX ?? []).map((data) => ({ name, type, ttl, data }));
    case "A":
      return (entry.A ?? []).map((data) => ({ name, type, ttl, data }));
    case "AAAA":
      return (entry.AAAA ?? []).map((data) => ({ name, type, ttl, data }));
    case "TXT":
      return (entry.TXT ?? []).map((data) => ({ name, type, ttl, data }));
    case "PTR":
      return (entry.PTR ?? []).map((data) => ({ name, type, ttl, data }));
    case "TLSA":
      return (entry.TLSA ?? []).map((data) => ({ name, type, ttl, data }));
    default:
      return [];
  }
}

function soa(name: string): Answer {
  return {
    name,
    type: "SOA",
    ttl: 900,
    data: { mname: "ns.test", rname: "root.test", serial: 1, refresh: 900, retry: 900, expire: 900, minimum: 900 },
  };
}
