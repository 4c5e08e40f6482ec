import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { openTemplateMail, type TemplateMail } from "../../../test/support/template-mail.ts";
import { threeScopes } from "../../../test/support/three-scopes.ts";
import { v1RefusalOf } from "../../../test/support/v1-refusal.ts";
import { createSealer } from "../../access/sealing/sealer.ts";
import { errors } from "../../contract/errors.ts";
import { linkLifetime } from "../../identities/status.ts";
import { tokenDigest } from "../../identities/verification-mail.ts";
import {
  followCustomVerificationLink,
  insertCustomVerificationLink,
  selectLinkTargets,
} from "../../stores/postgres/custom-verification-links.ts";
import { inScope, type ScopedDatabase } from "../../stores/postgres/database.ts";
import { deleteIdentity, insertIdentity, selectIdentity } from "../../stores/postgres/identities.ts";
import { customVerificationOperations } from "./custom-verification-operations.ts";
import type { CustomVerificationServices } from "./custom-verification-services.ts";

const now = new Date("2026-11-23T12:34:56.789Z");
const context = callContext(now);
const at = (ms: number) => callContext(new Date(now.getTime() + ms));
const address = "new.user+1@people.example";
const png = Buffer.from("a picture");

describe.each(databases)("custom verification mail on $name", ({ open }) => {
  let mail: TemplateMail;
  let database: ScopedDatabase;
  let services: CustomVerificationServices;
  let call: ReturnType<typeof customVerificationOperations>;
  let woken = 0;

  beforeAll(async () => {
    database = await open();
    mail = await openTemplateMail(database);
    services = {
      identities: {
        database,
        settings: mail.services.settings,
        sealer: createSealer(Buffer.alloc(32, 1)),
        clock: () => now,
        proving: "asked",
        verifier: { wake: () => woken++ },
      },
      sending: mail.services,
      verification: "off",
      publicUrl: () => "https://mail.example.com/",
      abuseAddress: "abuse+<b>@host.example",
    };
    call = customVerificationOperations(services);
    await call.CreateCustomVerificationEmailTemplate(
      {
        TemplateName: "sample",
        FromEmailAddress: "Shop <shop@example.com>",
        TemplateSubject: "Please confirm & be <happy>",
        TemplateContent: `<html><body><h1>Welcome</h1><img alt="Logo" src="data:image/png;base64,${png.toString("base64")}"><textarea>`,
        SuccessRedirectionURL: "https://example.com/yes",
        FailureRedirectionURL: "https://example.com/no",
      },
      context,
    );
  });
  afterAll(() => mail.close());
  beforeEach(async () => {
    await mail.forget();
    await database.query("DELETE FROM custom_verification_links");
    await database.query("DELETE FROM email_identities");
    await database.query("DELETE FROM configuration_sets");
    await database.query("UPDATE account SET sending_enabled = true");
    for (const owner of ["account", "identities", "configurationSets"] as const) {
      mail.services.settings.invalidate(owner);
    }
  });

  const send = (input: object = {}, on = context) =>
    call.SendCustomVerificationEmail({ EmailAddress: address, TemplateName: "sample", ...input }, on);
  const linkOf = async (id: string | undefined) => {
    const { text = "" } = await mail.mailOf(id);
    return /^https:\/\/mail\.example\.com\/identities\/verify\/([\w-]{43})$/m.exec(text)?.[1] ?? "";
  };
  const digestOf = async (id: string | undefined) => tokenDigest(await linkOf(id)) ?? new Uint8Array();
  const follow = (digest: Uint8Array, when = now) =>
    followCustomVerificationLink(database, digest, {
      now: when,
      validSince: new Date(when.getTime() - linkLifetime),
    });
  const addAddress = (createdAt = now) =>
    insertIdentity(
      database,
      { name: address, type: "EMAIL_ADDRESS", configurationSetName: null, tags: [], createdAt, dkim: undefined },
      10,
    );
  const nothingChanged = async () => {
    expect(await selectIdentity(database, address)).toBeUndefined();
    expect(await database.query("SELECT FROM custom_verification_links")).toEqual([]);
    expect(await mail.commits()).toEqual([]);
  };

  test("the mail has the content, the link and the disclaimer, and the address becomes a pending identity", async () => {
    const { MessageId } = await send();
    const sent = await mail.mailOf(MessageId);
    expect(sent).toMatchObject({
      from: { name: "Shop", address: "shop@example.com" },
      to: [{ address }],
      subject: "Please confirm & be <happy>",
      attachments: [{ filename: "picture-1.png", mimeType: "image/png", disposition: "inline" }],
    });
    expect(sent.headers).toContainEqual(expect.objectContaining({ key: "auto-submitted", value: "auto-generated" }));
    expect(Buffer.from(sent.attachments[0]?.content as ArrayBuffer)).toEqual(png);
    const token = await linkOf(MessageId);
    const link = `https://mail.example.com/identities/verify/${token}`;
    expect(sent.html?.trim()).toBe(
      `<!DOCTYPE html>
<html><body><h1>Welcome</h1><img alt="Logo" src="cid:picture-1@verification.mailglass"><textarea></textarea>
<p><a href="${link}">${link}</a></p>
<p>If you did not request to verify this email address, please disregard this message. If you have any concerns, please forward this message to <a href="mailto:abuse%2B%3Cb%3E@host.example">abuse+&lt;b&gt;@host.example</a> along with your questions or comments.</p>
</body></html>`,
    );
    expect(sent.text).toContain("If you did not request to verify this email address");
    const [event] = await mail.eventsOf(MessageId);
    expect(event).toMatchObject({ source: "shop@example.com", recipient: address });
    expect(event?.tags).toMatchObject({ "ses:operation": ["SendCustomVerificationEmail"] });
    expect(await selectIdentity(database, address)).toMatchObject({
      type: "EMAIL_ADDRESS",
      proofRequestedAt: now,
      provenAt: null,
      createdAt: now,
    });
    const [stored] = await database.query<{ text: string }>(
      "SELECT l::text AS text FROM custom_verification_links AS l",
    );
    expect(stored?.text).not.toContain(token);
  });

  test("the link verifies the address, also a second time, and keeps the time of the first", async () => {
    const digest = await digestOf((await send()).MessageId);
    expect(await selectLinkTargets(database, digest)).toEqual({
      successUrl: "https://example.com/yes",
      failureUrl: "https://example.com/no",
    });
    expect(await follow(digest)).toBe(true);
    expect(await follow(digest, new Date(now.getTime() + 3 * linkLifetime))).toBe(true);
    expect((await selectIdentity(database, address))?.provenAt).toEqual(now);
    expect(await selectLinkTargets(database, new Uint8Array(32))).toBeUndefined();
    expect(await follow(new Uint8Array(32))).toBe(false);
  });

  test("the link works for 24 hours", async () => {
    const digest = await digestOf((await send()).MessageId);
    expect(await follow(digest, new Date(now.getTime() + linkLifetime))).toBe(false);
    expect((await selectIdentity(database, address))?.provenAt).toBeNull();
    expect(await follow(digest, new Date(now.getTime() + linkLifetime - 1))).toBe(true);
  });

  test("the link of an identity that was deleted verifies none that was created later", async () => {
    const digest = await digestOf((await send()).MessageId);
    await deleteIdentity(database, address);
    expect(await follow(digest)).toBe(false);
    await addAddress(new Date(now.getTime() + 1));
    expect(await follow(digest)).toBe(false);
    expect((await selectIdentity(database, address))?.provenAt).toBeNull();
    expect(await selectLinkTargets(database, digest)).toBeDefined();
  });

  test("each further mail has a link of its own, and extends the time to verify", async () => {
    const first = await digestOf((await send()).MessageId);
    const second = await digestOf((await send({}, at(3600_000))).MessageId);
    expect(Buffer.from(second)).not.toEqual(Buffer.from(first));
    expect((await selectIdentity(database, address))?.proofRequestedAt).toEqual(at(3600_000).now);
    expect(await follow(second)).toBe(true);
    expect(await follow(first)).toBe(true);
    // Of a verified address nothing changes, but the mail is sent.
    const third = await digestOf((await send({}, at(7200_000))).MessageId);
    expect(await selectIdentity(database, address)).toMatchObject({
      provenAt: now,
      proofRequestedAt: at(3600_000).now,
    });
    expect(await follow(third)).toBe(true);
  });

  test("an address that waits for the usual mail does not get that, too", async () => {
    await addAddress();
    await send();
    expect((await selectIdentity(database, address))?.proofRequestedAt).toEqual(now);
  });

  test("domains are normalized, and a domain that is verified does not stand in for the address", async () => {
    const { MessageId } = await send({ EmailAddress: "Foo@MÜNCHEN.example" });
    expect(await mail.mailOf(MessageId)).toMatchObject({ to: [{ address: "Foo@xn--mnchen-3ya.example" }] });
    expect(await selectIdentity(database, "Foo@xn--mnchen-3ya.example")).toBeDefined();
  });

  test("a configuration set that is given, or the sender's default, is used; its tracking is not", async () => {
    const sets = ["given", "standard"];
    for (const name of sets) {
      await database.query(
        `INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, tags)
         VALUES ($1, $2, true, true, '[]')`,
        [database.scope, name],
      );
    }
    const domain = { name: "example.com", type: "DOMAIN", tags: [], createdAt: now, dkim: undefined } as const;
    await insertIdentity(database, { ...domain, tags: [], configurationSetName: "standard" }, 10);
    for (const [given, used] of [
      ["given", "given"],
      [undefined, "standard"],
      [" ", "standard"],
    ] as const) {
      const { MessageId } = await send({ ConfigurationSetName: given });
      const [event] = await mail.eventsOf(MessageId);
      expect(event).toMatchObject({ configuration_set: used });
      expect(event?.tags).toMatchObject({ "ses:configuration-set": [used] });
    }
  });

  test.each<[what: string, input: object, refusal: [string, string]]>([
    ["no address", { EmailAddress: "" }, ["BadRequestException", "Email address not specified."]],
    [
      "a domain, before the template",
      { EmailAddress: "people.example", TemplateName: "none" },
      ["BadRequestException", "Invalid email address<people.example>."],
    ],
    ["two signs", { EmailAddress: "a@b@c.example" }, ["BadRequestException", "Invalid email address<a@b@c.example>."]],
    [
      "two addresses",
      { EmailAddress: "a@b.example, c@d.example" },
      ["BadRequestException", "Invalid email address<a@b.example, c@d.example>."],
    ],
    [
      "a long address",
      { EmailAddress: `a@${"b.".repeat(160)}example` },
      ["BadRequestException", `Invalid email address<a@${"b.".repeat(160)}example>.`],
    ],
    [
      "an unknown template, before the configuration set",
      { TemplateName: "none", ConfigurationSetName: "none" },
      ["NotFoundException", "Template <none> does not exist"],
    ],
    ["a NUL", { TemplateName: "a\0" }, ["NotFoundException", "Template <a\0> does not exist"]],
    [
      "an unknown configuration set",
      { ConfigurationSetName: "none" },
      ["NotFoundException", "Configuration set <none> does not exist."],
    ],
  ])("%s is refused, and changes nothing", async (_, input, refusal) => {
    expect(await refusalOf(send(input))).toEqual(refusal);
    await nothingChanged();
  });

  test("v1 names the template that is missing", async () => {
    expect(await v1RefusalOf(send({ TemplateName: "none" }))).toEqual([
      "CustomVerificationEmailTemplateDoesNotExist",
      "Template <none> does not exist",
      { CustomVerificationEmailTemplateName: "none" },
    ]);
  });

  test("while sending is paused, nothing is sent or added", async () => {
    await database.query("UPDATE account SET sending_enabled = false");
    mail.services.settings.invalidate("account");
    expect(await refusalOf(send())).toEqual(["SendingPausedException", "Sending paused for this account."]);
    await nothingChanged();
  });

  test("mail that a limit refuses leaves no identity, and keeps one that waits as it was", async () => {
    const limited = customVerificationOperations({
      ...services,
      sending: {
        ...mail.services,
        limits: {
          take: async () => {
            throw errors.dailyQuotaExceeded();
          },
        },
      },
    });
    const input = { EmailAddress: address, TemplateName: "sample" };
    const refusal = ["LimitExceededException", "Daily message quota exceeded."];
    expect(await refusalOf(limited.SendCustomVerificationEmail(input, context))).toEqual(refusal);
    await nothingChanged();
    const digest = await digestOf((await send()).MessageId);
    expect(await refusalOf(limited.SendCustomVerificationEmail(input, at(1000)))).toEqual(refusal);
    expect((await selectIdentity(database, address))?.proofRequestedAt).toEqual(now);
    expect(await follow(digest)).toBe(true);
  });

  test("mail whose fate is unknown keeps its link", async () => {
    const broken = customVerificationOperations({
      ...services,
      sending: {
        ...mail.services,
        limits: {
          take: async () => {
            throw new Error("the connection was lost");
          },
        },
      },
    });
    await expect(
      broken.SendCustomVerificationEmail({ EmailAddress: address, TemplateName: "sample" }, context),
    ).rejects.toThrow("the connection was lost");
    expect(await database.query("SELECT FROM custom_verification_links")).toHaveLength(1);
  });

  test("links are deleted 30 days after they were sent, a few with each new one", async () => {
    const link = { address, sentAt: now, successUrl: "https://a.example", failureUrl: "https://b.example" };
    for (let index = 0; index < 12; index++) {
      await insertCustomVerificationLink(database, { ...link, tokenHash: Buffer.from([index]) }, now);
    }
    const count = async () => (await database.query("SELECT FROM custom_verification_links")).length;
    await send({}, at(30 * linkLifetime));
    expect(await count()).toBe(13);
    await send({}, at(30 * linkLifetime + 1));
    expect(await count()).toBe(4);
    await send({}, at(30 * linkLifetime + 2));
    expect(await count()).toBe(3);
  });

  test("a link verifies the address in the scope that sent the mail only", async () => {
    const [, elsewhere] = await threeScopes(database);
    const other = inScope(database, elsewhere.scope.id);
    await insertIdentity(
      other,
      { name: address, type: "EMAIL_ADDRESS", configurationSetName: null, tags: [], createdAt: now, dkim: undefined },
      10,
    );
    expect(await follow(await digestOf((await send()).MessageId))).toBe(true);
    expect((await selectIdentity(other, address))?.provenAt).toBeNull();
    expect(woken).toBeGreaterThan(0);
  });
});
