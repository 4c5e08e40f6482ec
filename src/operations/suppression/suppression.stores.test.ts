import type { PutSuppressedDestinationRequest } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { noAccountEvents } from "../../../test/support/no-account-events.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import type { Input } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import { putAccountSuppressionAttributes } from "../account/put-account-suppression-attributes.ts";
import type { AccountSettings } from "../account/settings.ts";
import { createAccountSettings } from "../account/settings.ts";
import { createConfigurationSet } from "../configuration-sets/create-configuration-set.ts";
import { getConfigurationSet } from "../configuration-sets/get-configuration-set.ts";
import { putConfigurationSetSuppressionOptions } from "../configuration-sets/put-configuration-set-suppression-options.ts";
import { encodeToken } from "../page-token.ts";
import { tenantOperations } from "../tenants/tenant-operations.ts";
import { deleteSuppressedDestination } from "./delete-suppressed-destination.ts";
import { getSuppressedDestination } from "./get-suppressed-destination.ts";
import { listSuppressedDestinations } from "./list-suppressed-destinations.ts";
import { putSuppressedDestination } from "./put-suppressed-destination.ts";
import { createSuppressionRules } from "./suppression-rules.ts";

describe.each(databases)("suppression on $name", ({ open }) => {
  let database: ScopedDatabase;
  let settings: AccountSettings;
  const noon = new Date("2026-11-23T12:00:00.123Z");
  const later = (hours: number) => new Date(noon.getTime() + hours * 3_600_000);

  beforeAll(async () => {
    database = await open();
    settings = createAccountSettings({ database, clock: () => noon });
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM suppressed_destinations");
    await database.query("DELETE FROM configuration_sets");
    await database.query("UPDATE account SET suppressed_reasons = '{BOUNCE,COMPLAINT}'");
    settings.invalidate("account");
    settings.invalidate("configurationSets");
    await database.query("DELETE FROM tenants");
    for (const TenantName of ["one", "One"]) await tenants().CreateTenant({ TenantName }, callContext());
  });

  const scope = { id: defaultScope, accountId: "000000000000", region: "us-east-1" };
  const tenants = () => tenantOperations({ database, settings, scope });

  const put = (EmailAddress: string, given: Partial<PutSuppressedDestinationRequest> = {}, at = noon) =>
    putSuppressedDestination({ database, accountEvents: noAccountEvents })(
      { EmailAddress, Reason: "BOUNCE", ...given },
      callContext(at),
    );
  const get = async (EmailAddress: string, TenantName?: string) =>
    (await getSuppressedDestination({ database })({ EmailAddress, TenantName }, callContext())).SuppressedDestination;
  const remove = (EmailAddress: string, TenantName?: string) =>
    deleteSuppressedDestination({ database, accountEvents: noAccountEvents })(
      { EmailAddress, TenantName },
      callContext(),
    );
  const list = (input: Input<"ListSuppressedDestinations"> = {}) =>
    listSuppressedDestinations({ database })(input, callContext());
  const listed = async (input: Input<"ListSuppressedDestinations"> = {}) =>
    (await list(input)).SuppressedDestinationSummaries?.map(({ EmailAddress }) => EmailAddress);
  const missing = (address: string) => [
    "NotFoundException",
    `Email address ${address} does not exist on your suppression list.`,
  ];

  test("an address is put, read, put again and deleted", async () => {
    expect(await put("user@example.com")).toEqual({});
    const known = { EmailAddress: "user@example.com", Reason: "BOUNCE", LastUpdateTime: noon };
    expect(await get("user@example.com")).toEqual(known);
    await put("user@example.com", { Reason: "COMPLAINT" }, later(1));
    expect(await get("user@example.com")).toEqual({ ...known, Reason: "COMPLAINT", LastUpdateTime: later(1) });
    expect(await remove("user@example.com")).toEqual({});
    for (const call of [get, remove]) {
      expect(await refusalOf(call("user@example.com"))).toEqual(missing("user@example.com"));
    }
  });

  test("white space around it and the domain's case don't matter, the local part's does", async () => {
    await put("  Foo@Example.COM\n");
    expect((await get("Foo@EXAMPLE.com"))?.EmailAddress).toBe("Foo@example.com");
    expect(await refusalOf(get("foo@example.com"))).toEqual(missing("foo@example.com"));
    await put("foo@example.com");
    await put("Foo+tag@example.com");
    await put("a/b%2F@bücher.example");
    expect(await listed()).toEqual([
      "Foo+tag@example.com",
      "Foo@example.com",
      "a/b%2F@xn--bcher-kva.example",
      "foo@example.com",
    ]);
    await remove("a/b%2F@BÜCHER.example");
    await remove(" Foo@example.com ");
    expect(await listed()).toEqual(["Foo+tag@example.com", "foo@example.com"]);
  });

  test.each(["", "none", "a@b@c.d", "Name <a@example.com>", "a\0@example.com", "a@example", "a@[192.0.2.1]", "ä@b.cd"])(
    "%j is no address: refused, not found, nothing stored",
    async (address) => {
      expect(await refusalOf(put(address))).toEqual(["BadRequestException", `Invalid email address <${address}>.`]);
      for (const call of [get, remove]) expect(await refusalOf(call(address))).toEqual(missing(address.trim()));
      expect(await listed()).toEqual([]);
    },
  );

  test("a tenant's list is its own", async () => {
    await put("of-tenant@example.com", { TenantName: "one", Reason: "COMPLAINT" });
    await put("both@example.com", { TenantName: "one" });
    await put("both@example.com", { Reason: "COMPLAINT" });
    expect(await get("of-tenant@example.com", "one")).toEqual({
      EmailAddress: "of-tenant@example.com",
      Reason: "COMPLAINT",
      LastUpdateTime: noon,
      TenantName: "one",
    });
    expect((await get("both@example.com"))?.Reason).toBe("COMPLAINT");
    expect(await listed()).toEqual(["both@example.com"]);
    expect(await listed({ TenantName: "one" })).toEqual(["both@example.com", "of-tenant@example.com"]);
    expect(await listed({ TenantName: "One" })).toEqual([]);
    expect(await refusalOf(get("of-tenant@example.com"))).toEqual(missing("of-tenant@example.com"));
    await remove("both@example.com", "one");
    expect(await refusalOf(remove("both@example.com", "one"))).toEqual([
      "NotFoundException",
      "Email address both@example.com does not exist on your tenant suppression list.",
    ]);
    expect(await listed()).toEqual(["both@example.com"]);
  });

  const characters = (name: string) =>
    `Invalid tenant name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`;
  test.each([
    ["", "TenantName cannot be empty"],
    ["a b", characters("a b")],
    ["a\0", characters("a\0")],
    ["t".repeat(65), "TenantName cannot exceed 64 characters."],
  ])("no tenant is called %j", async (TenantName, text) => {
    const refusal = ["BadRequestException", text];
    expect(await refusalOf(put("a@example.com", { TenantName }))).toEqual(refusal);
    for (const call of [get, remove]) expect(await refusalOf(call("a@example.com", TenantName))).toEqual(refusal);
    expect(await refusalOf(list({ TenantName }))).toEqual(refusal);
  });

  test("the tenant must exist, which is checked after what else is given", async () => {
    const refusal = ["NotFoundException", "The requested tenant <none> does not exist."];
    const TenantName = "none";
    for (const address of ["a@example.com", "no address"]) {
      for (const call of [get, remove]) expect(await refusalOf(call(address, TenantName))).toEqual(refusal);
    }
    expect(await refusalOf(put("a@example.com", { TenantName }))).toEqual(refusal);
    expect(await refusalOf(list({ TenantName }))).toEqual(refusal);
    expect((await refusalOf(put("no address", { TenantName })))[0]).toBe("BadRequestException");
    expect((await refusalOf(list({ TenantName, PageSize: 0 })))[0]).toBe("BadRequestException");
    expect(await database.query("SELECT * FROM suppressed_destinations")).toEqual([]);
  });

  test("a list can be told by reason and by time", async () => {
    await put("a@example.com", { Reason: "COMPLAINT" });
    await put("b@example.com", {}, later(1));
    await put("c@example.com", { Reason: "COMPLAINT" }, later(2));
    expect((await list()).SuppressedDestinationSummaries?.[0]).toEqual({
      EmailAddress: "a@example.com",
      Reason: "COMPLAINT",
      LastUpdateTime: noon,
    });
    expect(await listed({ Reasons: ["BOUNCE"] })).toEqual(["b@example.com"]);
    expect(await listed({ Reasons: ["COMPLAINT", "BOUNCE"] })).toHaveLength(3);
    expect(await listed({ Reasons: [] })).toHaveLength(3);
    expect(await listed({ StartDate: later(1) })).toEqual(["b@example.com", "c@example.com"]);
    expect(await listed({ EndDate: later(1) })).toEqual(["a@example.com"]);
    expect(await listed({ StartDate: later(1), EndDate: later(2) })).toEqual(["b@example.com"]);
    expect(await listed({ StartDate: later(2), EndDate: later(1) })).toEqual([]);
    expect(await listed({ Reasons: ["COMPLAINT"], StartDate: later(1) })).toEqual(["c@example.com"]);
  });

  test("pages show each address once, while others come and go; there are 1000 without a size", async () => {
    await database.query(
      `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at)
       SELECT 1, '', 'user-' || number || '@example.com', 'BOUNCE', now() FROM generate_series(10001, 12500) AS number`,
    );
    const seen: (string | undefined)[] = [];
    let token: string | undefined;
    do {
      const page = await list({ NextToken: token });
      expect(page.SuppressedDestinationSummaries?.length).toBeLessThanOrEqual(1000);
      seen.push(...(page.SuppressedDestinationSummaries ?? []).map(({ EmailAddress }) => EmailAddress));
      token = page.NextToken;
      if (seen.length === 1000) {
        await remove("user-11000@example.com");
        await put("a@example.com");
      }
    } while (token);
    expect(seen).toHaveLength(2500);
    expect(new Set(seen).size).toBe(2500);
    const exactly = await list({ PageSize: 1000, StartDate: new Date(0) });
    expect(exactly.SuppressedDestinationSummaries).toHaveLength(1000);
    await database.query("DELETE FROM suppressed_destinations WHERE address > 'user-11001'");
    expect((await list({ PageSize: 1000 })).NextToken).toBeUndefined();
  });

  test("page sizes and tokens are checked; a token is good for its filter", async () => {
    for (const address of ["a@example.com", "b@example.com"]) await put(address);
    const filters = [
      {},
      { Reasons: ["BOUNCE" as const] },
      { TenantName: "one" },
      { StartDate: noon },
      { EndDate: noon },
    ];
    for (const PageSize of [0, -1, 1001]) {
      expect((await refusalOf(list({ PageSize })))[0]).toBe("BadRequestException");
    }
    const tokenOf = async (filter: object) => (await list({ ...filter, PageSize: 1 })).NextToken;
    const tokens = [await tokenOf({}), await tokenOf({ Reasons: ["BOUNCE"] })];
    for (const [index, NextToken] of tokens.entries()) {
      expect(NextToken).toBeDefined();
      expect(await listed({ ...filters[index], NextToken })).toEqual(["b@example.com"]);
      for (const [other, filter] of filters.entries()) {
        if (other !== index) {
          expect((await refusalOf(list({ ...filter, NextToken })))[0]).toBe("InvalidNextTokenException");
        }
      }
    }
    for (const NextToken of ["garbage", encodeToken("email-templates", "1")]) {
      expect((await refusalOf(list({ NextToken })))[0]).toBe("InvalidNextTokenException");
    }
  });

  const putSet = (
    options: Omit<Input<"PutConfigurationSetSuppressionOptions">, "ConfigurationSetName">,
    name = "set",
  ) =>
    putConfigurationSetSuppressionOptions({ database, settings })(
      { ConfigurationSetName: name, ...options },
      callContext(),
    );
  const shown = async () =>
    (await getConfigurationSet({ database })({ ConfigurationSetName: "set" }, callContext())).SuppressionOptions;
  const putAccount = (input: Input<"PutAccountSuppressionAttributes">) =>
    putAccountSuppressionAttributes({ database, settings })(input, callContext());
  const enabled = {
    ConditionThreshold: {
      ConditionThresholdEnabled: "ENABLED" as const,
      OverallConfidenceThreshold: { ConfidenceVerdictThreshold: "HIGH" as const },
    },
  };
  const disabled = { ConditionThreshold: { ConditionThresholdEnabled: "DISABLED" as const } };
  const rule = (configurationSet?: string, tenant?: string) =>
    createSuppressionRules(async () => settings)({ scope: defaultScope, configurationSet, tenant });

  test("the account's reasons are replaced", async () => {
    expect(await putAccount({ SuppressedReasons: ["COMPLAINT", "COMPLAINT"] })).toEqual({});
    expect((await settings.account()).suppressedReasons).toEqual(["COMPLAINT"]);
    await putAccount({ SuppressedReasons: ["COMPLAINT"], ValidationAttributes: enabled });
    expect(await settings.account()).toMatchObject({
      suppressedReasons: ["COMPLAINT"],
      suppressionValidation: enabled,
    });
    await putAccount({ ValidationAttributes: disabled });
    expect((await settings.account()).suppressionValidation).toEqual(disabled);
    expect(await rule()).toEqual({ tenant: "", reasons: [] });
  });

  test("a configuration set's options are kept as given, also empty, and left out again", async () => {
    expect((await refusalOf(putSet({})))[0]).toBe("NotFoundException");
    await createConfigurationSet({ database, settings, verification: "off" })(
      { ConfigurationSetName: "set" },
      callContext(),
    );
    expect(await putSet({ SuppressedReasons: [] })).toEqual({});
    expect(await shown()).toEqual({ SuppressedReasons: [] });
    await putSet({ SuppressedReasons: ["BOUNCE"], SuppressionScope: "TENANT", ValidationOptions: disabled });
    expect(await shown()).toEqual({
      SuppressedReasons: ["BOUNCE"],
      SuppressionScope: "TENANT",
      ValidationOptions: disabled,
    });
    await putSet({ ValidationOptions: enabled });
    expect(await shown()).toEqual({ ValidationOptions: enabled });
    await putSet({});
    expect(await shown()).toBeUndefined();
    const options = { SuppressionOptions: { ValidationOptions: enabled } };
    const create = createConfigurationSet({ database, settings, verification: "off" });
    await create({ ConfigurationSetName: "other", ...options }, callContext());
    const other = await getConfigurationSet({ database })({ ConfigurationSetName: "other" }, callContext());
    expect(other.SuppressionOptions).toEqual({ ValidationOptions: enabled });
  });

  test("a message's rule is its configuration set's, as far as that says, else the account's", async () => {
    const both = ["BOUNCE", "COMPLAINT"];
    expect(await rule()).toEqual({ tenant: "", reasons: both });
    expect(await rule("none", "one")).toEqual({ tenant: "", reasons: both });
    await createConfigurationSet({ database, settings, verification: "off" })(
      { ConfigurationSetName: "set" },
      callContext(),
    );
    expect(await rule("set", "one")).toEqual({ tenant: "", reasons: both });
    await putSet({ SuppressedReasons: [] });
    expect(await rule("set", "one")).toEqual({ tenant: "", reasons: [] });
    await putSet({ SuppressionScope: "TENANT" });
    expect(await rule("set", "one")).toEqual({ tenant: "one", reasons: both });
    expect(await rule("set")).toEqual({ tenant: "", reasons: both });
    for (const nobody of ["no tenant", "none"]) {
      expect(await rule("set", nobody)).toEqual({ tenant: "", reasons: both });
    }
    await putSet({ SuppressionScope: "ACCOUNT", SuppressedReasons: ["COMPLAINT"] });
    expect(await rule("set", "one")).toEqual({ tenant: "", reasons: ["COMPLAINT"] });
  });

  test("a tenant's attributes come between those of the configuration set and the account", async () => {
    const attributes = { SuppressedReasons: ["COMPLAINT" as const], SuppressionScope: "TENANT" as const };
    const own = { tenant: "one", reasons: ["COMPLAINT"] };
    await tenants().PutTenantSuppressionAttributes({ TenantName: "one", ...attributes }, callContext());
    expect(await rule(undefined, "one")).toEqual(own);
    expect(await rule(undefined, "One")).toEqual({ tenant: "", reasons: ["BOUNCE", "COMPLAINT"] });
    await createConfigurationSet({ database, settings, verification: "off" })(
      { ConfigurationSetName: "set" },
      callContext(),
    );
    expect(await rule("set", "one")).toEqual(own);
    await putSet({ SuppressedReasons: [] });
    expect(await rule("set", "one")).toEqual({ tenant: "one", reasons: [] });
    await putSet({ SuppressionScope: "ACCOUNT" });
    expect(await rule("set", "one")).toEqual({ tenant: "", reasons: ["COMPLAINT"] });
    await putAccount({ SuppressedReasons: ["BOUNCE"] });
    await putSet({});
    const nothing = { SuppressedReasons: [], SuppressionScope: "ACCOUNT" as const };
    await tenants().PutTenantSuppressionAttributes({ TenantName: "one", ...nothing }, callContext());
    expect(await rule("set", "one")).toEqual({ tenant: "", reasons: [] });
    await tenants().PutTenantSuppressionAttributes({ TenantName: "one" }, callContext());
    expect(await rule("set", "one")).toEqual({ tenant: "", reasons: ["BOUNCE"] });
    await tenants().DeleteTenant({ TenantName: "one" }, callContext());
    await putSet({ SuppressionScope: "TENANT" });
    expect(await rule("set", "one")).toEqual({ tenant: "", reasons: ["BOUNCE"] });
  });
});
