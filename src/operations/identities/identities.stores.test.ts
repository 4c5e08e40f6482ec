import type { CreateEmailIdentityCommandInput } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { createSealer } from "../../access/sealing/sealer.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { AccountSettings } from "../account/settings.ts";
import { createAccountSettings } from "../account/settings.ts";
import { createConfigurationSet } from "../configuration-sets/create-configuration-set.ts";
import { createEmailIdentity } from "./create-email-identity.ts";
import { deleteEmailIdentity } from "./delete-email-identity.ts";
import { getEmailIdentity } from "./get-email-identity.ts";
import type { IdentityServices } from "./identity-services.ts";

const now = new Date("2026-11-24T10:00:00Z");

describe.each(databases)("email identities on $name", ({ open }) => {
  let database: ScopedDatabase;
  let settings: AccountSettings;
  let services: IdentityServices;

  beforeAll(async () => {
    database = await open();
    // The clock stands still: what is read is used until something is changed.
    settings = createAccountSettings({ database, clock: () => new Date(0) });
    services = {
      database,
      settings,
      clock: () => now,
      verifier: undefined,
      sealer: createSealer(Buffer.alloc(32, 1)),
      // As where nothing leaves.
      proving: "assumed",
    };
    await createConfigurationSet({ database, settings, verification: "off" })(
      { ConfigurationSetName: "default" },
      context,
    );
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM email_identities");
    settings.invalidate("identities");
  });

  const context = callContext();
  const create = (name: string, input: Partial<CreateEmailIdentityCommandInput> = {}) =>
    createEmailIdentity(services)({ EmailIdentity: name, ...input }, context);
  const get = (name: string) => getEmailIdentity(services)({ EmailIdentity: name }, context);
  const remove = (name: string) => deleteEmailIdentity(services)({ EmailIdentity: name }, context);

  const dkim = { SigningEnabled: false, Status: "NOT_STARTED" };

  test("an address is made, read and deleted", async () => {
    expect(await create("Foo@Example.COM")).toEqual({ IdentityType: "EMAIL_ADDRESS", VerifiedForSendingStatus: true });
    expect(await get("Foo@EXAMPLE.com")).toEqual({
      IdentityType: "EMAIL_ADDRESS",
      FeedbackForwardingStatus: true,
      VerifiedForSendingStatus: true,
      VerificationStatus: "SUCCESS",
      VerificationInfo: {},
      DkimAttributes: dkim,
      MailFromAttributes: { BehaviorOnMxFailure: "USE_DEFAULT_VALUE" },
      Policies: {},
      Tags: [],
    });
    expect(await remove("Foo@example.com")).toEqual({});
    expect(await refusalOf(get("Foo@example.com"))).toEqual([
      "NotFoundException",
      "Email identity Foo@example.com does not exist.",
    ]);
  });

  test("a domain shows its key, default set and tags", async () => {
    const tags = [
      { Key: "z", Value: "1" },
      { Key: "a", Value: "" },
    ];
    const created = await create("MÜNCHEN.example", {
      Tags: tags,
      ConfigurationSetName: "default",
      DkimSigningAttributes: { NextSigningKeyLength: "RSA_2048_BIT" },
    });
    const ownDkim = {
      SigningEnabled: true,
      Status: "SUCCESS",
      Tokens: [expect.stringMatching(/^[0-9a-f]{32}$/)],
      SigningAttributesOrigin: "AWS_SES",
      NextSigningKeyLength: "RSA_2048_BIT",
      CurrentSigningKeyLength: "RSA_2048_BIT",
      LastKeyGenerationTimestamp: now,
    };
    expect(created).toEqual({ IdentityType: "DOMAIN", VerifiedForSendingStatus: true, DkimAttributes: ownDkim });
    for (const name of ["münchen.example", "XN--MNCHEN-3YA.example"]) {
      expect(await get(name)).toMatchObject({
        IdentityType: "DOMAIN",
        DkimAttributes: ownDkim,
        ConfigurationSetName: "default",
        Tags: tags,
      });
    }
  });

  test("a name that is taken is refused before anything else is looked at", async () => {
    await create("example.com");
    const wrong = { Tags: [{ Key: "", Value: "" }], ConfigurationSetName: "none" };
    expect(await refusalOf(create("EXAMPLE.com", wrong))).toEqual([
      "AlreadyExistsException",
      "Email identity example.com already exist.",
    ]);
    await create("foo@example.com");
    // SES tells local parts apart by case.
    expect((await create("Foo@example.com")).IdentityType).toBe("EMAIL_ADDRESS");
  });

  test("of concurrent calls with one name exactly one wins", async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        create(index % 2 ? "Contended.example" : "contended.EXAMPLE", { Tags: [{ Key: "by", Value: `${index}` }] }),
      ),
    );
    const winners = answers.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
    expect(winners).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === "rejected") expect(answer.reason).toMatchObject({ code: "AlreadyExistsException" });
    }
    expect((await get("contended.example")).Tags).toEqual([{ Key: "by", Value: `${winners[0]}` }]);
  });

  test("there are at most 10,000", async () => {
    await database.query(
      `INSERT INTO email_identities (name, type, tags)
       SELECT 'd' || number || '.example', 'DOMAIN', '[]' FROM generate_series(1, 9999) AS number`,
    );
    await create("last.example");
    expect(await refusalOf(create("more.example"))).toEqual([
      "LimitExceededException",
      "The account has the maximum number of email identities, <10000>.",
    ]);
    expect((await refusalOf(create("last.example")))[0]).toBe("AlreadyExistsException");
  });

  test.each<[string, string, Partial<CreateEmailIdentityCommandInput>, refusal: [string, string | undefined]]>([
    ["a bad domain", "no domain", {}, ["BadRequestException", "Invalid domain name <no domain>."]],
    ["nothing", "", {}, ["BadRequestException", "Invalid domain name <>."]],
    ["a bad address", "a@@b.example", {}, ["BadRequestException", "Invalid email address <a@@b.example>."]],
    [
      "a bad tag",
      "t.example",
      { Tags: [{ Key: "", Value: "" }], ConfigurationSetName: "none" },
      ["BadRequestException", undefined],
    ],
    [
      "a set that isn't there",
      "t.example",
      { ConfigurationSetName: "none" },
      ["NotFoundException", "Configuration set <none> does not exist."],
    ],
    [
      "a set that can't be",
      "t.example",
      { ConfigurationSetName: "a b" },
      [
        "BadRequestException",
        "Invalid configuration set name <a b>: only alphanumeric ASCII characters, '_', and '-' are allowed.",
      ],
    ],
    [
      "DKIM for an address",
      "a@t.example",
      { DkimSigningAttributes: { NextSigningKeyLength: "RSA_2048_BIT" } },
      ["BadRequestException", "DkimSigningAttributes can only be specified for a domain."],
    ],
    [
      "a key that is none",
      "t.example",
      { DkimSigningAttributes: { DomainSigningSelector: "s", DomainSigningPrivateKey: "c2VjcmV0" } },
      ["BadRequestException", "The private key must be a base64-encoded RSA key."],
    ],
    [
      "a key without its selector",
      "t.example",
      { DkimSigningAttributes: { DomainSigningPrivateKey: "c2VjcmV0" } },
      [
        "BadRequestException",
        "DomainSigningSelector and DomainSigningPrivateKey must be specified together for EXTERNAL.",
      ],
    ],
    [
      "a key and a length",
      "t.example",
      {
        DkimSigningAttributes: {
          DomainSigningSelector: "s",
          DomainSigningPrivateKey: "c2VjcmV0",
          NextSigningKeyLength: "RSA_1024_BIT",
        },
      },
      [
        "BadRequestException",
        "NextSigningKeyLength can't be specified with DomainSigningSelector and DomainSigningPrivateKey.",
      ],
    ],
    [
      "an origin in another region",
      "t.example",
      { DkimSigningAttributes: { DomainSigningAttributesOrigin: "AWS_SES_EU_WEST_1" } },
      [
        "BadRequestException",
        "The DKIM origin <AWS_SES_EU_WEST_1> can't be used here: there is no other region to replicate from.",
      ],
    ],
  ])("%s is refused, and leaves no identity behind", async (_, name, input, refusal) => {
    expect(await refusalOf(create(name, input))).toEqual(refusal);
    expect(await database.query("SELECT name FROM email_identities")).toEqual([]);
  });

  test("an empty name of a set means none", async () => {
    await create("t.example", { ConfigurationSetName: "" });
    expect((await get("t.example")).ConfigurationSetName).toBeUndefined();
  });

  test.each(["none.example", "no domain", "a@@b", "", "a\0b"])("%j is not found", async (name) => {
    const refusal = ["NotFoundException", `Email identity ${name} does not exist.`];
    expect(await refusalOf(get(name))).toEqual(refusal);
    expect(await refusalOf(remove(name))).toEqual(refusal);
  });

  test("the send path finds the nearest identity of an address, at once after each change", async () => {
    const nearest = async (address: string) => (await settings.identityOf(address))?.name;
    expect(await nearest("Me@mail.example.com")).toBeUndefined();
    await create("example.com", { ConfigurationSetName: "default" });
    expect(await nearest("Me@mail.example.com")).toBe("example.com");
    expect((await settings.identityOf("Me@mail.example.com"))?.configurationSetName).toBe("default");
    await create("mail.example.com");
    expect(await nearest("Me@MAIL.example.com")).toBe("mail.example.com");
    await create("Me@mail.example.com");
    expect(await nearest("Me@mail.example.com")).toBe("Me@mail.example.com");
    expect(await nearest("me@mail.example.com")).toBe("mail.example.com");
    await remove("Me@mail.example.com");
    expect(await nearest("Me@mail.example.com")).toBe("mail.example.com");
    expect(await nearest("me@notexample.com")).toBeUndefined();
    expect(await nearest("not an address")).toBeUndefined();
  });
});
