import { generateKeyPairSync } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { callContext, refusalOf } from "../../test/support/operation-call.ts";
import { createSealer } from "../access/sealing/sealer.ts";
import type { Input } from "../contract/types.ts";
import { createResolver } from "../dns/resolver.ts";
import { keyRecord, keyRecordName } from "../mail/dkim/key-record.ts";
import { publicKeyText } from "../mail/dkim/keys.ts";
import { createAccountSettings } from "../operations/account/settings.ts";
import { createEmailIdentity } from "../operations/identities/create-email-identity.ts";
import { getEmailIdentity } from "../operations/identities/get-email-identity.ts";
import type { IdentityServices } from "../operations/identities/identity-services.ts";
import { listEmailIdentities } from "../operations/identities/list-email-identities.ts";
import { putEmailIdentityDkimAttributes } from "../operations/identities/put-email-identity-dkim-attributes.ts";
import { putEmailIdentityDkimSigningAttributes } from "../operations/identities/put-email-identity-dkim-signing-attributes.ts";
import { putEmailIdentityMailFromAttributes } from "../operations/identities/put-email-identity-mail-from-attributes.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import { selectIdentity } from "../stores/postgres/identities.ts";
import { checkNow } from "./check-now.ts";
import { createSigningIdentities, type SigningIdentityOf } from "./signing-identity.ts";
import { type LookServices, verifyDue } from "./verify-due.ts";

describe.each(databases)("verification on $name", ({ open }) => {
  let database: ScopedDatabase;
  let dns: DnsServer;
  let services: IdentityServices;
  let signingIdentityOf: SigningIdentityOf;
  let pass: (resolver?: LookServices["resolver"]) => Promise<void>;
  let now = new Date("2026-11-24T00:00:00Z");

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  beforeEach(async () => {
    dns = await startDnsServer();
    const clock = () => now;
    const sealer = createSealer(Buffer.alloc(32, 1));
    const settings = createAccountSettings({ database, clock, proving: "asked" });
    services = { database, settings, sealer, clock, proving: "asked", verifier: undefined };
    signingIdentityOf = createSigningIdentities({ database, sealer, proving: "asked", clock });
    const ownResolver = createResolver({ servers: [dns.address], dnssec: "off", clock });
    const mailing = { mailer: { send: async () => {} }, mailDomain: "mx.test", publicUrl: () => "http://mx.test" };
    const failed = (error: unknown) => {
      throw error;
    };
    pass = async (resolver = ownResolver) => {
      const verification = { database, sealer, clock, resolver, failed, hostname: "mx.test", ...mailing };
      await verifyDue(verification, new AbortController().signal);
    };
  });
  afterEach(async () => {
    await dns.close();
    await database.query("DELETE FROM email_identities");
  });

  test("a check that began before another one does not replace its result", async () => {
    await create("a.test", { DkimSigningAttributes: { NextSigningKeyLength: "RSA_2048_BIT" } });
    await passAfter(1);
    const resolver = createResolver({ servers: [dns.address], dnssec: "off", clock: () => now });
    const [looked, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    now = new Date(now.getTime() + 24 * 3600_000);
    const passing = pass({
      ...resolver,
      async txt(name) {
        const answer = await resolver.txt(name);
        looked.resolve();
        await goOn.promise;
        return answer;
      },
    });
    await looked.promise;
    await publish();
    const sealer = createSealer(Buffer.alloc(32, 1));
    const fresh = createResolver({ servers: [dns.address], dnssec: "off", clock: () => now });
    const asking = {
      database,
      sealer,
      clock: () => now,
      resolver: fresh,
      hostname: "mx.test",
      proving: "asked",
    } as const;
    expect(await checkNow(asking, "a.test")).toBe(true);
    expect((await get("a.test")).DkimAttributes?.Status).toBe("SUCCESS");
    goOn.resolve();
    await passing;
    expect((await get("a.test")).DkimAttributes?.Status).toBe("SUCCESS");
  });

  const context = callContext();
  const create = (name: string, input: Partial<Input<"CreateEmailIdentity">> = {}) =>
    createEmailIdentity(services)({ EmailIdentity: name, ...input }, context);
  const get = (name: string) => getEmailIdentity(services)({ EmailIdentity: name }, context);
  const putKey = (input: Omit<Input<"PutEmailIdentityDkimSigningAttributes">, "EmailIdentity">) =>
    putEmailIdentityDkimSigningAttributes(services)({ EmailIdentity: "a.test", ...input }, context);
  const passAfter = async (hours: number) => {
    now = new Date(now.getTime() + hours * 3600_000);
    await pass();
  };
  const sends = async (address: string) => (await services.settings.identityOf(address))?.verified;
  const publish = async (which: "dkim" | "nextDkim" = "dkim") => {
    const key = (await selectIdentity(database, "a.test"))?.[which];
    const name = keyRecordName(key?.selector ?? "", "a.test");
    dns.zone.set(name, { TXT: [keyRecord(key?.publicKey ?? "").match(/.{1,255}/g) ?? []] });
    return name;
  };
  const external = (selector = "own") => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const text = privateKey.export({ format: "der", type: "pkcs1" }).toString("base64");
    return {
      record: [keyRecordName(selector, "a.test"), { TXT: [keyRecord(publicKeyText(privateKey))] }] as const,
      attributes: { DomainSigningSelector: selector, DomainSigningPrivateKey: text },
    };
  };

  test("a domain is verified, and signs, once its record is found; it loses that three days after it is gone", async () => {
    const created = await create("a.test");
    expect(created).toMatchObject({ VerifiedForSendingStatus: false, DkimAttributes: { Status: "PENDING" } });
    await pass();
    expect(await get("a.test")).toMatchObject({
      VerifiedForSendingStatus: false,
      VerificationStatus: "PENDING",
      VerificationInfo: { LastCheckedTimestamp: now, ErrorType: "HOST_NOT_FOUND" },
      DkimAttributes: { SigningEnabled: true, Status: "PENDING" },
    });
    expect(await sends("me@a.test")).toBe(false);
    expect(await signingIdentityOf(database.scope, "a.test")).toEqual({ feedbackForwarding: "unproven" });

    const name = await publish();
    await passAfter(1);
    expect(await get("a.test")).toMatchObject({
      VerifiedForSendingStatus: true,
      VerificationStatus: "SUCCESS",
      VerificationInfo: { LastSuccessTimestamp: now },
    });
    expect([await sends("me@sub.a.test"), await sends("me@b.test")]).toEqual([true, undefined]);
    expect((await signingIdentityOf(database.scope, "a.test"))?.feedbackForwarding).toBe("enabled");
    const selector = created.DkimAttributes?.Tokens?.[0];
    for (const identity of ["a.test", "me@a.test"]) {
      expect((await signingIdentityOf(database.scope, identity))?.dkim).toMatchObject({ domain: "a.test", selector });
    }

    dns.zone.set(name, { TXT: ["v=DKIM1; p="] });
    await passAfter(24);
    expect(await get("a.test")).toMatchObject({
      VerifiedForSendingStatus: true,
      VerificationStatus: "TEMPORARY_FAILURE",
      VerificationInfo: { ErrorType: "INVALID_VALUE" },
    });
    expect((await signingIdentityOf(database.scope, "a.test"))?.dkim).toBeUndefined();
    await passAfter(73);
    expect(await get("a.test")).toMatchObject({ VerifiedForSendingStatus: false, VerificationStatus: "FAILED" });
    expect(await sends("me@a.test")).toBe(false);

    await publish();
    await passAfter(24);
    expect((await get("a.test")).VerificationStatus).toBe("FAILED");
    expect(await putKey({ SigningAttributesOrigin: "AWS_SES" })).toEqual({
      DkimStatus: "PENDING",
      DkimTokens: [selector],
    });
    await pass();
    expect((await get("a.test")).VerificationStatus).toBe("SUCCESS");
  });

  test("DNS servers that do not answer stop neither sending nor signing", async () => {
    await create("a.test");
    const name = await publish();
    await pass();
    dns.zone.set(name, { failure: "SERVFAIL" });
    await passAfter(25);
    await passAfter(100);
    expect(await get("a.test")).toMatchObject({
      VerificationStatus: "TEMPORARY_FAILURE",
      VerifiedForSendingStatus: true,
      VerificationInfo: { ErrorType: "DNS_SERVER_ERROR" },
    });
    expect((await signingIdentityOf(database.scope, "a.test"))?.dkim).toBeDefined();
  });

  test("signing can be stopped", async () => {
    await create("a.test");
    await publish();
    await pass();
    const put = (name: string, SigningEnabled: boolean | undefined) =>
      putEmailIdentityDkimAttributes(services)({ EmailIdentity: name, SigningEnabled }, context);
    await put("a.test", undefined);
    expect((await get("a.test")).DkimAttributes).toMatchObject({ SigningEnabled: false, Status: "SUCCESS" });
    now = new Date(now.getTime() + 1000);
    expect((await signingIdentityOf(database.scope, "me@a.test"))?.dkim).toBeUndefined();
    // An address goes by its domain.
    expect(await put("nobody@a.test", true)).toEqual({});
    expect((await get("a.test")).DkimAttributes?.SigningEnabled).toBe(false);
    await put("a.test", true);
    expect((await get("a.test")).DkimAttributes?.SigningEnabled).toBe(true);
    for (const name of ["b.test", "me@b.test"]) {
      const refusal = ["BadRequestException", "Domain b.test is not verified for DKIM signing."];
      expect(await refusalOf(put(name, true))).toEqual(refusal);
    }
  });

  test("a key of another length takes over when its record is found", async () => {
    await create("a.test", { DkimSigningAttributes: { NextSigningKeyLength: "RSA_1024_BIT" } });
    await publish();
    await pass();
    const first = (await get("a.test")).DkimAttributes?.Tokens?.[0] ?? "";
    const longer = { NextSigningKeyLength: "RSA_2048_BIT" } as const;
    const rotation = await putKey({ SigningAttributesOrigin: "AWS_SES", SigningAttributes: longer });
    expect(rotation).toEqual({ DkimStatus: "SUCCESS", DkimTokens: [first, expect.any(String)] });
    // Asked for twice it is the same.
    expect(await putKey({ SigningAttributesOrigin: "AWS_SES", SigningAttributes: longer })).toEqual(rotation);
    expect((await get("a.test")).DkimAttributes).toMatchObject({
      CurrentSigningKeyLength: "RSA_1024_BIT",
      NextSigningKeyLength: "RSA_2048_BIT",
      Status: "SUCCESS",
    });
    await pass();
    expect((await signingIdentityOf(database.scope, "a.test"))?.dkim?.selector).toBe(first);
    await publish("nextDkim");
    await passAfter(1);
    const [, second] = rotation.DkimTokens ?? [];
    expect((await signingIdentityOf(database.scope, "a.test"))?.dkim?.selector).toBe(second);
    expect((await get("a.test")).DkimAttributes).toMatchObject({
      CurrentSigningKeyLength: "RSA_2048_BIT",
      Status: "SUCCESS",
      Tokens: [second],
    });
  });

  test("a key of the caller's replaces one that was found only when it is found, another at once", async () => {
    const mine = external();
    dns.zone.set(...mine.record);
    await create("a.test", { DkimSigningAttributes: mine.attributes });
    expect((await get("a.test")).DkimAttributes).toEqual({
      SigningEnabled: true,
      Status: "PENDING",
      Tokens: ["own"],
      SigningAttributesOrigin: "EXTERNAL",
    });
    await pass();
    expect(await get("a.test")).toMatchObject({ VerificationStatus: "SUCCESS" });

    const other = external("other");
    const put = () => putKey({ SigningAttributesOrigin: "EXTERNAL", SigningAttributes: other.attributes });
    expect(await put()).toEqual({ DkimStatus: "PENDING", DkimTokens: ["other"] });
    expect(await put()).toEqual({ DkimStatus: "PENDING", DkimTokens: ["other"] });
    expect((await get("a.test")).VerifiedForSendingStatus).toBe(true);
    expect((await signingIdentityOf(database.scope, "a.test"))?.dkim?.selector).toBe("own");
    // Back to the one that signs: the other is forgotten.
    const back = await putKey({ SigningAttributesOrigin: "EXTERNAL", SigningAttributes: mine.attributes });
    expect(back).toEqual({ DkimStatus: "SUCCESS", DkimTokens: ["own"] });
    // Under the selector of the one that signs there can be no other beside it.
    const again = external();
    const same = await putKey({ SigningAttributesOrigin: "EXTERNAL", SigningAttributes: again.attributes });
    expect(same).toEqual({ DkimStatus: "PENDING", DkimTokens: ["own"] });
    expect((await get("a.test")).VerifiedForSendingStatus).toBe(false);
    const easy = await putKey({ SigningAttributesOrigin: "AWS_SES" });
    expect(easy).toEqual({ DkimStatus: "PENDING", DkimTokens: [expect.stringMatching(/^[0-9a-f]{32}$/)] });
  });

  test.each<[string, Omit<Input<"PutEmailIdentityDkimSigningAttributes">, "EmailIdentity">, string]>([
    [
      "a length beside a key",
      { SigningAttributesOrigin: "AWS_SES", SigningAttributes: external().attributes },
      "can't",
    ],
    ["no key", { SigningAttributesOrigin: "EXTERNAL" }, "must be specified together"],
    ["an origin elsewhere", { SigningAttributesOrigin: "AWS_SES_EU_WEST_1" }, "there is no other region"],
  ])("%s is refused", async (_, input, text) => {
    await create("a.test");
    const before = await get("a.test");
    expect(await refusalOf(putKey(input))).toEqual(["BadRequestException", expect.stringContaining(text)]);
    expect(await get("a.test")).toEqual(before);
  });

  test("a MAIL FROM domain is used once its MX record leads here, and can stop mail until then", async () => {
    await create("a.test");
    await publish();
    const put = (MailFromDomain: string, BehaviorOnMxFailure?: "REJECT_MESSAGE") =>
      putEmailIdentityMailFromAttributes(services)(
        { EmailIdentity: "a.test", MailFromDomain, BehaviorOnMxFailure },
        context,
      );
    await put("Bounce.a.test", "REJECT_MESSAGE");
    dns.zone.set("bounce.a.test", { MX: [{ exchange: "elsewhere.test", preference: 1 }] });
    await pass();
    expect((await get("a.test")).MailFromAttributes).toEqual({
      MailFromDomain: "bounce.a.test",
      MailFromDomainStatus: "PENDING",
      BehaviorOnMxFailure: "REJECT_MESSAGE",
    });
    now = new Date(now.getTime() + 1000);
    expect((await services.settings.identityOf("me@a.test"))?.refusedMailFrom).toBe("bounce.a.test");
    expect((await signingIdentityOf(database.scope, "a.test"))?.mailFromDomain).toBeUndefined();
    dns.zone.set("bounce.a.test", { MX: [{ exchange: "MX.test", preference: 1 }] });
    await passAfter(1);
    expect((await services.settings.identityOf("me@a.test"))?.refusedMailFrom).toBeUndefined();
    await create("me@a.test");
    for (const name of ["a.test", "me@a.test"]) {
      expect((await signingIdentityOf(database.scope, name))?.mailFromDomain).toBe("bounce.a.test");
    }
    // Found once, it stays found when only the behaviour changes.
    await put("bounce.a.test");
    expect((await get("a.test")).MailFromAttributes).toMatchObject({
      MailFromDomainStatus: "SUCCESS",
      BehaviorOnMxFailure: "USE_DEFAULT_VALUE",
    });
    await put("");
    expect((await get("a.test")).MailFromAttributes).toEqual({ BehaviorOnMxFailure: "USE_DEFAULT_VALUE" });
  });

  test("a list tells what is verified, and filters by it", async () => {
    for (const name of ["a.test", "b.test", "me@a.test", "me@b.test"]) await create(name);
    await publish();
    await pass();
    const list = async (VERIFICATION_STATUS?: "SUCCESS" | "PENDING" | "FAILED") => {
      const answer = await listEmailIdentities(services)({ Filter: { VERIFICATION_STATUS } }, context);
      return (answer.EmailIdentities ?? []).map((identity) => Object.values(identity).slice(1).join(" "));
    };
    const [a, b] = ["a.test true SUCCESS", "b.test false PENDING"];
    expect(await list()).toEqual([a, b, "me@a.test true PENDING", "me@b.test false PENDING"]);
    expect(await list("SUCCESS")).toEqual([a]);
    expect(await list("PENDING")).toEqual([b, "me@a.test true PENDING", "me@b.test false PENDING"]);
    now = new Date(now.getTime() + 24 * 3600_000);
    expect(await list("FAILED")).toEqual(["me@a.test true FAILED", "me@b.test false FAILED"]);
  });
});
