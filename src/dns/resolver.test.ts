import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { DnsError } from "./dns-error.ts";
import { createResolver, type DnsResolver, type ResolverOptions } from "./resolver.ts";

let server: DnsServer;
let now: number;

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  server = await startDnsServer({
    "example.com": {
      MX: [
        { exchange: "MX1.example.com", preference: 10 },
        { exchange: "mx2.example.com", preference: 20 },
      ],
      A: ["192.0.2.1"],
      TXT: ["v=spf1 -all", ["parts ", "of ", "one"]],
    },
    "nomail.test": { MX: [{ exchange: ".", preference: 0 }] },
    "mx1.example.com": { A: ["192.0.2.2"], AAAA: ["2001:db8::2"] },
    "alias.test": { CNAME: "example.com" },
    "dangling.test": { CNAME: "nowhere.test" },
    "circle-a.test": { CNAME: "circle-b.test" },
    "circle-b.test": { CNAME: "circle-a.test" },
    "failing.test": { failure: "SERVFAIL" },
    "refusing.test": { failure: "REFUSED" },
    "silent.test": { failure: "silence" },
    "signed.test": { A: ["192.0.2.3"], secure: true },
    "signed-alias.test": { CNAME: "example.com", secure: true },
    "big.test": { TXT: ["x".repeat(200), ["y".repeat(250), "z".repeat(250)]], big: true, secure: true },
    "empty.test": {},
    "_25._tcp.mx1.example.com": {
      TLSA: [{ usage: 3, selector: 1, matchingType: 1, certificate: Buffer.alloc(32, 7) }],
      secure: true,
    },
  });
});

afterEach(() => server.close());

function resolver(options: Partial<ResolverOptions> = {}): DnsResolver {
  const clock = () => new Date(now);
  return createResolver({
    servers: [server.address],
    dnssec: "off",
    clock,
    timeoutMillis: 150,
    attempts: 2,
    ...options,
  });
}

describe("the resolver", () => {
  it("reads records of each type", async () => {
    const dns = resolver();
    expect(await dns.mx("Example.COM")).toEqual({
      records: [
        { exchange: "mx1.example.com", preference: 10 },
        { exchange: "mx2.example.com", preference: 20 },
      ],
      secure: false,
    });
    expect((await dns.txt("example.com")).records).toEqual(["v=spf1 -all", "parts of one"]);
    expect((await dns.addresses("mx1.example.com")).records).toEqual(["2001:db8::2", "192.0.2.2"]);
    expect((await dns.cname("alias.test")).records).toEqual(["example.com"]);
    expect((await dns.tlsa("_25._tcp.mx1.example.com")).records).toEqual([
      { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.alloc(32, 7) },
    ]);
  });

  it("tells a null MX by an empty exchange", async () => {
    expect((await resolver().mx("nomail.test")).records).toEqual([{ exchange: "", preference: 0 }]);
  });

  it("follows aliases", async () => {
    const dns = resolver();
    expect((await dns.mx("alias.test")).records).toHaveLength(2);
    expect((await dns.addresses("alias.test")).records).toEqual(["192.0.2.1"]);
    expect((await dns.addresses("dangling.test")).records).toEqual([]);
    await expect(dns.mx("circle-a.test")).rejects.toThrow(DnsError);
  });

  it("has no records for what does not exist or can't", async () => {
    const dns = resolver();
    const long = `${"a".repeat(64)}.test`;
    for (const name of ["nowhere.test", "empty.test", "", "a..test", long, `${"a.".repeat(130)}test`, "é.test"]) {
      expect(await dns.mx(name), name).toEqual({ records: [], secure: false });
    }
    expect(server.questions).toEqual(["udp MX nowhere.test", "udp MX empty.test"]);
  });

  it("knows localhost by itself", async () => {
    expect((await resolver().addresses("localhost")).records).toEqual(["::1", "127.0.0.1"]);
    expect((await resolver().addresses("a.localhost")).records).toEqual(["::1", "127.0.0.1"]);
    expect(server.questions).toEqual([]);
  });

  it("says that it could not find out", async () => {
    const dns = resolver();
    for (const name of ["failing.test", "refusing.test", "silent.test"]) {
      await expect(dns.mx(name), name).rejects.toThrow(DnsError);
      await expect(dns.addresses(name), name).rejects.toThrow(DnsError);
    }
    const asked = server.questions.filter((question) => question.includes("MX"));
    expect(asked).toEqual(["failing.test", "refusing.test", "silent.test", "silent.test"].map((n) => `udp MX ${n}`));
    await expect(resolver({ servers: ["127.0.0.1:1"] }).mx("example.com")).rejects.toThrow(DnsError);
  });

  it("asks the next server where one does not know", async () => {
    const broken = await startDnsServer({ "example.com": { failure: "SERVFAIL" } });
    try {
      const dns = resolver({ servers: ["127.0.0.1:1", broken.address, server.address] });
      expect((await dns.mx("example.com")).records).toHaveLength(2);
    } finally {
      await broken.close();
    }
  });

  it("asks again over TCP where the answer is cut off", async () => {
    expect((await resolver().txt("big.test")).records).toEqual(["x".repeat(200), "y".repeat(250) + "z".repeat(250)]);
    expect(server.questions).toEqual(["udp TXT big.test", "tcp TXT big.test"]);
  });

  it("takes the server's word on DNSSEC only where it is trusted, and for the whole chain", async () => {
    const trusting = resolver({ dnssec: "trust" });
    expect((await trusting.addresses("signed.test")).secure).toBe(true);
    expect((await trusting.txt("big.test")).secure).toBe(true);
    expect((await trusting.addresses("signed-alias.test")).secure).toBe(false);
    expect((await trusting.addresses("example.com")).secure).toBe(false);
    expect((await resolver().addresses("signed.test")).secure).toBe(false);
  });

  it("keeps answers as long as they last, missing ones for a minute", async () => {
    const dns = resolver();
    const asked = () => server.questions.length;
    await Promise.all([dns.mx("example.com"), dns.mx("EXAMPLE.com"), dns.mx("nowhere.test")]);
    expect(asked()).toBe(2);
    server.zone.set("nowhere.test", { MX: [{ exchange: "mx.nowhere.test", preference: 1 }] });
    now += 59_000;
    expect((await dns.mx("nowhere.test")).records).toEqual([]);
    now += 2_000;
    expect((await dns.mx("nowhere.test")).records).toHaveLength(1);
    await dns.mx("example.com");
    expect(asked()).toBe(3);
    now += 240_000;
    await dns.mx("example.com");
    expect(asked()).toBe(4);
  });

  it("keeps neither failures nor what may not be kept", async () => {
    const dns = resolver();
    await expect(dns.mx("failing.test")).rejects.toThrow(DnsError);
    server.zone.set("failing.test", { MX: [{ exchange: "mx.test", preference: 1 }], ttl: 0 });
    expect((await dns.mx("failing.test")).records).toHaveLength(1);
    server.zone.set("failing.test", {});
    expect((await dns.mx("failing.test")).records).toHaveLength(0);
  });

  it("believes no answer with another id or question, and no garbage", async () => {
    const liar = createSocket("udp4");
    liar.on("message", (query, { port, address }) => {
      const otherId = Buffer.from(query);
      otherId.writeUInt16BE(query.readUInt16BE(0) ^ 1, 0);
      otherId.writeUInt16BE(0x8180, 2);
      const otherName = Buffer.from(query);
      otherName.writeUInt16BE(0x8180, 2);
      otherName.write("f", 13);
      const garbage = Buffer.concat([query.subarray(0, 2), Buffer.from([0x81, 0x80]), Buffer.alloc(40, 0xc0)]);
      const stillAQuery = query;
      for (const lie of [otherId, otherName, garbage, stillAQuery, Buffer.alloc(0), query.subarray(0, 5)]) {
        liar.send(lie, port, address);
      }
    });
    liar.bind(0, "127.0.0.1");
    await once(liar, "listening");
    try {
      const dns = resolver({ servers: [`127.0.0.1:${liar.address().port}`] });
      await expect(dns.mx("example.com")).rejects.toThrow("did not answer in time");
    } finally {
      liar.close();
    }
  });
});
