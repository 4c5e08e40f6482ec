import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { checkConstraints } from "../../contract/constraints.ts";
import type { Input } from "../../contract/types.ts";
import { inScope, type ScopedDatabase } from "../../stores/postgres/database.ts";
import { insertIdentity } from "../../stores/postgres/identities.ts";
import { insertScope, type Scope, selectScopes } from "../../stores/postgres/scopes.ts";
import {
  deleteSmimeCertificate,
  insertSmimeCertificate,
  selectSigningCertificate,
} from "../../stores/postgres/smime-certificates.ts";
import { createAccountSettings } from "../account/settings.ts";
import { deleteEmailIdentity } from "../identities/delete-email-identity.ts";
import { certificateArn } from "./certificate-arn.ts";
import { identityCertificateOperations } from "./identity-certificate-operations.ts";

const now = new Date("2026-11-23T12:34:56.789Z");
const later = new Date("2027-11-23T00:00:00Z");
const context = callContext(now);
const unknownArn = "arn:aws:acm:us-east-1:000000000000:certificate/none";
const badRequest = (text: string) => ["BadRequestException", text];

describe.each(databases)("S/MIME certificates of identities on $name", ({ open }) => {
  let database: ScopedDatabase;
  let scope: Scope;
  let clock = () => now;
  const operations = () => identityCertificateOperations({ database, scope, clock: () => clock() });
  beforeAll(async () => {
    database = await open();
    const [first] = await selectScopes(database);
    if (!first) throw new Error("there is no scope");
    scope = first;
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    clock = () => now;
    await database.query("DELETE FROM email_identities");
    await database.query("DELETE FROM smime_certificates");
    await add("example.com", "DOMAIN");
    await add("ann@example.org", "EMAIL_ADDRESS");
  });

  const add = (name: string, type: "DOMAIN" | "EMAIL_ADDRESS", to = database) =>
    insertIdentity(to, { name, type, configurationSetName: null, tags: [], createdAt: now, dkim: undefined }, 100);
  /** Adds a certificate; resolves to its ARN. */
  const certify = async (id: string, ...addresses: string[]) => {
    const uuid = `00000000-0000-4000-8000-00000000000${id}`;
    const row = { id: uuid, chain: "", addresses, notBefore: now, notAfter: later, createdAt: now };
    expect(await insertSmimeCertificate(database, row, Buffer.from("sealed"), 10)).toBe(true);
    return certificateArn(scope, uuid);
  };
  /** As over HTTP, where the constraints are checked first. */
  const associate = async (input: Input<"AssociateEmailIdentityCertificate">) => {
    checkConstraints("AssociateEmailIdentityCertificate", input);
    return operations().AssociateEmailIdentityCertificate(input, context);
  };
  const disassociate = async (input: Input<"DisassociateEmailIdentityCertificate">) => {
    checkConstraints("DisassociateEmailIdentityCertificate", input);
    return operations().DisassociateEmailIdentityCertificate(input, context);
  };
  const list = async (input: Input<"ListEmailIdentityCertificates">) =>
    operations().ListEmailIdentityCertificates(input, context);
  const statuses = async (EmailIdentity: string) =>
    (await list({ EmailIdentity })).Certificates?.map(({ FromAddress, Status }) => [FromAddress, Status]);

  test("are associated, listed by address with their status, and disassociated", async () => {
    const good = await certify("1", "b@example.com");
    const other = await certify("2", "else@example.com");
    await associate({ EmailIdentity: "Example.com", FromAddress: "b@EXAMPLE.com", CertificateArn: good });
    await associate({ EmailIdentity: "example.com", FromAddress: "a@sub.example.com", CertificateArn: other });
    await associate({ EmailIdentity: "example.com", FromAddress: "C@example.com", CertificateArn: unknownArn });
    expect(await list({ EmailIdentity: "example.com" })).toEqual({
      Certificates: [
        { FromAddress: "C@example.com", CertificateArn: unknownArn, Status: "FAILED" },
        { FromAddress: "a@sub.example.com", CertificateArn: other, Status: "FAILED" },
        { FromAddress: "b@example.com", CertificateArn: good, Status: "ACTIVE", CertificateExpiryTime: later },
      ],
      NextToken: undefined,
    });
    expect(await statuses("ann@example.org")).toEqual([]);
    clock = () => new Date(later.getTime() + 1);
    expect((await list({ EmailIdentity: "example.com" })).Certificates?.at(-1)).toEqual({
      ...{ FromAddress: "b@example.com", CertificateArn: good, Status: "FAILED" },
    });
    for (let time = 0; time < 2; time++) {
      expect(await disassociate({ EmailIdentity: "example.com", FromAddress: "b@example.com" })).toEqual({});
    }
    expect((await statuses("example.com"))?.map(([address]) => address)).toEqual([
      "C@example.com",
      "a@sub.example.com",
    ]);
    await associate({ EmailIdentity: "example.com", FromAddress: "b@example.com", CertificateArn: good });
  });

  test("an address has its certificate without FromAddress, or with itself", async () => {
    const arn = await certify("1", "ann@example.org");
    await associate({ EmailIdentity: "ann@Example.ORG", CertificateArn: arn });
    expect(await statuses("ann@example.org")).toEqual([["ann@example.org", "ACTIVE"]]);
    await disassociate({ EmailIdentity: "ann@example.org" });
    await associate({ EmailIdentity: "ann@example.org", FromAddress: "ann@example.org", CertificateArn: arn });
    expect(await refusalOf(disassociate({ EmailIdentity: "ann@example.org", FromAddress: "b@example.org" }))).toEqual(
      badRequest("FromAddress <b@example.org> does not match the email identity <ann@example.org>."),
    );
    expect(await selectSigningCertificate(database, "ann@example.org")).toMatchObject({
      addresses: ["ann@example.org"],
    });
    expect(await selectSigningCertificate(database, "Ann@example.org")).toBeUndefined();
  });

  test("what can't be associated is refused in SES's order", async () => {
    const two = "2 validation errors detected: ";
    const one = "1 validation error detected: ";
    const at = (member: string, text: string) =>
      `Value at '${member}' failed to satisfy constraint: Member must ${text}`;
    const missing = (name: string) => ["NotFoundException", `Email identity <${name}> does not exist.`];
    const CertificateArn = unknownArn;
    for (const [input, refusal] of [
      [
        { EmailIdentity: undefined, CertificateArn: undefined },
        badRequest(`${two}${at("emailIdentity", "not be null")}; ${at("certificateArn", "not be null")}`),
      ],
      [
        { EmailIdentity: "none.example", CertificateArn: "x".repeat(20) },
        badRequest(
          `${one}${at("certificateArn", "satisfy regular expression pattern: arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:[\\w+=/,.@-]*:[0-9]+:certificate/[\\w+=,.@-]+")}`,
        ),
      ],
      [
        { EmailIdentity: "none.example", CertificateArn },
        badRequest("FromAddress is required when EmailIdentity is a domain."),
      ],
      [
        { EmailIdentity: "none.example", FromAddress: "none.example", CertificateArn },
        badRequest("FromAddress <none.example> is not a valid email address."),
      ],
      [
        { EmailIdentity: "none.example", FromAddress: "a@nonenone.example", CertificateArn },
        badRequest("FromAddress <a@nonenone.example> does not belong to the domain identity <none.example>."),
      ],
      [{ EmailIdentity: "none.example", FromAddress: "a@none.example", CertificateArn }, missing("none.example")],
      [{ EmailIdentity: "a@none.example", CertificateArn }, missing("a@none.example")],
      [{ EmailIdentity: "not an identity", CertificateArn }, missing("not an identity")],
    ] as const) {
      expect(await refusalOf(associate(input))).toEqual(refusal);
    }
    await associate({ EmailIdentity: "example.com", FromAddress: "a@example.com", CertificateArn });
    await add("a@example.com", "EMAIL_ADDRESS");
    const taken = "A certificate is already associated with sender <a@example.com> on identity <example.com>.";
    for (const input of [
      { EmailIdentity: "example.com", FromAddress: "a@example.com", CertificateArn },
      { EmailIdentity: "a@example.com", CertificateArn },
    ]) {
      expect(await refusalOf(associate(input))).toEqual(["AlreadyExistsException", taken]);
    }
    for (const call of [disassociate, list]) {
      expect(await refusalOf(call({ EmailIdentity: "b@none.example" }))).toEqual(missing("b@none.example"));
    }
  });

  test("of calls at once, one associates an address", async () => {
    const call = () =>
      associate({ EmailIdentity: "example.com", FromAddress: "a@example.com", CertificateArn: unknownArn });
    const settled = await Promise.allSettled(Array.from({ length: 5 }, call));
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await statuses("example.com")).toHaveLength(1);
  });

  test("pages have up to 100, and a token for this list only", async () => {
    const from = (index: number) => `a${String(index).padStart(3, "0")}@example.com`;
    for (let index = 0; index < 101; index++) {
      await associate({ EmailIdentity: "example.com", FromAddress: from(index), CertificateArn: unknownArn });
    }
    const found: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await list({ EmailIdentity: "example.com", PageSize: 40, NextToken });
      found.push(...(page.Certificates ?? []).map(({ FromAddress }) => FromAddress));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(found).toEqual(Array.from({ length: 101 }, (_, index) => from(index)));
    const first = await list({ EmailIdentity: "example.com" });
    expect(first.Certificates).toHaveLength(100);
    for (const input of [
      { EmailIdentity: "ann@example.org", NextToken: first.NextToken },
      { EmailIdentity: "none.example", NextToken: "x" },
    ]) {
      expect(await refusalOf(list(input))).toEqual(badRequest("Invalid NextToken."));
    }
    expect(await refusalOf(list({ EmailIdentity: "none.example", PageSize: 0, NextToken: "" }))).toEqual(
      badRequest(
        "2 validation errors detected: Value '' at 'nextToken' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '0' at 'pageSize' failed to satisfy constraint: Member must have value greater than or equal to 1",
      ),
    );
  });

  test("keep their identity, and associations their certificate", async () => {
    const arn = await certify("1", "a@example.com");
    const id = arn.slice(arn.lastIndexOf("/") + 1);
    await associate({ EmailIdentity: "example.com", FromAddress: "a@example.com", CertificateArn: arn });
    expect(await deleteSmimeCertificate(database, id)).toBe("associated");
    const remove = deleteEmailIdentity({ database, settings: createAccountSettings({ database, clock }) });
    expect(await refusalOf(remove({ EmailIdentity: "example.com" }, context))).toEqual(
      badRequest(
        "Cannot delete <arn:aws:ses:us-east-1:000000000000:identity/example.com> because it has certificates associated with it. Disassociate all certificates and try again.",
      ),
    );
    await disassociate({ EmailIdentity: "example.com", FromAddress: "a@example.com" });
    expect(await remove({ EmailIdentity: "example.com" }, context)).toEqual({});
    expect(await deleteSmimeCertificate(database, id)).toBe("deleted");
    expect(await deleteSmimeCertificate(database, id)).toBe("missing");
  });

  test("of another scope are unknown, and neither seen nor used", async () => {
    const arn = await certify("1", "a@example.com");
    await insertScope(database, scope.accountId, "eu-west-1", 10);
    const elsewhere = (await selectScopes(database)).find(({ region }) => region === "eu-west-1");
    if (!elsewhere) throw new Error("there is no other scope");
    const there = inScope(database, elsewhere.id);
    await add("example.com", "DOMAIN", there);
    const others = identityCertificateOperations({ database: there, scope: elsewhere, clock });
    const input = { EmailIdentity: "example.com", FromAddress: "a@example.com", CertificateArn: arn };
    await others.AssociateEmailIdentityCertificate(input, context);
    expect(
      (await others.ListEmailIdentityCertificates({ EmailIdentity: "example.com" }, context)).Certificates,
    ).toEqual([{ FromAddress: "a@example.com", CertificateArn: arn, Status: "FAILED" }]);
    expect(await selectSigningCertificate(there, "a@example.com")).toBeUndefined();
    expect(await statuses("example.com")).toEqual([]);
  });
});
