import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../../test/support/dns-server.ts";
import { createResolver } from "../../dns/resolver.ts";
import { createMtaSts, type MtaSts } from "./mta-sts.ts";
import { namesServer, policyId, readPolicy } from "./mta-sts-policy.ts";

const file = (mode: string, ...servers: string[]) =>
  `version: STSv1\r\nmode: ${mode}\r\n${servers.map((server) => `mx: ${server}\r\n`).join("")}max_age: 86400\r\n`;

describe("a policy file", () => {
  it("is read", () => {
    expect(readPolicy(file("enforce", "MX.example.com", "*.example.net."))).toEqual({
      mode: "enforce",
      servers: ["mx.example.com", "*.example.net"],
      maxAge: 86_400,
    });
    expect(readPolicy("version:STSv1\nmode:none\nmax_age:99999999999\n")).toBeUndefined();
    expect(readPolicy("max_age: 9999999999\nmode :none\nversion: STSv1\nmode: enforce")).toEqual({
      mode: "none",
      servers: [],
      maxAge: 31_557_600,
    });
  });

  it("is none where it is malformed", () => {
    const bad = [
      "",
      file("enforce"),
      file("on", "mx.test"),
      file("enforce", "not a host"),
      "version: STSv1\nmode: none",
    ];
    bad.push(file("enforce", "a.*.test"), file("enforce", "mx.test").replace("STSv1", "STSv2"), "<html></html>");
    bad.push(file("enforce", "mx.test").replace("86400", "-1"), `mx:${" ".repeat(60_000)}x`);
    for (const text of bad) expect(readPolicy(text), text.slice(0, 100)).toBeUndefined();
  });

  it("names servers, a star one label", () => {
    const policy = { mode: "enforce", servers: ["mx.example.com", "*.example.net"], maxAge: 1 } as const;
    for (const server of ["mx.example.com", "MX.example.com", "a.example.net"]) {
      expect(namesServer(policy, server), server).toBe(true);
    }
    for (const server of ["example.com", "a.mx.example.com", "example.net", "a.b.example.net", "mx", "192.0.2.1"]) {
      expect(namesServer(policy, server), server).toBe(false);
    }
  });

  it("is told of by one record", () => {
    expect(policyId(["hello", "v=STSv1; id=20260101T1;"])).toBe("20260101T1");
    expect(policyId(["v=STSv1;id=a"])).toBe("a");
    for (const texts of [
      [],
      ["v=STSv1"],
      ["v=STSv1; id=a b;"],
      ["v=STSv1; id=a;", "v=STSv1; id=b;"],
      ["v=STSv12; id=a"],
    ]) {
      expect(policyId(texts), texts.join()).toBeUndefined();
    }
  });
});

describe("policies", () => {
  let dns: DnsServer;
  let now: number;
  let fetches: number;
  let served: string | undefined;
  let policies: MtaSts;

  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1);
    fetches = 0;
    served = file("enforce", "mx.test");
    dns = await startDnsServer({ "_mta-sts.example.com": { TXT: ["v=STSv1; id=1;"], ttl: 0 } });
    const clock = () => new Date(now);
    policies = createMtaSts({
      resolver: createResolver({ servers: [dns.address], dnssec: "off", clock, timeoutMillis: 200, attempts: 1 }),
      clock,
      async fetch() {
        fetches += 1;
        if (served === undefined) throw new Error("there is none");
        return served;
      },
    });
  });
  afterEach(() => dns.close());

  const servers = async () => (await policies.policyFor("example.com"))?.servers;

  it("are fetched once, and anew where the id changes", async () => {
    expect(await Promise.all([servers(), servers(), servers()])).toEqual([["mx.test"], ["mx.test"], ["mx.test"]]);
    expect(fetches).toBe(1);
    served = file("enforce", "new.test");
    expect(await servers()).toEqual(["mx.test"]);
    dns.zone.set("_mta-sts.example.com", { TXT: ["v=STSv1; id=2;"], ttl: 0 });
    expect(await servers()).toEqual(["new.test"]);
    expect(fetches).toBe(2);
  });

  it("hold as long as they say, though the domain tells of them no more or fails", async () => {
    await servers();
    served = undefined;
    dns.zone.set("_mta-sts.example.com", { TXT: ["v=STSv1; id=2;"], ttl: 0 });
    expect(await servers()).toEqual(["mx.test"]);
    dns.zone.set("_mta-sts.example.com", { failure: "SERVFAIL" });
    expect(await servers()).toEqual(["mx.test"]);
    dns.zone.delete("_mta-sts.example.com");
    now += 86_399_000;
    expect(await servers()).toEqual(["mx.test"]);
    now += 2000;
    expect(await servers()).toBeUndefined();
  });

  it("that can't be fetched are tried again after minutes", async () => {
    served = undefined;
    expect(await servers()).toBeUndefined();
    served = file("enforce", "mx.test");
    expect(await servers()).toBeUndefined();
    expect(fetches).toBe(1);
    now += 5 * 60_000;
    expect(await servers()).toEqual(["mx.test"]);
  });

  it("are fetched anew in the background after a day", async () => {
    served = file("enforce", "mx.test").replace("86400", "864000");
    await servers();
    now += 9 * 86_400_000;
    await servers();
    await expect.poll(() => fetches).toBe(2);
    now += 9 * 86_400_000;
    expect(await servers()).toEqual(["mx.test"]);
  });

  it("of mode none are none", async () => {
    served = file("none");
    expect(await servers()).toBeUndefined();
    expect(await policies.policyFor("other.test")).toBeUndefined();
    expect(fetches).toBe(1);
  });
});
