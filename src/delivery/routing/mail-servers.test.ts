import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../../test/support/dns-server.ts";
import { createResolver } from "../../dns/resolver.ts";
import { findMailServers } from "./mail-servers.ts";

let dns: DnsServer;
beforeEach(async () => {
  dns = await startDnsServer({
    "example.com": {
      MX: [
        { exchange: "c.example.com", preference: 20 },
        { exchange: "A.example.com.", preference: 10 },
        { exchange: "b.example.com", preference: 10 },
        { exchange: "a.example.com", preference: 30 },
      ],
      secure: true,
    },
    "alone.test": { A: ["192.0.2.1"] },
    "six.test": { AAAA: ["2001:db8::1"] },
    "null.test": { MX: [{ exchange: ".", preference: 0 }], A: ["192.0.2.1"] },
    "odd.test": {
      MX: [
        { exchange: ".", preference: 0 },
        { exchange: "mx.odd.test", preference: 10 },
      ],
    },
    "nonsense.test": { MX: [{ exchange: "not a host", preference: 0 }] },
    "alias.test": { CNAME: "example.com" },
    "nothing.test": { TXT: ["hello"] },
    "broken.test": { failure: "SERVFAIL" },
    "many.test": { MX: Array.from({ length: 25 }, (_, index) => ({ exchange: `mx${index}.test`, preference: index })) },
  });
});
afterEach(() => dns.close());

function find(domain: string, random = () => 0) {
  const resolver = createResolver({ servers: [dns.address], dnssec: "trust", timeoutMillis: 200, attempts: 1 });
  return findMailServers(domain, { resolver, random });
}

const servers = async (domain: string, random?: () => number) => (await find(domain, random)).route?.servers;

describe("the mail servers of a domain", () => {
  it("are tried by preference, equal ones in any order", async () => {
    expect(await servers("example.com")).toEqual(["a.example.com", "b.example.com", "c.example.com"]);
    const lots = [0.5, 0.9, 0.1, 0.5];
    expect(await servers("example.com", () => lots.shift() ?? 0)).toEqual([
      "b.example.com",
      "a.example.com",
      "c.example.com",
    ]);
    expect(await servers("alias.test")).toHaveLength(3);
    expect((await find("example.com")).route?.secure).toBe(true);
    expect(await servers("many.test")).toHaveLength(10);
  });

  it("are the domain itself where there are none", async () => {
    expect(await find("alone.test")).toEqual({ route: { servers: ["alone.test"], secure: false } });
    expect(await servers("six.test")).toEqual(["six.test"]);
    expect(await servers("localhost")).toEqual(["localhost"]);
  });

  it("may be an address", async () => {
    expect(await servers("[192.0.2.7]")).toEqual(["192.0.2.7"]);
    expect(await servers("[IPv6:2001:db8::7]")).toEqual(["2001:db8::7"]);
    for (const bad of ["[192.0.2]", "[IPv6:x]", "[host.test]", "[]"]) {
      expect((await find(bad)).failure, bad).toMatchObject({ permanent: true });
    }
  });

  it("are missing for good, or can't be found out for now", async () => {
    const failures = [
      ["null.test", true, "5.1.10"],
      ["nowhere.test", true, "5.1.2"],
      ["nothing.test", true, "5.1.2"],
      ["nonsense.test", true, "5.4.4"],
      ["broken.test", false, "4.4.3"],
    ] as const;
    for (const [domain, permanent, status] of failures) {
      const { failure } = await find(domain);
      expect(failure, domain).toMatchObject({
        stage: "route",
        permanent,
        status,
        affectsDomain: true,
        reply: undefined,
      });
      expect(failure?.message).toContain(domain);
    }
    expect(await servers("odd.test")).toEqual(["mx.odd.test"]);
  });
});
