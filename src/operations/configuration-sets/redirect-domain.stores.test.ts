import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { type AccountSettings, createAccountSettings } from "../account/settings.ts";
import { createConfigurationSet } from "./create-configuration-set.ts";
import { getConfigurationSet } from "./get-configuration-set.ts";
import { putConfigurationSetTrackingOptions } from "./put-configuration-set-tracking-options.ts";

describe.each(databases)("redirect domains on $name", ({ open }) => {
  let database: ScopedDatabase;
  let settings: AccountSettings;
  const context = callContext();

  beforeAll(async () => {
    database = await open();
    settings = createAccountSettings({ database, clock: () => new Date(0) });
    await database.query("INSERT INTO email_identities (name, type, tags) VALUES ('example.com', 'DOMAIN', '[]')");
    await database.query(
      "INSERT INTO email_identities (name, type, tags) VALUES ('redirects@example.org', 'EMAIL_ADDRESS', '[]')",
    );
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM configuration_sets");
    settings.invalidate("configurationSets");
    await createConfigurationSet(on("off"))({ ConfigurationSetName: "set" }, context);
  });

  const on = (verification: "off" | "required") => ({ database, settings, verification });
  const put = (options: object, verification: "off" | "required" = "required") =>
    putConfigurationSetTrackingOptions(on(verification))({ ConfigurationSetName: "set", ...options }, context);
  const read = async () =>
    (await getConfigurationSet({ database })({ ConfigurationSetName: "set" }, context)).TrackingOptions;

  it("are set, replaced and taken away", async () => {
    await put({ CustomRedirectDomain: "example.com" });
    expect(await read()).toEqual({ CustomRedirectDomain: "example.com" });
    await put({ CustomRedirectDomain: "Links.example.com", HttpsPolicy: "REQUIRE" });
    expect(await read()).toEqual({ CustomRedirectDomain: "Links.example.com", HttpsPolicy: "REQUIRE" });
    expect((await settings.configurationSet("set"))?.trackingOptions).toEqual(await read());
    await put({});
    expect(await read()).toBeUndefined();
  });

  it.each([
    ["example.org", "of which only an address is verified"],
    ["example.net", "that is no identity"],
    ["no domain", "that can't be one"],
  ])("must be verified where senders must: %s, %s", async (CustomRedirectDomain) => {
    await put({ CustomRedirectDomain: "example.com" });
    const refusal = ["BadRequestException", `Domain <${CustomRedirectDomain}> is not verified under this account.`];
    expect(await refusalOf(put({ CustomRedirectDomain }))).toEqual(refusal);
    const TrackingOptions = { CustomRedirectDomain };
    const create = createConfigurationSet(on("required"))({ ConfigurationSetName: "new", TrackingOptions }, context);
    expect(await refusalOf(create)).toEqual(refusal);
    expect(await read()).toEqual({ CustomRedirectDomain: "example.com" });
    expect(await settings.configurationSet("new")).toBeUndefined();
  });

  it("may be any domain where senders need not be verified", async () => {
    await put({ CustomRedirectDomain: "example.net" }, "off");
    expect(await read()).toEqual({ CustomRedirectDomain: "example.net" });
  });

  it("are refused without a name, or for no set", async () => {
    const missing = ["BadRequestException", "CustomRedirectDomain must be specified."];
    expect(await refusalOf(put({ HttpsPolicy: "REQUIRE" }))).toEqual(missing);
    expect(await refusalOf(put({ CustomRedirectDomain: " " }))).toEqual(missing);
    expect(await refusalOf(put({ ConfigurationSetName: "none" }))).toEqual([
      "NotFoundException",
      "Configuration set <none> does not exist.",
    ]);
  });
});
