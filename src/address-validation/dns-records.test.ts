import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { createResolver } from "../dns/resolver.ts";
import { createDnsRecords } from "./dns-records.ts";

describe("HasValidDnsRecords", () => {
  let dns: DnsServer;
  let now = 0;
  const clock = () => new Date(now);
  const create = () => {
    const resolver = createResolver({ servers: [dns.address], dnssec: "off", clock, timeoutMillis: 50, attempts: 1 });
    return createDnsRecords({ resolver, clock });
  };

  beforeAll(async () => {
    dns = await startDnsServer({
      "mx.example": { MX: [{ exchange: "mail.mx.example", preference: 10 }] },
      "a.example": { A: ["192.0.2.1"] },
      "aaaa.example": { AAAA: ["2001:db8::1"] },
      "alias.example": { CNAME: "mx.example" },
      "null.example": { MX: [{ exchange: ".", preference: 0 }], A: ["192.0.2.1"] },
      "text.example": { TXT: ["only a text"] },
      "failing.example": { failure: "SERVFAIL" },
      "refused.example": { failure: "REFUSED" },
      "silent.example": { failure: "silence" },
    });
  });
  afterAll(() => dns.close());

  it.each([
    ["mx.example", "HIGH"],
    ["a.example", "HIGH"],
    ["aaaa.example", "HIGH"],
    ["alias.example", "HIGH"],
    ["null.example", "LOW"],
    ["text.example", "LOW"],
    ["missing.example", "LOW"],
    ["failing.example", undefined],
    ["refused.example", undefined],
    ["silent.example", undefined],
  ])("of %s is %s", async (domain, verdict) => {
    expect(await create().hasValidDnsRecords(domain)).toBe(verdict);
  });

  it("asks once for a domain, and again after a while", async () => {
    const { hasValidDnsRecords } = create();
    const asked = () => dns.questions.filter((question) => question.endsWith("failing.example")).length;
    const before = asked();
    await Promise.all(Array.from({ length: 20 }, () => hasValidDnsRecords("failing.example")));
    expect(asked()).toBe(before + 1);
    now += 31_000;
    dns.zone.set("failing.example", { A: ["192.0.2.1"] });
    expect(await hasValidDnsRecords("failing.example")).toBe("HIGH");
  });
});
