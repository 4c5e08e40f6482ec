import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { impatientResolver } from "../../test/support/identity-facts.ts";
import { bimiFault, checkBimi } from "./check-bimi.ts";

let server: DnsServer;

beforeAll(async () => {
  server = await startDnsServer();
});
afterAll(() => server.close());
beforeEach(() => server.zone.clear());

const findings = async (domain = "sub.example.com") =>
  (await checkBimi({ domain, resolver: impatientResolver(server) }))?.map(
    ({ finding, impact }) => `${finding} ${impact}`,
  );

it("looks for the record of the domain, or else of its organizational domain", async () => {
  expect(await findings()).toEqual(["bimi-record-missing LOW"]);
  server.zone.set("default._bimi.example.com", { TXT: ["v=BIMI1; l=https://example.com/logo.svg; a="] });
  expect(await findings()).toEqual([]);
  expect(await findings("example.com")).toEqual([]);
  server.zone.set("default._bimi.sub.example.com", { TXT: ["v=BIMI1; l=http://example.com/logo.svg"] });
  expect(await findings()).toEqual(["bimi-record-malformed LOW"]);
  server.zone.set("default._bimi.sub.example.com", { TXT: ["v=BIMI1; l=", "v=BIMI1; l="] });
  expect(await findings()).toEqual(["bimi-record-malformed LOW"]);
  for (const failure of ["SERVFAIL", "silence"] as const) {
    server.zone.set("default._bimi.sub.example.com", { failure });
    expect(await findings(), failure).toBeUndefined();
  }
});

it.each([
  "v=BIMI1; l=https://example.com/logo.svg",
  "v=BIMI1;l=https://example.com/logo.svg;a=https://example.com/vmc.pem;",
  "v=BIMI1; l=; a=;",
])("accepts %j", (record) => {
  expect(bimiFault(record)).toBeUndefined();
});

it.each([
  "",
  "v=BIMI2; l=https://example.com/logo.svg",
  "l=https://example.com/logo.svg; v=BIMI1",
  "v=BIMI1",
  "v=BIMI1; l=logo.svg",
  "v=BIMI1; l=http://example.com/logo.svg",
  "v=BIMI1; l=javascript:alert(1)",
  "v=BIMI1; l=https://example.com/a.svg; l=https://example.com/b.svg",
  "v=BIMI1; l=https://example.com/a.svg; a=vmc.pem",
  "v=BIMI1; logo",
  `v=BIMI1; l=https://example.com/${"a".repeat(5_000)}`,
])("refuses %j", (record) => {
  expect(bimiFault(record)).toEqual(expect.any(String));
});
