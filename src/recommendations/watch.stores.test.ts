/** Recommendations of domains and addresses that open and close as DNS changes, in several scopes. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { eventually } from "../../test/support/eventually.ts";
import { impatientResolver } from "../../test/support/identity-facts.ts";
import { type ScopeUnderTest, threeScopes } from "../../test/support/three-scopes.ts";
import { createSettableClock } from "../common/settable-clock.ts";
import { createDnsbl } from "../dnsbl/dnsbl.ts";
import { queryName } from "../dnsbl/look-up.ts";
import { createOwnAddresses } from "../dnsbl/own-addresses.ts";
import type { RecommendationEvent } from "../publishing/ses-event/render-account-event.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import { deleteIdentity, insertIdentity } from "../stores/postgres/identities.ts";
import { selectRecommendations } from "../stores/postgres/recommendations.ts";
import { checkAddresses } from "./check-addresses.ts";
import { checkDue } from "./check-due.ts";
import { checkEveryMs, retryMs } from "./check-identity.ts";
import { keptMs } from "./kept.ts";
import { startRecommendationWatch } from "./watch.ts";

const start = new Date("2026-11-01T12:00:00.000Z");
const list = "bl.test";

describe.each(databases)("recommendations on $name", ({ open }) => {
  let database: ScopedDatabase;
  let dns: DnsServer;
  let home: ScopeUnderTest;
  let elsewhere: ScopeUnderTest;
  let now: Date;
  let events: { scope: number; event: RecommendationEvent }[];
  let failures: string[];

  beforeAll(async () => {
    database = await open();
    dns = await startDnsServer();
    [home, elsewhere] = await threeScopes(database);
  });
  afterAll(async () => {
    await dns?.close();
    await database.close();
  });
  beforeEach(() => {
    dns.zone.clear();
    dns.questions.length = 0;
    [now, events, failures] = [start, [], []];
    publishGood("example.com");
    dns.zone.set("mx.test", { A: ["192.0.2.1"], AAAA: ["2001:db8::1"], TXT: ["v=spf1 a -all"] });
    dns.zone.set(queryName(list, "127.0.0.2"), { A: ["127.0.0.2"] });
  });
  afterEach(async () => {
    expect(failures).toEqual([]);
    await database.query("DELETE FROM email_identities");
    await database.query("DELETE FROM recommendations");
    await database.query("DELETE FROM dnsbl_listings");
  });

  /** Publishes all records of a domain whose key is `KEY`. */
  function publishGood(domain: string): void {
    dns.zone.set(`s1._domainkey.${domain}`, { TXT: ["v=DKIM1; p=KEY"] });
    dns.zone.set(`_dmarc.${domain}`, { TXT: ["v=DMARC1; p=reject"] });
    dns.zone.set(`default._bimi.${domain}`, { TXT: [`v=BIMI1; l=https://${domain}/logo.svg`] });
  }

  async function addDomain(name = "example.com", { database: of }: ScopeUnderTest = home): Promise<void> {
    const pair = { sealedPrivateKey: new Uint8Array(1), publicKey: "KEY", generatedAt: null };
    const dkim = { origin: "EXTERNAL", selector: "s1", bits: 2048, pair } as const;
    const rest = { configurationSetName: null, tags: [], createdAt: now, dkim };
    expect(await insertIdentity(of, { name, type: "DOMAIN", ...rest }, 1000)).toBe("created");
  }

  function services(proving: "assumed" | "asked" = "assumed", lists: readonly string[] = [list]) {
    const resolver = impatientResolver(dns);
    const clock = () => now;
    return {
      ...{ database, resolver, proving, clock, random: () => 0 },
      ...{ returnPathDomain: "mx.test", sendingHost: "mx.test", scopes: { default: home.scope } },
      dnsbl: createDnsbl({
        lists: lists.map((zone) => ({ name: zone, zone })),
        resolver,
        database,
        clock,
        steadyClock: () => new Date(),
      }),
      ownAddresses: createOwnAddresses(resolver, "mx.test", async () => ["192.0.2.7", "192.0.2.1"]),
      accountEvents: async () => ({
        async write({ scope }: { scope: number }, written: readonly object[]) {
          for (const event of written) if (isRecommendation(event)) events.push({ scope, event });
        },
      }),
      failed: (error: unknown) => failures.push(String(error)),
      log: { info() {}, error: (details: object) => failures.push(JSON.stringify(details)) },
    };
  }
  const isRecommendation = (event: object): event is RecommendationEvent => "recommendation" in event;

  const never = new AbortController().signal;
  const checkAt = async (milliseconds: number, proving?: "assumed" | "asked") => {
    now = new Date(start.getTime() + milliseconds);
    await checkDue(services(proving), never);
  };
  const checkIps = async (milliseconds: number, lists?: readonly string[]) => {
    now = new Date(start.getTime() + milliseconds);
    await checkAddresses(services("assumed", lists), never);
  };
  const listed = async ({ database: of }: ScopeUnderTest = home) =>
    (
      await selectRecommendations(of, { after: undefined, limit: 100, severe: { bounces: 0.1, complaints: 0.005 } })
    ).map(({ resource, description, fixedAt }) => `${resource} ${fixedAt ? "FIXED" : "OPEN"} ${description}`);
  const told = () => events.map(({ event: { type, recommendation } }) => `${type} ${recommendation.type}`);
  const missing = "The DKIM record s1._domainkey.example.com was not found.";

  it("open and close once as the records of a domain change", async () => {
    await addDomain();
    await checkAt(0);
    expect(await listed()).toEqual([]);
    dns.zone.delete("s1._domainkey.example.com");
    dns.zone.set("_dmarc.example.com", { TXT: ["v=DMARC1; p=none"] });
    await checkAt(checkEveryMs - 1);
    expect(await listed()).toEqual([]);
    await checkAt(checkEveryMs);
    const policy = "The DMARC policy of example.com is none: receivers only monitor mail that is not from the domain.";
    expect((await listed()).sort()).toEqual([`example.com OPEN ${missing}`, `example.com OPEN ${policy}`].sort());
    expect(told().sort()).toEqual(["RECOMMENDATION_OPENED DKIM", "RECOMMENDATION_OPENED DMARC"]);
    expect(events[0]).toMatchObject({ scope: home.scope.id, event: { impact: "HIGH", text: missing, at: now } });
    await checkAt(2 * checkEveryMs);
    expect(told()).toHaveLength(2);

    publishGood("example.com");
    await checkAt(3 * checkEveryMs);
    expect(told().slice(2).sort()).toEqual(["RECOMMENDATION_FIXED DKIM", "RECOMMENDATION_FIXED DMARC"]);
    expect(await listed()).toEqual([expect.stringContaining(" FIXED "), expect.stringContaining(" FIXED ")]);
    await checkAt(4 * checkEveryMs);
    expect(told()).toHaveLength(4);

    dns.zone.delete("s1._domainkey.example.com");
    await checkAt(5 * checkEveryMs);
    expect(await listed()).toContain(`example.com OPEN ${missing}`);
    expect(await listed()).toHaveLength(3);
    await checkAt(3 * checkEveryMs + keptMs + 1);
    expect(await listed()).toEqual([`example.com OPEN ${missing}`]);
  });

  it("neither open nor close while DNS servers don't answer, and are looked for sooner", async () => {
    await addDomain();
    const names = ["s1._domainkey.example.com", "_dmarc.example.com", "default._bimi.example.com", "mx.test"];
    const fail = (failure: "SERVFAIL" | "silence") => {
      for (const name of names) dns.zone.set(name, { failure });
    };
    fail("silence");
    await checkAt(0);
    fail("SERVFAIL");
    await checkAt(retryMs);
    expect(await listed()).toEqual([]);
    for (const name of names) dns.zone.delete(name);
    await checkAt(2 * retryMs);
    expect(told().sort()).toEqual(["BIMI", "DKIM", "DMARC", "SPF"].map((type) => `RECOMMENDATION_OPENED ${type}`));
    fail("SERVFAIL");
    await checkAt(2 * retryMs + checkEveryMs);
    expect(told()).toHaveLength(4);
    expect((await listed()).every((line) => line.includes(" OPEN "))).toBe(true);
  });

  it("are looked for soon if a domain's settings change, and only for verified domains and with VDM", async () => {
    await addDomain();
    await checkAt(0, "asked");
    expect(dns.questions).toEqual([]);
    await database.query("UPDATE account SET vdm_enabled = false WHERE scope = $1", [home.scope.id]);
    await checkAt(0);
    expect(dns.questions).toEqual([]);
    await database.query("UPDATE account SET vdm_enabled = true");
    await database.query("UPDATE dkim_keys SET status = 'SUCCESS'");
    await checkAt(0, "asked");
    expect(await listed()).toEqual([]);
    await database.query("UPDATE dkim_keys SET status = 'TEMPORARY_FAILURE', error = 'HOST_NOT_FOUND'");
    await checkAt(1, "asked");
    expect(await listed()).toEqual([`example.com OPEN ${missing}`]);
    await database.query("UPDATE dkim_keys SET status = 'SUCCESS', error = NULL");
    await checkAt(2, "asked");
    expect(await listed()).toEqual([`example.com FIXED ${missing}`]);
    const asked = dns.questions.length;
    await checkAt(3, "asked");
    expect(dns.questions).toHaveLength(asked);
  });

  it("belong to the account and region of the domain, and go with it", async () => {
    dns.zone.delete("s1._domainkey.example.com");
    await addDomain();
    await addDomain("example.com", elsewhere);
    await checkAt(0);
    expect(await listed()).toEqual([`example.com OPEN ${missing}`]);
    expect(events.map(({ scope }) => scope).sort()).toEqual([home.scope.id, elsewhere.scope.id].sort());
    await deleteIdentity(home.database, "example.com");
    expect(await listed()).toEqual([]);
    expect(await listed(elsewhere)).toEqual([`example.com OPEN ${missing}`]);
    await checkAt(checkEveryMs);
    expect(told()).toHaveLength(2);
  });

  it("are opened once if processes compete, and by none if the domain is deleted meanwhile", async () => {
    dns.zone.delete("s1._domainkey.example.com");
    await addDomain();
    await Promise.all([checkAt(0), checkAt(0)]);
    expect(told()).toEqual(["RECOMMENDATION_OPENED DKIM"]);
    publishGood("example.com");
    await Promise.all([checkAt(checkEveryMs), checkAt(checkEveryMs)]);
    expect(told()).toEqual(["RECOMMENDATION_OPENED DKIM", "RECOMMENDATION_FIXED DKIM"]);
    dns.zone.set("s1._domainkey.example.com", { failure: "silence" });
    dns.zone.delete("_dmarc.example.com");
    const checking = checkAt(2 * checkEveryMs);
    await eventually(async () => expect(dns.questions.filter((q) => q.includes("s1._d"))).toHaveLength(5));
    await deleteIdentity(home.database, "example.com");
    await checking;
    expect(await listed()).toEqual([]);
    expect(told()).toHaveLength(2);
  });

  it("of a change and its event are one transaction", async () => {
    dns.zone.delete("s1._domainkey.example.com");
    await addDomain();
    const broken = {
      ...services(),
      accountEvents: async () => ({ write: () => Promise.reject(new Error("killed")) }),
      failed: () => {},
    };
    await checkDue(broken, never);
    expect(await listed()).toEqual([]);
    await checkAt(retryMs);
    expect(told()).toEqual(["RECOMMENDATION_OPENED DKIM"]);
  });

  it("of addresses follow the blocklists", async () => {
    const { zone } = dns;
    const name = queryName(list, "192.0.2.7");
    await checkIps(0);
    expect(await listed()).toEqual([]);
    zone.set(name, { A: ["127.0.0.2"], TXT: ["spam source"] });
    await checkIps(1);
    const text = "The address 192.0.2.7 is on the blocklist bl.test: spam source";
    expect(await listed()).toEqual([`null OPEN ${text}`]);
    expect(events).toMatchObject([
      { scope: home.scope.id, event: { impact: "HIGH", recommendation: { type: "IP_LISTING" } } },
    ]);
    expect(events[0]?.event.recommendation.identity).toBeUndefined();
    // Unknown: the list refuses, doesn't answer, or is broken.
    for (const entry of [{ A: ["127.255.255.254"] }, { failure: "silence" as const }]) {
      zone.set(name, entry);
      await checkIps(2);
      expect(await listed()).toEqual([`null OPEN ${text}`]);
    }
    zone.delete(name);
    zone.delete(queryName(list, "127.0.0.2"));
    await checkIps(3);
    zone.set("mx.test", { failure: "SERVFAIL" });
    await checkIps(4);
    expect(await listed()).toEqual([`null OPEN ${text}`]);
    zone.set("mx.test", { A: ["192.0.2.1"] });
    zone.set(queryName(list, "127.0.0.2"), { A: ["127.0.0.2"] });
    await checkIps(5);
    expect(await listed()).toEqual([`null FIXED ${text}`]);
    zone.set(name, { A: ["127.0.0.2"] });
    await checkIps(6);
    expect(told()).toEqual(["OPENED", "FIXED", "OPENED"].map((what) => `RECOMMENDATION_${what} IP_LISTING`));
    // The list is no longer asked.
    await checkIps(7, []);
    expect(told()).toHaveLength(4);
  });

  it("are checked in the background, and again when the clock moves", async () => {
    await addDomain();
    const settable = createSettableClock(() => now);
    const watch = startRecommendationWatch({
      ...services(),
      clock: settable.now,
      machineClock: () => new Date(),
      clockMoves: settable,
    });
    try {
      await eventually(async () => expect(await database.query("SELECT FROM identity_checks")).toHaveLength(1));
      dns.zone.delete("s1._domainkey.example.com");
      dns.zone.set(queryName(list, "192.0.2.1"), { A: ["127.0.0.2"] });
      settable.set(new Date(start.getTime() + checkEveryMs), { frozen: true, at: now });
      await eventually(async () => expect(await listed()).toHaveLength(2));
      expect(told().sort()).toEqual(["RECOMMENDATION_OPENED DKIM", "RECOMMENDATION_OPENED IP_LISTING"]);
    } finally {
      await watch.stop();
    }
  });

  it("of many domains are found in several rounds", async () => {
    for (let index = 0; index < 101; index++) await addDomain(`d${index}.test`);
    expect(await checkDue(services("assumed"), never)).toBe(true);
    expect(await checkDue(services("assumed"), never)).toBe(false);
    expect(await database.query("SELECT FROM identity_checks")).toHaveLength(101);
  });
});
