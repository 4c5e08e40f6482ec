import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { type DnsServer, startDnsServer } from "../../../test/support/dns-server.ts";
import { impatientResolver } from "../../../test/support/identity-facts.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { createDnsbl } from "../../dnsbl/dnsbl.ts";
import { queryName } from "../../dnsbl/look-up.ts";
import { createOwnAddresses } from "../../dnsbl/own-addresses.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { getBlacklistReports } from "./get-blacklist-reports.ts";

const start = new Date("2026-11-01T12:00:00.000Z");

describe.each(databases)("GetBlacklistReports on $name", ({ open }) => {
  let database: ScopedDatabase;
  let dns: DnsServer;
  let now: Date;

  beforeAll(async () => {
    database = await open();
    dns = await startDnsServer();
  });
  afterAll(async () => {
    await dns?.close();
    await database.close();
  });
  beforeEach(async () => {
    now = start;
    dns.zone.clear();
    dns.zone.set("mx.test", { A: ["192.0.2.1"], AAAA: ["2001:db8::1"] });
    for (const list of ["a.test", "b.test"]) dns.zone.set(queryName(list, "127.0.0.2"), { A: ["127.0.0.2"] });
    await database.query("DELETE FROM dnsbl_listings");
  });

  const ask = (names: string[], zones: readonly string[] = ["a.test", "b.test"]) => {
    const resolver = impatientResolver(dns);
    const lists = zones.map((zone) => ({ name: zone.replace("secret.", ""), zone }));
    const dnsbl = createDnsbl({ lists, resolver, database, clock: () => now, steadyClock: () => new Date() });
    const { scope } = database;
    const ownAddresses = createOwnAddresses({
      ...{ resolver, hostname: "mx.test", defaultScope: scope },
      registered: async () => [
        { address: "192.0.2.7", scope },
        { address: "192.0.2.8", scope: scope + 1 },
      ],
    });
    return getBlacklistReports({ database, dnsbl, ownAddresses })({ BlacklistItemNames: names }, callContext());
  };

  it("answers since when this server has known of listings", async () => {
    const names = ["192.0.2.1", "192.0.2.7", "2001:DB8::1", "192.0.2.1"];
    const empty = { "192.0.2.1": [], "192.0.2.7": [], "2001:DB8::1": [] };
    expect(await ask(names)).toEqual({ BlacklistReport: empty });
    const entry = queryName("b.test", "192.0.2.7");
    dns.zone.set(entry, { A: ["127.0.0.3"], TXT: ["sent spam"] });
    const listing = { RblName: "b.test", ListingTime: start, Description: "sent spam" };
    expect(await ask(names)).toEqual({ BlacklistReport: { ...empty, "192.0.2.7": [listing] } });
    now = new Date(start.getTime() + 3_600_000);
    dns.zone.set(entry, { A: ["127.0.0.3"] });
    expect(await ask(["192.0.2.7"])).toEqual({ BlacklistReport: { "192.0.2.7": [{ ...listing, Description: "" }] } });
    // A second listing after the first has ended.
    dns.zone.delete(entry);
    expect(await ask(["192.0.2.7"])).toEqual({ BlacklistReport: { "192.0.2.7": [] } });
    dns.zone.set(entry, { A: ["127.0.0.3"] });
    expect((await ask(["192.0.2.7"])).BlacklistReport?.["192.0.2.7"]?.[0]?.ListingTime).toEqual(now);
  });

  it("knows IPv6 addresses on lists that have them", async () => {
    dns.zone.set(queryName("a.test", "2001:db8::1"), { A: ["127.0.0.2"] });
    expect(await ask(["2001:db8::1"])).toEqual({ BlacklistReport: { "2001:db8::1": [] } });
    dns.zone.set(queryName("a.test", "::ffff:7f00:2"), { A: ["127.0.0.2"] });
    expect((await ask(["2001:db8::1"])).BlacklistReport?.["2001:db8::1"]).toMatchObject([{ RblName: "a.test" }]);
  });

  it.each([
    ["refuses this resolver", { A: ["127.255.255.254"] }],
    ["fails", { failure: "SERVFAIL" as const }],
    ["doesn't answer", { failure: "silence" as const }],
    ["is parked", { A: ["203.0.113.1"] }],
  ])("is refused if a list %s, even if another has the address", async (_, entry) => {
    dns.zone.set(queryName("a.test", "192.0.2.1"), { A: ["127.0.0.2"] });
    dns.zone.set(queryName("b.test", "192.0.2.1"), entry);
    expect(await refusalOf(ask(["192.0.2.1"]))).toEqual([
      "BadRequestException",
      expect.stringMatching(/^The blocklist b\.test could not be asked about <192\.0\.2\.1>: /),
    ]);
  });

  it("shows no zone that has a name", async () => {
    dns.zone.set(queryName("secret.c.test", "127.0.0.2"), { A: ["127.0.0.2"] });
    dns.zone.set(queryName("secret.c.test", "192.0.2.1"), { A: ["127.0.0.2"] });
    const { BlacklistReport } = await ask(["192.0.2.1"], ["secret.c.test"]);
    expect(BlacklistReport?.["192.0.2.1"]).toMatchObject([{ RblName: "c.test" }]);
    dns.zone.set(queryName("secret.c.test", "192.0.2.1"), { failure: "SERVFAIL" });
    const [, text] = await refusalOf(ask(["192.0.2.1"], ["secret.c.test"]));
    expect(text).toBe("The blocklist c.test could not be asked about <192.0.2.1>: DNS servers don't answer.");
  });

  it("is refused for other addresses, other texts, without lists and without the server's addresses", async () => {
    // The second one is another account's.
    for (const address of ["192.0.2.99", "192.0.2.8"]) {
      expect(await refusalOf(ask(["192.0.2.1", address]))).toEqual([
        "NotFoundException",
        `<${address}> is not an IP address that this server sends from.`,
      ]);
    }
    expect(await refusalOf(ask(["mx.test"]))).toEqual([
      "BadRequestException",
      "BlacklistItemNames has <mx.test>, which is not an IP address.",
    ]);
    expect(await refusalOf(ask(["192.0.2.1"], []))).toEqual([
      "BadRequestException",
      "No blocklists are configured. The setting MAILGLASS_DNSBLS names them.",
    ]);
    dns.zone.set("mx.test", { failure: "SERVFAIL" });
    expect(await refusalOf(ask(["192.0.2.1"]))).toEqual([
      "BadRequestException",
      expect.stringMatching(/^The IP addresses that this server sends from could not be determined: /),
    ]);
  });
});
