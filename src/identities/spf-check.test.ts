import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { createResolver, type DnsResolver } from "../dns/resolver.ts";
import { aligns, dmarcRecord } from "./dmarc-check.ts";
import { spfAllows } from "./spf-check.ts";

let dns: DnsServer;
let resolver: DnsResolver;

beforeAll(async () => {
  dns = await startDnsServer({
    "host.test": { A: ["192.0.2.1"], AAAA: ["2001:db8::1"] },
    "mail.test": { MX: [{ exchange: "host.test", preference: 10 }] },
    "included.test": { TXT: ["v=spf1 a:host.test -all"] },
    "two.test": { TXT: ["v=spf1 +all", "v=spf1 -all"] },
    "loop.test": { TXT: ["v=spf1 include:loop.test ~all"] },
    "turn.test": { TXT: ["v=spf1 redirect=turn.test"] },
    "plain.test": { TXT: ["nothing to do with it"] },
    "broken.test": { failure: "SERVFAIL" },
    "example.co.uk": { A: ["192.0.2.1"] },
    "_dmarc.example.co.uk": { TXT: ["v=DMARC1; p=reject; sp=quarantine; adkim=s", "other"] },
    "_dmarc.own.example.co.uk": { TXT: ["v=DMARC1;p=none; aspf=s"] },
    "_dmarc.two.test": { TXT: ["v=DMARC1; p=none", "v=DMARC1; p=reject"] },
  });
  resolver = createResolver({ servers: [dns.address], dnssec: "off" });
});
afterAll(() => dns.close());

describe("spfAllows", () => {
  const both = ["192.0.2.1", "2001:db8::1"];
  test.each<[string, readonly string[], boolean]>([
    ["v=spf1 a:host.test -all", both, true],
    ["v=spf1 A:Host.test ~all", both, true],
    ["v=spf1 ip4:192.0.2.0/24 -all", ["192.0.2.1"], true],
    ["v=spf1 ip4:192.0.2.0/24 -all", both, false],
    ["v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 -all", both, true],
    ["v=spf1 mx:mail.test -all", both, true],
    ["v=spf1 a:host.test/16//32 -all", ["192.0.7.7", "2001:db8:1::"], true],
    ["v=spf1 include:included.test -all", both, true],
    ["v=spf1 redirect=included.test", both, true],
    ["v=spf1 -a:host.test +all", both, false],
    ["v=spf1 ?all", both, false],
    ["v=spf1", both, false],
    ["v=spf1 -all", both, false],
    ["v=spf1 include:none.test +all", both, false],
    ["v=spf1 include:loop.test +all", both, false],
    ["v=spf1 redirect=turn.test", both, false],
    ["v=spf1 ip4:nonsense ip4:192.0.2.1/99 -all", both, false],
    ["v=spf1 a:host.test", [], false],
  ])("%s for %j: %s", async (record, addresses, allowed) => {
    const name = `d${dns.questions.length}.test`;
    dns.zone.set(name, { TXT: [record] });
    expect(await spfAllows(resolver, name, addresses)).toBe(allowed);
  });

  test("needs one record", async () => {
    for (const name of ["two.test", "plain.test", "none.test"]) {
      expect(await spfAllows(resolver, name, ["192.0.2.1"])).toBe(false);
    }
    await expect(spfAllows(resolver, "broken.test", ["192.0.2.1"])).rejects.toThrow(/broken.test/);
  });
});

describe("dmarcRecord", () => {
  test("is the domain's own, or that of its organization", async () => {
    expect(await dmarcRecord(resolver, "example.co.uk")).toMatchObject({ policy: "reject", strictDkim: true });
    expect(await dmarcRecord(resolver, "mail.example.co.uk")).toMatchObject({
      name: "_dmarc.example.co.uk",
      policy: "quarantine",
      strictDkim: true,
      strictSpf: false,
    });
    expect(await dmarcRecord(resolver, "own.example.co.uk")).toMatchObject({ policy: "none", strictSpf: true });
    expect(await dmarcRecord(resolver, "two.test")).toBeUndefined();
    expect(await dmarcRecord(resolver, "none.test")).toBeUndefined();
  });

  test("aligns organizations, or domains where it is strict", () => {
    expect(aligns("bounce.example.co.uk", "example.co.uk", false)).toBe(true);
    expect(aligns("bounce.example.co.uk", "example.co.uk", true)).toBe(false);
    expect(aligns("other.co.uk", "example.co.uk", false)).toBe(false);
    expect(aligns("example.co.uk", "example.co.uk", true)).toBe(true);
  });
});
