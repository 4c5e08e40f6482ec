import { afterAll, beforeAll, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { createResolver, type DnsResolver } from "../dns/resolver.ts";
import { checkReverseDns } from "./reverse-dns.ts";

let dns: DnsServer;
let resolver: DnsResolver;
const six = `${"1.0.0.0.".repeat(1)}${"0.".repeat(20)}8.b.d.0.1.0.0.2.ip6.arpa`;

beforeAll(async () => {
  dns = await startDnsServer({
    "1.2.0.192.in-addr.arpa": { PTR: ["Mail.Example.com."] },
    "2.2.0.192.in-addr.arpa": { PTR: ["host-2.provider.example"] },
    "3.2.0.192.in-addr.arpa": { PTR: ["liar.example.com"] },
    "4.2.0.192.in-addr.arpa": { failure: "SERVFAIL" },
    "5.2.0.192.in-addr.arpa": { PTR: ["broken.example.com"] },
    // Delegated as in RFC 2317.
    "7.2.0.192.in-addr.arpa": { CNAME: "7.0-15.2.0.192.in-addr.arpa" },
    "7.0-15.2.0.192.in-addr.arpa": { PTR: ["first.example.com", "mail.example.com"] },
    [six]: { PTR: ["mail.example.com"] },
    "mail.example.com": { A: ["192.0.2.1", "192.0.2.7"], AAAA: ["2001:DB8:0:0::1"] },
    "liar.example.com": { A: ["192.0.2.99"] },
    "broken.example.com": { failure: "SERVFAIL" },
  });
  resolver = createResolver({ servers: [dns.address], dnssec: "off", timeoutMillis: 500, attempts: 1 });
});
afterAll(() => dns.close());

it.each([
  ["192.0.2.1", "mail.example.com", "ok", ["mail.example.com"]],
  ["192.0.2.7", "mail.example.com", "ok", ["first.example.com", "mail.example.com"]],
  ["2001:db8::1", "mail.example.com", "ok", ["mail.example.com"]],
  ["192.0.2.2", "mail.example.com", "mismatch", ["host-2.provider.example"]],
  ["192.0.2.3", "liar.example.com", "mismatch", ["liar.example.com"]],
  ["192.0.2.6", "mail.example.com", "mismatch", []],
  ["192.0.2.4", "mail.example.com", "unknown", []],
  ["192.0.2.5", "broken.example.com", "unknown", ["broken.example.com"]],
])("%s as %s is %s", async (address, ehloName, state, names) => {
  expect(await checkReverseDns(resolver, { address, ehloName })).toEqual({ state, names });
});
