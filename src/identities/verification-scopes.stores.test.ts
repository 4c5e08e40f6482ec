/** Verification and signing of identities of several accounts and regions, with equal names. */
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { callContext } from "../../test/support/operation-call.ts";
import { type ScopeUnderTest, type ThreeScopes, threeScopes } from "../../test/support/three-scopes.ts";
import { createSealer, SealError } from "../access/sealing/sealer.ts";
import { keyRecord, keyRecordName } from "../mail/dkim/key-record.ts";
import { dkimKeyBytes } from "../mail/dkim/keys.ts";
import { createAccountSettings } from "../operations/account/settings.ts";
import { identityOperations } from "../operations/identities/identity-operations.ts";
import { proveAddress, selectAddressProof } from "../stores/postgres/address-proofs.ts";
import type { Database } from "../stores/postgres/database.ts";
import { selectIdentity } from "../stores/postgres/identities.ts";
import { isMailFromDomain } from "../stores/postgres/mail-from-domains.ts";
import { checkNow } from "./check-now.ts";
import { createSigningIdentities } from "./signing-identity.ts";
import type { VerificationMailer } from "./verification-mail.ts";
import { tokenDigest } from "./verification-mail.ts";
import { verifyDue } from "./verify-due.ts";

const context = callContext();
const sealer = createSealer(Buffer.alloc(32, 1));

describe.each(databases)("verification of identities of several scopes on $name", ({ open }) => {
  let database: Database;
  let scopes: ThreeScopes;
  let now: Date;
  const clock = () => now;
  const sent: Parameters<VerificationMailer["send"]>[0][] = [];
  /** The records that DNS has. */
  const txt = new Map<string, string>();
  const mx = new Set<string>();
  const resolver = {
    txt: async (name: string) => ({ records: [txt.get(name) ?? []].flat(), secure: false }),
    mx: async (name: string) => ({
      records: mx.has(name) ? [{ exchange: "mx.test", preference: 1 }] : [],
      secure: false,
    }),
  };
  const looking = { sealer, clock, resolver, hostname: "mx.test" };

  beforeAll(async () => {
    database = await open();
    scopes = await threeScopes(database);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM email_identities");
    now = new Date("2026-11-24T00:00:00Z");
    sent.length = 0;
    txt.clear();
    mx.clear();
  });

  function callsOf({ scope, database: scoped }: ScopeUnderTest) {
    // Its clock stands still: what is read is used until something is changed.
    const settings = createAccountSettings({ database: scoped, clock: () => new Date(0), proving: "asked" });
    const operations = identityOperations({
      ...{ database: scoped, settings, sealer, clock, proving: "asked", verifier: undefined },
    });
    return {
      ...{ scope, database: scoped, settings, operations },
      create: (EmailIdentity: string, DkimSigningAttributes?: object) =>
        operations.CreateEmailIdentity({ EmailIdentity, DkimSigningAttributes }, context),
      get: (EmailIdentity: string) => operations.GetEmailIdentity({ EmailIdentity }, context),
      status: async (name: string) =>
        (await operations.GetEmailIdentity({ EmailIdentity: name }, context)).VerificationStatus,
      tokens: async (name: string) =>
        (await operations.GetEmailIdentity({ EmailIdentity: name }, context)).DkimAttributes?.Tokens,
      async publish(which: "dkim" | "nextDkim" = "dkim") {
        const key = (await selectIdentity(scoped, "a.test"))?.[which];
        txt.set(keyRecordName(key?.selector ?? "", "a.test"), keyRecord(key?.publicKey ?? ""));
      },
    };
  }

  function three() {
    const [own, elsewhere, other] = scopes;
    return [callsOf(own), callsOf(elsewhere), callsOf(other)] as const;
  }

  async function pass(hours = 1) {
    now = new Date(now.getTime() + hours * 3600_000);
    const failed = (error: unknown) => {
      throw error;
    };
    const mailer: VerificationMailer = { send: async (mail) => void sent.push(mail) };
    const mailing = { mailer, mailDomain: "mx.test", publicUrl: () => "https://mx.test" };
    await verifyDue({ database, ...looking, ...mailing, failed }, new AbortController().signal);
  }

  /** A key of the caller's, with the selector `own`. */
  function callersKey() {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const DomainSigningPrivateKey = privateKey.export({ format: "der", type: "pkcs1" }).toString("base64");
    return { privateKey, attributes: { DomainSigningSelector: "own", DomainSigningPrivateKey } };
  }

  test("domains are verified by the record of their own scope's key, and sign with it", async () => {
    const [own, elsewhere, other] = three();
    for (const one of [own, elsewhere, other]) await one.create("a.test");
    await other.publish();
    await pass();
    const statuses = () => Promise.all([own, elsewhere, other].map((one) => one.status("a.test")));
    expect(await statuses()).toEqual(["PENDING", "PENDING", "SUCCESS"]);
    const signing = createSigningIdentities({ database, sealer, proving: "asked", clock });
    const selectorOf = async ({ scope }: ScopeUnderTest) => (await signing(scope.id, "me@a.test"))?.dkim?.selector;
    expect([await selectorOf(own), await selectorOf(other)]).toEqual([undefined, (await other.tokens("a.test"))?.[0]]);
    expect([await own.settings.identityOf("me@a.test"), await other.settings.identityOf("me@a.test")]).toMatchObject([
      { verified: false },
      { verified: true },
    ]);
    await own.publish();
    await pass();
    expect(await statuses()).toEqual(["SUCCESS", "PENDING", "SUCCESS"]);
    expect([await selectorOf(own), await selectorOf(other)]).toEqual([
      (await own.tokens("a.test"))?.[0],
      (await other.tokens("a.test"))?.[0],
    ]);

    // A check at once, and a key that replaces another, are of one scope too.
    await elsewhere.publish();
    expect(await checkNow({ ...looking, database: elsewhere.database, proving: "asked" }, "a.test")).toBe(true);
    expect(await statuses()).toEqual(["SUCCESS", "SUCCESS", "SUCCESS"]);
    const before = await own.tokens("a.test");
    const SigningAttributes = { NextSigningKeyLength: "RSA_1024_BIT" as const };
    for (const { operations } of [own, other]) {
      await operations.PutEmailIdentityDkimSigningAttributes(
        { EmailIdentity: "a.test", SigningAttributesOrigin: "AWS_SES", SigningAttributes },
        context,
      );
    }
    const rotating = await own.tokens("a.test");
    const next = (await other.tokens("a.test"))?.[1];
    await other.publish("nextDkim");
    await pass();
    expect(await other.tokens("a.test")).toEqual([next]);
    expect(rotating).toEqual([before?.[0], expect.any(String)]);
    expect(await own.tokens("a.test")).toEqual(rotating);
    expect(await selectorOf(own)).toBe(before?.[0]);
  });

  test("a key of the caller's may be the same in two scopes, but is sealed for one", async () => {
    const [own, elsewhere] = three();
    const { privateKey, attributes } = callersKey();
    for (const one of [own, elsewhere]) {
      await one.create("a.test", attributes);
      await one.publish();
    }
    await pass();
    const signing = () => createSigningIdentities({ database, sealer, proving: "asked", clock });
    for (const { scope } of [own, elsewhere]) {
      expect((await signing()(scope.id, "a.test"))?.dkim?.key.equals(privateKey)).toBe(true);
    }
    // Keys from before there were other scopes are sealed so.
    await database.query("UPDATE dkim_keys SET private_key = $1", [
      sealer.seal(dkimKeyBytes(privateKey), "dkim:a.test:own"),
    ]);
    expect((await signing()(own.scope.id, "a.test"))?.dkim?.key.equals(privateKey)).toBe(true);
    await expect(signing()(elsewhere.scope.id, "a.test")).rejects.toThrow(SealError);
  });

  test("each scope mails an address for itself, and its link proves the address there only", async () => {
    const [own, elsewhere, other] = three();
    await own.create("me@a.test");
    await other.create("me@a.test");
    await pass();
    // They are sent at the same time.
    sent.sort((one, another) => one.scope - another.scope);
    expect(sent.map(({ scope, to }) => [scope, to])).toEqual([
      [own.scope.id, "me@a.test"],
      [other.scope.id, "me@a.test"],
    ]);
    const links = sent.map(({ mime }) => /\/identities\/verify\/([\w-]{43})/.exec(Buffer.from(mime).toString())?.[1]);
    const digest = tokenDigest(links[1] ?? "") ?? expect.fail();
    expect(await selectAddressProof(database, digest)).toMatchObject({ name: "me@a.test", provenAt: null });
    await proveAddress(database, digest, now);
    expect([await own.status("me@a.test"), await other.status("me@a.test")]).toEqual(["PENDING", "SUCCESS"]);
    await elsewhere.create("me@a.test");
    await pass();
    expect(sent.slice(2).map(({ scope, to }) => [scope, to])).toEqual([[elsewhere.scope.id, "me@a.test"]]);
  });

  test("a mail for an address that can't be handed over in one scope is sent in the other", async () => {
    const [own, , other] = three();
    await own.create("me@a.test");
    await other.create("me@a.test");
    const failures: [string, number][] = [];
    const failing: VerificationMailer = {
      async send(mail) {
        if (mail.scope === own.scope.id) throw new Error("the disk is full");
        sent.push(mail);
      },
    };
    const failed = (_error: unknown, identity: string, scope: number) => void failures.push([identity, scope]);
    const mailing = { mailer: failing, mailDomain: "mx.test", publicUrl: () => "https://mx.test" };
    await verifyDue({ database, ...looking, ...mailing, failed }, new AbortController().signal);
    expect(failures).toEqual([["me@a.test", own.scope.id]]);
    expect(sent.map(({ scope }) => scope)).toEqual([other.scope.id]);
    await pass();
    expect(sent.map(({ scope }) => scope)).toEqual([other.scope.id, own.scope.id]);
  });

  test("a MAIL FROM domain is of one scope, but its bounces are for any", async () => {
    const [own, elsewhere] = three();
    const EmailIdentity = "a.test";
    for (const one of [own, elsewhere]) {
      await one.create("a.test");
      await one.publish();
    }
    await own.operations.PutEmailIdentityMailFromAttributes({ EmailIdentity, MailFromDomain: "own.a.test" }, context);
    await elsewhere.operations.PutEmailIdentityMailFromAttributes(
      { EmailIdentity, MailFromDomain: "eu.a.test" },
      context,
    );
    mx.add("eu.a.test");
    await pass();
    const statusOf = async (one: typeof own) => (await one.get("a.test")).MailFromAttributes?.MailFromDomainStatus;
    expect([await statusOf(own), await statusOf(elsewhere)]).toEqual(["PENDING", "SUCCESS"]);
    const signing = createSigningIdentities({ database, sealer, proving: "asked", clock });
    expect((await signing(own.scope.id, "a.test"))?.mailFromDomain).toBeUndefined();
    expect((await signing(elsewhere.scope.id, "a.test"))?.mailFromDomain).toBe("eu.a.test");
    const known = () => Promise.all(["own.a.test", "eu.a.test"].map((domain) => isMailFromDomain(database, domain)));
    expect(await known()).toEqual([true, true]);
    await own.operations.PutEmailIdentityMailFromAttributes({ EmailIdentity }, context);
    expect(await known()).toEqual([false, true]);
  });
});
