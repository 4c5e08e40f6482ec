import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { identityFacts } from "../../test/support/identity-facts.ts";
import { checkSpf } from "./check-spf.ts";

let server: DnsServer;

beforeAll(async () => {
  server = await startDnsServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.zone.clear();
  server.zone.set("mx.test", { A: ["192.0.2.1"] });
});

const findings = async (returnPath = "bounces.test", sendingHost = "mx.test", dedicated: readonly string[] = []) =>
  (await checkSpf(identityFacts(server, { returnPath, sendingHost, dedicated })))?.map(
    ({ finding, impact }) => `${finding} ${impact}`,
  );

it("wants one record of the return path domain that allows the server", async () => {
  expect(await findings()).toEqual(["spf-record-missing HIGH"]);
  server.zone.set("bounces.test", { TXT: ["v=spf1 ip4:198.51.100.1 -all"] });
  expect(await findings()).toEqual(["spf-server-not-allowed HIGH"]);
  server.zone.set("bounces.test", { TXT: ["v=spf1 a:mx.test -all", "another text"] });
  expect(await findings()).toEqual([]);
  server.zone.set("bounces.test", { TXT: ["v=spf1 a:mx.test -all", "v=spf1 -all"] });
  expect(await findings()).toEqual(["spf-several-records HIGH"]);
});

it("knows nothing if the record, an included one or the server's addresses can't be looked up", async () => {
  for (const failure of ["SERVFAIL", "silence"] as const) {
    server.zone.set("bounces.test", { failure });
    expect(await findings(), failure).toBeUndefined();
  }
  server.zone.set("bounces.test", { TXT: ["v=spf1 include:other.test -all"] });
  server.zone.set("other.test", { failure: "SERVFAIL" });
  expect(await findings()).toBeUndefined();
  server.zone.set("other.test", { TXT: ["v=spf1 ip4:192.0.2.0/24 -all"] });
  expect(await findings()).toEqual([]);
  server.zone.set("mx.test", { failure: "SERVFAIL" });
  expect(await findings()).toBeUndefined();
  expect(await findings("bounces.test", "nowhere.test")).toBeUndefined();
});

it("takes the address of a relay as it is", async () => {
  server.zone.set("bounces.test", { TXT: ["v=spf1 ip6:2001:db8::1 -all"] });
  expect(await findings("bounces.test", "2001:db8::1")).toEqual([]);
  expect(await findings("bounces.test", "2001:db8::2")).toEqual(["spf-server-not-allowed HIGH"]);
});

it("wants the dedicated IP addresses of the account to be allowed, too", async () => {
  server.zone.set("bounces.test", { TXT: ["v=spf1 a:mx.test ip4:192.0.2.7 -all"] });
  expect(await findings("bounces.test", "mx.test", ["192.0.2.7"])).toEqual([]);
  expect(await findings("bounces.test", "mx.test", ["192.0.2.7", "192.0.2.8"])).toEqual([
    "spf-address-not-allowed 192.0.2.8 HIGH",
  ]);
});
