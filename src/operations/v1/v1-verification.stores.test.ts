/** The verification of identities that the API v1 asks for, and what both APIs show of it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { type DnsServer, startDnsServer } from "../../../test/support/dns-server.ts";
import { refusalOf } from "../../../test/support/operation-call.ts";
import { type ScopeUnderTest, threeScopes } from "../../../test/support/three-scopes.ts";
import { v1IdentityCalls } from "../../../test/support/v1-identity-calls.ts";
import { createSealer } from "../../access/sealing/sealer.ts";
import { createResolver } from "../../dns/resolver.ts";
import { checkNow } from "../../identities/check-now.ts";
import { dnsAdvice } from "../../identities/dns-records.ts";
import type { Proving } from "../../identities/status.ts";
import { verifyDue } from "../../identities/verify-due.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";

describe.each(databases)("verification asked for through the API v1 on $name", ({ open }) => {
  let database: ScopedDatabase;
  let own: ScopeUnderTest;
  let elsewhere: ScopeUnderTest;
  let dns: DnsServer;
  let mails: string[];
  let now = new Date("2026-11-24T00:00:00Z");

  beforeAll(async () => {
    database = await open();
    [own, elsewhere] = await threeScopes(database);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    dns = await startDnsServer();
    mails = [];
  });
  afterEach(async () => {
    await dns.close();
    await database.query("DELETE FROM email_identities");
  });

  const sealer = createSealer(Buffer.alloc(32, 1));
  const clock = () => now;
  const resolverOf = () => createResolver({ servers: [dns.address], dnssec: "off", clock });

  const callsOf = (scope: ScopeUnderTest, proving: Proving = "asked") =>
    v1IdentityCalls(scope, clock, () => {}, proving);

  const pass = async () => {
    const mailer = { send: async ({ to }: { to: string }) => void mails.push(to) };
    const failed = (error: unknown) => {
      throw error;
    };
    const hosts = { hostname: "mx.test", mailDomain: "mx.test", publicUrl: () => "http://mx.test" };
    const services = { database, sealer, clock, resolver: resolverOf(), mailer, failed, ...hosts };
    await verifyDue(services, new AbortController().signal);
  };
  const passAfter = async (hours: number) => {
    now = new Date(now.getTime() + hours * 3600_000);
    await pass();
  };
  const sends = async (calls: ReturnType<typeof callsOf>, address: string) =>
    (await calls.settings.identityOf(address))?.verified;

  test("a domain is verified by the TXT record of its token, without a DKIM key", async () => {
    const v1 = callsOf(own);
    const token = await v1.verifyDomain("MÜNCHEN.test");
    expect(token).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    const domain = "xn--mnchen-3ya.test";
    const name = `_amazonses.${domain}`;
    expect(await v1.verification("münchen.test", domain, "unknown.test")).toEqual({
      "münchen.test": { VerificationStatus: "Pending", VerificationToken: token },
      [domain]: { VerificationStatus: "Pending", VerificationToken: token },
    });
    expect(await v1.dkim(domain)).toEqual({
      [domain]: { DkimEnabled: false, DkimVerificationStatus: "NotStarted", DkimTokens: [] },
    });
    expect(await refusalOf(v1.sign(domain, true))).toEqual([
      "BadRequestException",
      `Domain ${domain} is not verified for DKIM signing.`,
    ]);
    await pass();
    expect(await v1.get(domain)).toMatchObject({
      VerificationStatus: "PENDING",
      VerificationInfo: { LastCheckedTimestamp: now, ErrorType: "HOST_NOT_FOUND" },
      DkimAttributes: { Status: "NOT_STARTED", SigningEnabled: false },
    });

    // Other accounts have values at the same name.
    dns.zone.set(name, { TXT: ["other", token ?? ""] });
    await passAfter(1);
    expect(await v1.verification(domain)).toMatchObject({ [domain]: { VerificationStatus: "Success" } });
    expect(await v1.get(domain)).toMatchObject({ VerificationStatus: "SUCCESS", VerifiedForSendingStatus: true });
    expect([await sends(v1, `me@${domain}`), await v1.listed("SUCCESS")]).toEqual([true, [domain]]);

    dns.zone.set(name, { TXT: ["other"] });
    await passAfter(24);
    expect([await sends(v1, `me@${domain}`), await v1.listed("TEMPORARY_FAILURE")]).toEqual([true, [domain]]);
    expect(await v1.verification(domain)).toMatchObject({ [domain]: { VerificationStatus: "TemporaryFailure" } });
    await passAfter(73);
    expect([await sends(v1, `me@${domain}`), await v1.listed("FAILED")]).toEqual([false, [domain]]);
    dns.zone.set(name, { TXT: [token ?? ""] });
    await passAfter(100);
    expect(await v1.verification(domain)).toMatchObject({ [domain]: { VerificationStatus: "Failed" } });

    // Asking again keeps the token, and starts over.
    expect(await v1.verifyDomain(domain)).toBe(token);
    expect(await v1.listed("PENDING")).toEqual([domain]);
    await pass();
    expect(await v1.listed("SUCCESS")).toEqual([domain]);
  });

  test("either of the token's and the key's records is enough", async () => {
    const v1 = callsOf(own);
    const [selector] = (await v1.verifyDkim("a.test")) ?? [];
    expect(selector).toMatch(/^[0-9a-f]{32}$/);
    expect(await v1.verification("a.test")).toEqual({ "a.test": { VerificationStatus: "Pending" } });
    expect(await v1.verifyDkim("A.test")).toEqual([selector]);
    const token = (await v1.verifyDomain("a.test")) ?? "";
    const advice = await dnsAdvice(
      {
        ...{ database: own.database, sealer, clock, resolver: resolverOf() },
        ...{ hostname: "mx.test", returnPathDomain: "mx.test", sendingHost: "mx.test" },
      },
      "a.test",
    );
    const [key, txt] = advice?.records ?? [];
    expect(key).toMatchObject({ type: "TXT", name: `${selector}._domainkey.a.test`, state: "missing" });
    expect(txt).toMatchObject({ type: "TXT", name: "_amazonses.a.test", value: token, state: "missing" });

    dns.zone.set("_amazonses.a.test", { TXT: [token] });
    await passAfter(1);
    expect(await v1.verification("a.test")).toMatchObject({ "a.test": { VerificationStatus: "Success" } });
    expect(await v1.dkim("a.test", "me@a.test")).toEqual({
      "a.test": { DkimEnabled: true, DkimVerificationStatus: "Pending", DkimTokens: [selector] },
    });
    dns.zone.delete("_amazonses.a.test");
    dns.zone.set(key?.name ?? "", { TXT: [(key?.value ?? "").match(/.{1,255}/g) ?? []] });
    await passAfter(24);
    expect(await v1.dkim("a.test")).toMatchObject({ "a.test": { DkimVerificationStatus: "Success" } });
    await passAfter(100);
    expect([await v1.listed("SUCCESS"), await v1.listed("FAILED")]).toEqual([["a.test"], []]);
    expect(await v1.get("a.test")).toMatchObject({ VerificationStatus: "SUCCESS", VerificationInfo: {} });

    await v1.sign("a.test", false);
    expect(await v1.dkim("a.test")).toMatchObject({ "a.test": { DkimEnabled: false } });
    await v1.verifyEmail("me@a.test");
    await v1.sign("me@a.test", true);
    expect(await v1.dkim("me@a.test", "me@a.test", "nobody@a.test", "")).toEqual({
      "me@a.test": { DkimEnabled: false, DkimVerificationStatus: "Success", DkimTokens: [selector] },
    });
  });

  test("a check at once looks for the token, also after it failed", async () => {
    const v1 = callsOf(own);
    const token = (await v1.verifyDomain("a.test")) ?? "";
    await pass();
    await passAfter(80);
    expect(await v1.listed("FAILED")).toEqual(["a.test"]);
    dns.zone.set("_amazonses.a.test", { TXT: [token] });
    now = new Date(now.getTime() + 3600_000);
    const services = { database: own.database, sealer, clock, resolver: resolverOf(), hostname: "mx.test" };
    expect(await checkNow({ ...services, proving: "asked" }, "a.test")).toBe(true);
    expect(await v1.listed("SUCCESS")).toEqual(["a.test"]);
  });

  test("an address gets a mail each time that it is asked for, until it is verified", async () => {
    const v1 = callsOf(own);
    expect(await v1.verifyEmail("Me@A.test")).toEqual({});
    await pass();
    await pass();
    expect(mails).toEqual(["Me@a.test"]);
    await passAfter(25);
    expect(await v1.verification("Me@a.test")).toEqual({ "Me@a.test": { VerificationStatus: "Failed" } });
    await v1.verifyEmail("Me@a.test");
    expect(await v1.verification("Me@a.test")).toEqual({ "Me@a.test": { VerificationStatus: "Pending" } });
    await pass();
    expect(mails).toEqual(["Me@a.test", "Me@a.test"]);
    expect(await v1.verifiedAddresses()).toEqual([]);

    await database.query("UPDATE email_identities SET proven_at = $1", [now]);
    await v1.verifyEmail("Me@a.test");
    await pass();
    expect(mails).toHaveLength(2);
    expect(await v1.verification("Me@a.test")).toEqual({ "Me@a.test": { VerificationStatus: "Success" } });
    expect(await v1.verifiedAddresses()).toEqual(["Me@a.test"]);
  });

  test("belong to a scope", async () => {
    const here = callsOf(own);
    const there = callsOf(elsewhere);
    const tokens = [await here.verifyDomain("a.test"), await there.verifyDomain("a.test")];
    expect(new Set(tokens).size).toBe(2);
    dns.zone.set("_amazonses.a.test", { TXT: [tokens[1] ?? ""] });
    await pass();
    expect([await here.listed("SUCCESS"), await there.listed("SUCCESS")]).toEqual([[], ["a.test"]]);
    await here.setHeaders("a.test", "Bounce", true);
    await here.verifyEmail("me@a.test");
    expect(await there.notifications("a.test", "me@a.test")).toMatchObject({
      "a.test": { HeadersInBounceNotificationsEnabled: false },
    });
    await here.remove("a.test");
    expect([await here.list(), await there.list()]).toEqual([
      { Identities: ["me@a.test"] },
      { Identities: ["a.test"] },
    ]);
    expect(await there.verification("a.test", "me@a.test")).toEqual({
      "a.test": { VerificationStatus: "Success", VerificationToken: tokens[1] },
    });
  });
});
