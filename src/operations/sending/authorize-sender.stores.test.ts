/** Who may send with which identity: policies of identities, of the caller's account and of others. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { openTemplateMail, type TemplateMail } from "../../../test/support/template-mail.ts";
import { type ThreeScopes, threeScopes } from "../../../test/support/three-scopes.ts";
import { mayCall, parseKeyRights } from "../../access/policies/key-rights.ts";
import type { CallContext, Input } from "../../contract/types.ts";
import { insertConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { insertIdentity } from "../../stores/postgres/identities.ts";
import type { AccountSettings } from "../account/settings.ts";
import { identityPolicyOperations } from "../identity-policies/identity-policy-operations.ts";
import { sendBulkEmail } from "./send-bulk-email.ts";
import { sendEmail, sendMessage } from "./send-email.ts";

const base = callContext();
const context: CallContext = { ...base, callerIdentity: "AKIAKEY" };
const ownerAccount = "000000000000";
const delegateAccount = "222222222222";
const arn = (name: string, account = ownerAccount, region = "us-east-1") =>
  `arn:aws:ses:${region}:${account}:identity/${name}`;
const ownersArn = arn("example.com");
const denied = (resource = ownersArn, action = "ses:SendEmail", account = delegateAccount) => [
  "AccessDeniedException",
  `User \`arn:aws:iam::${account}:user/AKIAKEY' is not authorized to perform \`${action}' on resource \`${resource}'`,
];
const notVerified = (...addresses: string[]) => [
  "MessageRejected",
  `Email address is not verified. The following identities failed the check in region US-EAST-1: ${addresses.join(", ")}`,
];

describe.each(databases)("sending with identities that have policies, on $name", ({ open }) => {
  let database: Database;
  let scopes: ThreeScopes;
  let ownersSettings: AccountSettings;
  let delegate: TemplateMail;
  let owner: TemplateMail;

  beforeAll(async () => {
    database = await open();
    scopes = await threeScopes(database);
    const [own, , other] = scopes;
    owner = await openTemplateMail(own.database, { as: own.scope });
    ownersSettings = owner.services.settings;
    delegate = await openTemplateMail(other.database, {
      as: other.scope,
      settingsOfAccount: async (account) =>
        account === ownerAccount ? { scope: own.scope, settings: ownersSettings } : undefined,
    });
  });
  afterAll(async () => {
    await delegate.close({ keepDatabase: true });
    await owner.close();
  });
  beforeEach(async () => {
    await delegate.forget();
    await database.query("DELETE FROM email_identities");
    await add(0, "example.com");
    await add(2, "delegate.example");
    invalidate();
  });

  function invalidate() {
    for (const one of [owner, delegate]) one.services.settings.invalidate("identities");
  }

  async function add(index: 0 | 2, name: string, configurationSetName: string | null = null) {
    const type = name.includes("@") ? "EMAIL_ADDRESS" : "DOMAIN";
    const identity = { name, configurationSetName, tags: [], createdAt: base.now, dkim: undefined };
    await insertIdentity(scopes[index].database, { ...identity, type }, 1000);
    invalidate();
  }

  let policies = 0;
  /** Adds a policy to an identity of the owner's, or the delegate's. */
  async function policy(elements: object, { of: EmailIdentity = "example.com", index = 0 as 0 | 2 } = {}) {
    const { scope, database: scoped } = scopes[index];
    const { settings } = (index === 0 ? owner : delegate).services;
    const operations = identityPolicyOperations({ database: scoped, settings, scope, clock: () => base.now });
    const Statement = {
      ...{ Effect: "Allow", Principal: { AWS: delegateAccount }, Action: "ses:Send*" },
      ...{ Resource: arn(EmailIdentity, scope.accountId), ...elements },
    };
    policies += 1;
    const Policy = JSON.stringify({ Statement });
    await operations.CreateEmailIdentityPolicy({ EmailIdentity, PolicyName: `p-${policies}`, Policy }, context);
  }

  const Simple = { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } };
  const given = { FromEmailAddress: "A <a@example.com>", FromEmailAddressIdentityArn: ownersArn };
  const toUser = { ToAddresses: ["user@example.net"] };
  const send = (input: Partial<Input<"SendEmail">> = {}, who = delegate, as = context) =>
    sendEmail(who.services)({ ...given, Destination: toUser, Content: { Simple }, ...input }, as);
  const sendOwn = (input: Partial<Input<"SendEmail">> = {}, as = context) =>
    send({ FromEmailAddressIdentityArn: undefined, ...input }, owner, as);
  const bulk = (...recipients: string[]) =>
    sendBulkEmail(delegate.services)(
      {
        ...given,
        DefaultContent: { Template: { TemplateContent: { Subject: "s", Text: "t" }, TemplateData: "{}" } },
        BulkEmailEntries: recipients.map((to) => ({ Destination: { ToAddresses: [to] } })),
      },
      context,
    );
  const raw = (...lines: string[]) => ({ Raw: { Data: Buffer.from([...lines, "", "body"].join("\r\n")) } });
  const smtp = (from: string, ...lines: string[]) =>
    sendMessage(
      delegate.services,
      { FromEmailAddress: from, Destination: toUser, Content: raw(...lines) },
      { operation: "SendSmtpEmail" },
      context,
    );

  test("another account needs a policy; its mail is its own, with the owner's identity", async () => {
    expect(await refusalOf(send())).toEqual(denied());
    expect(await delegate.commits()).toEqual([]);
    await policy({});
    const { MessageId } = await send();
    const [sent] = await delegate.eventsOf(MessageId);
    expect(sent).toMatchObject({
      scope: scopes[2].scope.id,
      identity: "example.com",
      details: JSON.stringify({ identityOwner: { scope: 1, accountId: ownerAccount } }),
    });
    // Without the ARN, it is an identity of the account itself, and there is none.
    const own = await send({ FromEmailAddressIdentityArn: undefined });
    const [alone] = await delegate.eventsOf(own.MessageId);
    expect([alone?.identity, alone?.details]).toEqual(["example.com", undefined]);
  });

  test("who may not use an identity learns nothing of it", async () => {
    await add(0, "private.example");
    for (const [name, account] of [
      ["private.example", ownerAccount],
      ["missing.example", ownerAccount],
      ["private.example", "999999999999"],
    ] as const) {
      const FromEmailAddressIdentityArn = arn(name, account);
      expect(await refusalOf(send({ FromEmailAddress: `a@${name}`, FromEmailAddressIdentityArn }))).toEqual(
        denied(FromEmailAddressIdentityArn),
      );
    }
  });

  test.each([
    "example.com",
    "arn:aws:ses:us-east-1:000000000000:identity/",
    "arn:aws:ses:us-east-1:000000000000:identity/no name",
    "arn:aws:ses:us-east-1:000000000000:template/example.com",
    "arn:aws:sns:us-east-1:000000000000:identity/example.com",
    "arn:aws-cn:ses:us-east-1:000000000000:identity/example.com",
    "arn:aws:ses:us-east-1:12:identity/example.com",
  ])("%s is no ARN of an identity", async (given) => {
    await policy({});
    const refusal = ["BadRequestException", `Invalid identity ARN <${given}>.`];
    expect(await refusalOf(send({ FromEmailAddressIdentityArn: given }))).toEqual(refusal);
    expect(await refusalOf(send({ FeedbackForwardingEmailAddressIdentityArn: given }))).toEqual(refusal);
    for (const field of ["X-SES-SOURCE-ARN", "X-SES-FROM-ARN", "X-SES-RETURN-PATH-ARN"]) {
      expect(await refusalOf(smtp("a@example.com", "From: a@example.com", `${field}: ${given}`))).toEqual(refusal);
    }
  });

  test("the identity is in the region of the call, and covers the address", async () => {
    await policy({});
    const elsewhere = arn("example.com", ownerAccount, "eu-west-1");
    expect(await refusalOf(send({ FromEmailAddressIdentityArn: elsewhere }))).toEqual([
      "BadRequestException",
      `Invalid identity ARN <${elsewhere}>: the identity must be in the region us-east-1.`,
    ]);
    for (const from of ["a@other.example", "a@notexample.com"]) {
      expect(await refusalOf(send({ FromEmailAddress: from }))).toEqual(notVerified(from));
    }
    await send({ FromEmailAddress: "a@mail.Example.COM" });
  });

  test("a Deny wins, also for the owner, who needs no Allow", async () => {
    await policy({});
    await sendOwn();
    await policy({
      Effect: "Deny",
      Principal: "*",
      Condition: { StringEquals: { "ses:FromAddress": "a@example.com" } },
    });
    expect(await refusalOf(send())).toEqual(denied());
    expect(await refusalOf(sendOwn())).toEqual(denied(ownersArn, "ses:SendEmail", ownerAccount));
    expect(await refusalOf(sendOwn({ FromEmailAddressIdentityArn: ownersArn }))).toEqual(
      denied(ownersArn, "ses:SendEmail", ownerAccount),
    );
    await send({ FromEmailAddress: "b@example.com" });
    await sendOwn({ FromEmailAddress: "b@example.com" });
  });

  test("a policy may be for one key", async () => {
    await policy({ Principal: { AWS: `arn:aws:iam::${delegateAccount}:user/AKIAKEY` } });
    await send();
    const other = { ...context, callerIdentity: "AKIAOTHER" };
    expect((await refusalOf(send({}, delegate, other)))[0]).toBe("AccessDeniedException");
  });

  test("each kind of content has its action", async () => {
    const Template = { TemplateContent: { Subject: "s", Text: "t" }, TemplateData: "{}" };
    const Raw = raw("From: a@example.com").Raw;
    const kinds: [action: string, call: () => Promise<unknown>][] = [
      ["ses:SendEmail", () => send()],
      ["ses:SendTemplatedEmail", () => send({ Content: { Template } })],
      ["ses:SendRawEmail", () => send({ Content: { Raw } })],
      ["ses:SendRawEmail", () => smtp("a@example.com", "From: a@example.com", `X-SES-SOURCE-ARN: ${ownersArn}`)],
      ["ses:SendBulkEmail", () => bulk("user@example.net")],
    ];
    for (const [action, call] of kinds) {
      await database.query("DELETE FROM identity_policies");
      invalidate();
      expect(await refusalOf(call())).toEqual(denied(ownersArn, action));
      await policy({ Action: action });
      await call();
    }
  });

  test("conditions see every recipient, whatever the case of its domain", async () => {
    await policy({ Condition: { "ForAllValues:StringLike": { "ses:Recipients": "*@example.net" } } });
    await send({ Destination: { ToAddresses: ["Me <user@EXAMPLE.net>"], CcAddresses: ["other@example.net"] } });
    expect(
      await refusalOf(send({ Destination: { ToAddresses: ["user@example.net"], BccAddresses: ["x@example.org"] } })),
    ).toEqual(denied());
    await bulk("a@example.net", "b@example.net");
    expect(await refusalOf(bulk("a@example.net", "b@example.org"))).toEqual(denied(ownersArn, "ses:SendBulkEmail"));
  });

  test("conditions see every From address of a raw message, and not only the sender that the call names", async () => {
    await policy({ Condition: { StringEquals: { "ses:FromAddress": "a@example.com" } } });
    await send({ Content: raw("From: a@example.com") });
    const refusal = denied(ownersArn, "ses:SendRawEmail");
    expect(await refusalOf(send({ Content: raw("From: ceo@example.com") }))).toEqual(refusal);
    expect(await refusalOf(send({ Content: raw("From: a@example.com, ceo@example.com") }))).toEqual(refusal);
  });

  test("conditions see the name, the feedback address and the client", async () => {
    await policy({
      Condition: {
        StringEquals: {
          "ses:FromDisplayName": "A",
          "ses:FeedbackAddress": "bounces@example.com",
          "ses:ApiVersion": "2",
        },
        Bool: { "aws:SecureTransport": "false" },
        IpAddress: { "aws:SourceIp": "127.0.0.0/8" },
      },
    });
    const FeedbackForwardingEmailAddress = "bounces@example.com";
    await send({ FeedbackForwardingEmailAddress });
    expect(await refusalOf(send())).toEqual(denied());
    expect(await refusalOf(send({ FeedbackForwardingEmailAddress, FromEmailAddress: "B <a@example.com>" }))).toEqual(
      denied(),
    );
  });

  test("the identity of the feedback address must permit it, too", async () => {
    await add(0, "bounces.example");
    await policy({});
    const bounces = arn("bounces.example");
    const feedback = {
      FeedbackForwardingEmailAddress: "b@bounces.example",
      FeedbackForwardingEmailAddressIdentityArn: bounces,
    };
    expect(await refusalOf(send(feedback))).toEqual(denied(bounces));
    await policy({}, { of: "bounces.example" });
    await send(feedback);
    await policy({ Effect: "Deny", Principal: "*" }, { of: "delegate.example", index: 2 });
    expect(await refusalOf(send({ FeedbackForwardingEmailAddress: "b@delegate.example" }))).toEqual(
      denied(arn("delegate.example", delegateAccount)),
    );
    expect(await refusalOf(send({ ...feedback, FeedbackForwardingEmailAddress: "b@elsewhere.example" }))).toEqual(
      notVerified("b@elsewhere.example"),
    );
  });

  test("the fields of a raw message name the identities, and are not sent", async () => {
    await policy({});
    const fields = ["X-SES-SOURCE-ARN", "X-SES-FROM-ARN", "X-SES-RETURN-PATH-ARN"].map(
      (name) => `${name}: ${ownersArn}`,
    );
    const id = await smtp("a@example.com", "From: a@example.com", "Return-Path: <b@example.com>", ...fields);
    const { headers } = await delegate.mailOf(id);
    expect(headers.map(({ key }) => key).filter((key) => key.startsWith("x-ses"))).toEqual([]);
    // The envelope's sender is the delegate's, From is the owner's.
    const mixed = await smtp("a@delegate.example", "From: a@example.com", `X-SES-FROM-ARN: ${ownersArn}`);
    expect((await delegate.eventsOf(mixed))[0]).toMatchObject({ identity: "delegate.example" });
    // The parameters take precedence.
    await send({ Content: raw("From: a@example.com", `X-SES-SOURCE-ARN: ${arn("missing.example")}`) });
  });

  test("the owner's default configuration set is not the delegate's", async () => {
    const set = {
      ...{ name: "default", sendingEnabled: true, reputationMetricsEnabled: false, lastFreshStart: null, tags: [] },
      ...{ trackingOptions: null, deliveryOptions: null, suppressionOptions: null, vdmOptions: null },
      ...{ signingScheme: null, archive: null },
    };
    await insertConfigurationSet(scopes[0].database, set, 10);
    await add(0, "set.example", "default");
    await policy({}, { of: "set.example" });
    const { MessageId } = await send({
      FromEmailAddress: "a@set.example",
      FromEmailAddressIdentityArn: arn("set.example"),
    });
    expect((await delegate.eventsOf(MessageId))[0]?.configuration_set).toBe("");
  });

  test("a stored policy that can't be read denies everybody, and the log says so", async () => {
    await policy({});
    await database.query(`UPDATE identity_policies SET text = '{"Version":"2030-01-01"}'`);
    invalidate();
    expect(await refusalOf(send())).toEqual(denied());
    expect(await refusalOf(sendOwn())).toEqual(denied(ownersArn, "ses:SendEmail", ownerAccount));
    expect(owner.logged.join()).toContain("it denies all mail of the identity");
  });

  test("without policies no identity is asked", async () => {
    await sendOwn();
    await sendOwn({ FeedbackForwardingEmailAddress: "b@example.com", FromEmailAddressIdentityArn: ownersArn });
  });

  test("the rights of a key limit the identities of the sender and of the feedback address", async () => {
    const rights = parseKeyRights(["send:example.com"]);
    const limited = { ...context, mayCall: (...call: Parameters<CallContext["mayCall"]>) => mayCall(rights, ...call) };
    await add(0, "other.example");
    await sendOwn({}, limited);
    await sendOwn({ FeedbackForwardingEmailAddress: "b@example.com" }, limited);
    const refusal = denied(arn("other.example"), "ses:SendEmail", ownerAccount);
    expect(await refusalOf(sendOwn({ FromEmailAddress: "a@other.example" }, limited))).toEqual(refusal);
    expect(await refusalOf(sendOwn({ FeedbackForwardingEmailAddress: "b@other.example" }, limited))).toEqual(refusal);
    expect(await refusalOf(sendOwn({ FeedbackForwardingEmailAddress: "b@none.example" }, limited))).toEqual(
      denied(arn("b@none.example"), "ses:SendEmail", ownerAccount),
    );
    expect(await refusalOf(sendOwn({ Content: raw("From: a@example.com, b@other.example") }, limited))).toEqual(
      denied(arn("other.example"), "ses:SendRawEmail", ownerAccount),
    );
  });
});
