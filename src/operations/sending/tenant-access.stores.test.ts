import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { openTemplateMail, type TemplateMail } from "../../../test/support/template-mail.ts";
import type { Input } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { createConfigurationSet } from "../configuration-sets/create-configuration-set.ts";
import { tenantOperations } from "../tenants/tenant-operations.ts";
import { sendBulkEmail } from "./send-bulk-email.ts";
import { sendEmail, sendMessage } from "./send-email.ts";

const context = callContext();
const arn = (resource: string) => `arn:aws:ses:us-east-1:000000000000:${resource}`;
const denied = (...resources: string[]) => [
  "AccessDeniedException",
  `Tenant not associated with resources [${resources.map(arn).join(", ")}].`,
];
const noTenant = ["NotFoundException", "Tenant ghost for AwsAccountId 000000000000 not found."];

describe.each(databases)("mail of a tenant on $name", ({ open }) => {
  let database: ScopedDatabase;
  let mail: TemplateMail;
  let tenants: ReturnType<typeof tenantOperations>;
  beforeAll(async () => {
    database = await open();
    mail = await openTemplateMail(database);
    const { settings, scope } = mail.services;
    tenants = tenantOperations({ database, settings, scope });
    await createConfigurationSet({ database, settings, verification: "off" })({ ConfigurationSetName: "set" }, context);
  });
  afterAll(() => mail.close());
  beforeEach(async () => {
    await mail.forget();
    await database.query("DELETE FROM tenants");
    await database.query("DELETE FROM email_identities");
    await addIdentity("example.com");
    await tenants.CreateTenant({ TenantName: "one" }, context);
  });

  const addIdentity = async (name: string, set: string | null = null) => {
    await database.query(
      `INSERT INTO email_identities (scope, name, type, configuration_set_name, tags)
       VALUES (1, $1, CASE WHEN $1 LIKE '%@%' THEN 'EMAIL_ADDRESS' ELSE 'DOMAIN' END, $2, '[]')
       ON CONFLICT (scope, name) DO UPDATE SET configuration_set_name = $2`,
      [name, set],
    );
    mail.services.settings.invalidate("identities");
  };
  const associate = (...resources: string[]) =>
    Promise.all(
      resources.map((resource) =>
        tenants.CreateTenantResourceAssociation({ TenantName: "one", ResourceArn: arn(resource) }, context),
      ),
    );
  const Simple = { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } };
  const Destination = { ToAddresses: ["user@example.net"] };
  const send = (input: Partial<Input<"SendEmail">> = {}) =>
    sendEmail(mail.services)(
      { FromEmailAddress: "A <a@example.com>", Destination, Content: { Simple }, TenantName: "one", ...input },
      context,
    );
  const raw = (...lines: string[]) => ({ Raw: { Data: Buffer.from([...lines, "", "body"].join("\r\n")) } });
  const bulk = (input: Partial<Input<"SendBulkEmail">> = {}) =>
    sendBulkEmail(mail.services)(
      {
        FromEmailAddress: "a@example.com",
        TenantName: "one",
        DefaultContent: { Template: { TemplateName: "welcome", TemplateData: "{}" } },
        BulkEmailEntries: [{ Destination }],
        ...input,
      },
      context,
    );
  const welcome = { Template: { TemplateName: "welcome", TemplateData: '{"name":"n","animal":"a"}' } };

  test("the identity, the configuration set and the stored template must be the tenant's", async () => {
    const ConfigurationSetName = "set";
    expect(await refusalOf(send())).toEqual(denied("identity/example.com"));
    expect(await refusalOf(send({ ConfigurationSetName, Content: welcome }))).toEqual(
      denied("identity/example.com", "configuration-set/set", "template/welcome"),
    );
    await associate("identity/example.com");
    const { MessageId } = await send();
    expect((await mail.eventsOf(MessageId)).map(({ type, tenant }) => [type, tenant])).toEqual([
      ["SEND", "one"],
      ["DELIVERY", undefined],
    ]);
    expect(await refusalOf(send({ ConfigurationSetName }))).toEqual(denied("configuration-set/set"));
    expect(await refusalOf(bulk())).toEqual(denied("template/welcome"));
    await associate("configuration-set/set", "template/welcome");
    await send({ ConfigurationSetName, Content: welcome });
    await send({ Content: { Template: { TemplateContent: { Subject: "s", Text: "t" }, TemplateData: "{}" } } });
    expect((await bulk({ ConfigurationSetName })).BulkEmailEntryResults).toMatchObject([{ Status: "SUCCESS" }]);
    await tenants.DeleteTenantResourceAssociation(
      { TenantName: "one", ResourceArn: arn("configuration-set/set") },
      context,
    );
    expect(await refusalOf(send({ ConfigurationSetName }))).toEqual(denied("configuration-set/set"));
  });

  test("the identity's default configuration set is in effect without another", async () => {
    await addIdentity("example.com", "set");
    await associate("identity/example.com");
    for (const answer of [() => send(), () => send({ Content: raw("From: a@example.com", "Subject: s") })]) {
      expect(await refusalOf(answer())).toEqual(denied("configuration-set/set"));
    }
    await associate("configuration-set/set");
    await send();
  });

  test("an address comes before its domain, and stands for an identity that does not exist", async () => {
    await associate("identity/example.com");
    await send({ FromEmailAddress: "a@sub.example.com" });
    await addIdentity("a@example.com");
    expect(await refusalOf(send())).toEqual(denied("identity/a@example.com"));
    await send({ FromEmailAddress: "b@example.com" });
    await associate("identity/a@example.com");
    await send();
    expect(await refusalOf(send({ FromEmailAddress: "x@none.example" }))).toEqual(denied("identity/x@none.example"));
  });

  test("a raw message is sent by its own From, and may name the tenant and the configuration set", async () => {
    await addIdentity("other.example");
    const content = (...lines: string[]) => ({ FromEmailAddress: undefined, Content: raw("Subject: s", ...lines) });
    await associate("identity/other.example");
    await send(content("From: a@other.example"));
    expect(await refusalOf(send(content("From: a@example.com")))).toEqual(denied("identity/example.com"));
    expect(await refusalOf(send(content("From: a@other.example, a@example.com")))).toEqual(
      denied("identity/example.com"),
    );
    expect(await refusalOf(send({ Content: raw("From: a@other.example") }))).toEqual(denied("identity/example.com"));
    const byHeader = (...lines: string[]) =>
      sendMessage(
        mail.services,
        { ...content("From: a@example.com", ...lines), Destination },
        { operation: "SendSmtpEmail" },
        context,
      );
    expect(await refusalOf(byHeader("X-SES-TENANT: one"))).toEqual(denied("identity/example.com"));
    expect(await refusalOf(byHeader("X-SES-TENANT: one", "X-SES-CONFIGURATION-SET: set"))).toEqual(
      denied("identity/example.com", "configuration-set/set"),
    );
    expect(await refusalOf(byHeader("X-SES-TENANT: ghost"))).toEqual(noTenant);
    expect(await refusalOf(byHeader("X-SES-TENANT: "))).toEqual(["BadRequestException", "TenantName cannot be empty"]);
    await byHeader();
  });

  test("the tenant is looked for after the shape of the request, and before recipients, content and identities", async () => {
    const TenantName = "ghost";
    const nobody = { ToAddresses: [] };
    const Headers = [{ Name: "X", Value: "\n" }];
    for (const answer of [
      () => send({ TenantName }),
      () => send({ TenantName, Destination: nobody }),
      () => send({ TenantName, Destination: { ToAddresses: ["no address"] } }),
      () => send({ TenantName, Content: { Simple: { ...Simple, Headers } } }),
      () => send({ TenantName, Content: raw("no message") }),
      () => send({ TenantName, Content: welcome, Destination: nobody }),
      () => bulk({ TenantName }),
    ]) {
      expect(await refusalOf(answer())).toEqual(noTenant);
    }
    for (const answer of [
      () => send({ TenantName, Content: undefined }),
      () => send({ TenantName, FromEmailAddress: undefined }),
      () => send({ TenantName, FromEmailAddress: "no address" }),
      () => send({ TenantName, ConfigurationSetName: "no set" }),
      () => send({ TenantName, Content: { Template: { TemplateContent: {}, TemplateData: "{}" } } }),
      () => bulk({ TenantName, BulkEmailEntries: [] }),
      () => bulk({ TenantName, DefaultContent: {} }),
      () => bulk({ TenantName, DefaultContent: { Template: { TemplateContent: {}, TemplateData: "{}" } } }),
    ]) {
      expect((await refusalOf(answer()))[0]).toBe("BadRequestException");
    }
    expect(await refusalOf(send({ TenantName: " " }))).toEqual(["BadRequestException", "TenantName cannot be empty"]);
    // The gate comes before the recipients, too.
    expect(await refusalOf(send({ Destination: nobody }))).toEqual(denied("identity/example.com"));
    expect(await mail.commits()).toEqual([]);
  });

  test("a paused tenant sends nothing", async () => {
    await associate("identity/example.com", "template/welcome");
    for (const [status, refused] of [
      ["DISABLED", true],
      ["REINSTATED", false],
    ] as const) {
      await database.query("UPDATE tenants SET sending_status = $1", [status]);
      mail.services.settings.invalidate("tenants");
      for (const call of [send, bulk, () => send({ Content: raw("From: a@example.com") })]) {
        if (!refused) await call();
        else expect(await refusalOf(call())).toEqual(["SendingPausedException", "Sending is paused for tenant <one>."]);
      }
    }
  });
});
