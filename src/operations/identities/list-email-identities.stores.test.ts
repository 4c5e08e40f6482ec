import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import type { Input } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { encodeToken } from "../page-token.ts";
import { listEmailIdentities } from "./list-email-identities.ts";

type Filter = NonNullable<Input<"ListEmailIdentities">["Filter"]>;

describe.each(databases)("ListEmailIdentities on $name", ({ open }) => {
  let database: ScopedDatabase;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM email_identities");
  });

  const list = (input: Input<"ListEmailIdentities"> = {}) =>
    listEmailIdentities({ database, proving: "assumed", clock: () => new Date() })(input, callContext());
  const names = async (input: Input<"ListEmailIdentities">) =>
    (await list(input)).EmailIdentities?.map((identity) => identity.IdentityName);
  const add = (identities: string[]) =>
    database.query(
      `INSERT INTO email_identities (name, type, tags)
       SELECT name, CASE WHEN name LIKE '%@%' THEN 'EMAIL_ADDRESS' ELSE 'DOMAIN' END, '[]'
       FROM unnest($1::text[]) AS name`,
      [identities],
    );

  test("shows every identity as one that may send", async () => {
    await add(["b.example", "A@b.example"]);
    expect(await list()).toEqual({
      EmailIdentities: [
        {
          IdentityType: "EMAIL_ADDRESS",
          IdentityName: "A@b.example",
          SendingEnabled: true,
          VerificationStatus: "SUCCESS",
        },
        { IdentityType: "DOMAIN", IdentityName: "b.example", SendingEnabled: true, VerificationStatus: "SUCCESS" },
      ],
      NextToken: undefined,
    });
  });

  test("pages show each identity once while others come and go", async () => {
    const all = Array.from({ length: 30 }, (_, index) => `d${String(index).padStart(2, "0")}.example`);
    await add(all);
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({ PageSize: 7, NextToken: token });
      seen.push(...(page.EmailIdentities ?? []).map((identity) => identity.IdentityName ?? ""));
      token = page.NextToken;
      await add([`a${seen.length}.example`]);
      await database.query("DELETE FROM email_identities WHERE name = $1", [seen.at(-1)]);
    } while (token);
    expect(seen).toEqual(all);
  });

  test("a page has 25 where no size is given", async () => {
    await add(Array.from({ length: 26 }, (_, index) => `d${index}.example`));
    const first = await list();
    expect(first.EmailIdentities).toHaveLength(25);
    expect(await names({ NextToken: first.NextToken })).toHaveLength(1);
    expect(await names({ NextToken: "" })).toHaveLength(25);
    expect(await names({ PageSize: 1000 })).toHaveLength(26);
  });

  test("filters by name, type and status together", async () => {
    await add(["alpha.filter.example", "alice@filter.example", "Bob@other.example", "beta.example"]);
    expect(await names({ Filter: { IDENTITY_NAME_CONTAINS: "  FILTER.Ex " } })).toEqual([
      "alice@filter.example",
      "alpha.filter.example",
    ]);
    expect(await names({ Filter: { IDENTITY_NAME_CONTAINS: "bob@" } })).toEqual(["Bob@other.example"]);
    expect(await names({ Filter: { IDENTITY_TYPE: "DOMAIN" } })).toEqual(["alpha.filter.example", "beta.example"]);
    const together: Filter = {
      IDENTITY_NAME_CONTAINS: "filter",
      IDENTITY_TYPE: "EMAIL_ADDRESS",
      VERIFICATION_STATUS: "SUCCESS",
    };
    expect(await names({ Filter: together })).toEqual(["alice@filter.example"]);
    for (const status of ["PENDING", "FAILED", "TEMPORARY_FAILURE"]) {
      expect(await names({ Filter: { VERIFICATION_STATUS: status } })).toEqual([]);
    }
    for (const text of ["a%e", "a\0b", "äöü", "\u{1F600}".repeat(320)]) {
      expect(await names({ Filter: { IDENTITY_NAME_CONTAINS: text } }), text).toEqual([]);
    }
    expect(await names({ Filter: {} })).toHaveLength(4);
  });

  const tooShort = "Filter IDENTITY_NAME_CONTAINS must be at least 3 characters.";
  test.each<[Input<"ListEmailIdentities">, string]>([
    [{ PageSize: 0 }, "Value 0 for parameter PageSize is invalid. PageSize must be between 1 and 1000."],
    [
      { PageSize: 1001, Filter: { IDENTITY_NAME_CONTAINS: "ab" } },
      "Value 1001 for parameter PageSize is invalid. PageSize must be between 1 and 1000.",
    ],
    [{ Filter: { IDENTITY_NAME_CONTAINS: " ab ", IDENTITY_TYPE: "BOGUS" } }, tooShort],
    [{ Filter: { IDENTITY_NAME_CONTAINS: "\u{1F600}\u{1F600}" } }, tooShort],
    [
      { Filter: { IDENTITY_NAME_CONTAINS: "a".repeat(321) } },
      "Filter IDENTITY_NAME_CONTAINS must be at most 320 characters.",
    ],
    [
      { Filter: { IDENTITY_TYPE: "MANAGED_DOMAIN", VERIFICATION_STATUS: "BOGUS" } },
      "Invalid identity type <MANAGED_DOMAIN> in filter.",
    ],
    [{ Filter: { IDENTITY_TYPE: "domain" }, NextToken: "garbage" }, "Invalid identity type <domain> in filter."],
    [{ Filter: { VERIFICATION_STATUS: "Pending" } }, "Invalid verification status <Pending> in filter."],
    [{ Filter: { VERIFICATION_STATUS: "NOT_STARTED" } }, "Invalid verification status <NotStarted>."],
    [{ NextToken: "garbage" }, "Invalid NextToken <garbage>."],
    [{ NextToken: "garbage", Filter: { IDENTITY_TYPE: "DOMAIN" } }, "Invalid NextToken."],
  ])("refuses %j", async (input, text) => {
    expect(await refusalOf(list(input))).toEqual(["BadRequestException", text]);
  });

  test("a token is good for its own list and filter only", async () => {
    await add(["a.example", "b.example", "c@b.example"]);
    const byName: Filter = { IDENTITY_NAME_CONTAINS: "EXAMPLE" };
    const { NextToken: filtered = "" } = await list({ PageSize: 1, Filter: byName });
    const { NextToken: unfiltered = "" } = await list({ PageSize: 1 });
    expect(await names({ Filter: { IDENTITY_NAME_CONTAINS: " example" }, NextToken: filtered })).toEqual([
      "b.example",
      "c@b.example",
    ]);
    expect(await refusalOf(list({ NextToken: filtered }))).toEqual([
      "BadRequestException",
      `Invalid NextToken <${filtered}>.`,
    ]);
    const otherFilter = list({ NextToken: filtered, Filter: { IDENTITY_NAME_CONTAINS: "other" } });
    expect(await refusalOf(otherFilter)).toEqual(["BadRequestException", "Invalid NextToken."]);
    const ofOtherType = list({ NextToken: unfiltered, Filter: { IDENTITY_TYPE: "DOMAIN" } });
    expect(await refusalOf(ofOtherType)).toEqual(["BadRequestException", "Invalid NextToken."]);
    const sets = encodeToken("configuration-sets ", "a");
    expect((await refusalOf(list({ NextToken: sets })))[1]).toBe(`Invalid NextToken <${sets}>.`);
  });
});
